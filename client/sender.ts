/**
 * Everything one says goes through here, one after the other: numbered, signed, sealed, sent (SPEC §6, §9).
 *
 * What is said at once travels at once: many contents under one seal and one signature. Before anything is
 * sealed the audience is looked at once more, without an await in between, so that nobody reads what was
 * sealed after its removal was known.
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, fromHex, toHex } from "../crypto/bytes.ts";
import { contentHash, ContentKind, encodeContent, isStatement } from "../crypto/content.ts";
import { sealDistributions } from "../crypto/distribution.ts";
import type { Identity } from "../crypto/identity.ts";
import { makePack, makePackAtOnce, MAX_PACK_CONTENTS, type Pack } from "../crypto/pack.ts";
import { sealFrame, sealLater } from "../crypto/seal.ts";
import { type Body, encodeBody, kindOf } from "./bodies.ts";
import { ChainsOut, type Grant } from "./chains_out.ts";
import { DELIVERY_LIMITS, type Head } from "./delivery.ts";
import { ClientError } from "./errors.ts";
import { bytesOf, type Id } from "./ids.ts";
import type { RelayLink } from "./link.ts";
import type { Clock } from "./options.ts";

/** Most bodies of one pack together, in bytes. */
const MAX_PACK_BODY_BYTES = 200_000;
/**
 * Words that come one close upon the other share a pack once this much of the relay's rate has been used: whoever says
 * a lot would otherwise use it up by small packs. Times in milliseconds.
 */
const GATHER = { below: 0.8, closeMs: 20, mostMs: 100 } as const;
/** Most contents that wait to be said. */
export const MAX_QUEUE = 20_000;

/** Somebody a chain can be sent to. */
export interface Recipient {
  id: Id;
  peerId: number;
  bundle: Bundle;
  addHash: string;
}

/** What {@linkcode Sender} needs to know of the room. */
export interface SenderRoom {
  identity: Identity;
  roomId: Bytes;
  link: RelayLink;
  clock: Clock;
  /** How long a chain lasts, in milliseconds. */
  rotateMs: number;
  /** All that may read what is said now. */
  audience(): Set<Id>;
  /** Where to send what is for `id`; `undefined` while it is not connected. */
  recipient(id: Id): Recipient | undefined;
  /** What was delivered here, as dependencies of what is said now. */
  vector(): Map<Id, Head>;
  /** Largest Lamport time seen. */
  lamport(): number;
  /** What was said counts, before it is sent. */
  said(pack: Pack): void;
  /** The ticket of the frame that carries these contents. */
  handed(numbers: { first: number; last: number }, ticket: number): void;
  /** Whether a member has shown that it has something of ours. */
  acquainted(id: Id): boolean;
}

interface Dependency {
  memberId: Bytes;
  number: number;
}

interface Waiting {
  kind: number;
  body: Bytes;
  resolve: (number: number) => void;
  reject: (error: unknown) => void;
}

/** The voice of one member. */
export class Sender {
  readonly #room: SenderRoom;
  readonly chains: ChainsOut;
  readonly #declared = new Map<Id, number>();
  /** Whom the distributions are for that the relay has not taken yet, by ticket. */
  readonly #tables = new Map<number, Id[]>();
  #head: Head;
  #queue: Waiting[] = [];
  #urgent: Waiting[] = [];
  #running: Promise<void> | null = null;
  #held = false;
  #heldAll = false;
  #wake = false;
  #renew = false;
  #disposed = false;
  /** The goodbye waits to be said, or has been. */
  #leaving = false;
  /** Messages that have left the queue and have not been handed to the link. */
  #saying = 0;
  /** What is being sealed; it has its number already. */
  #sealing: Promise<Bytes> | null = null;
  #lastWords = false;
  #lastPack = -Infinity;
  #stopWaiting: () => void = () => {};

  /** Goes on from `head`, the last thing that this author said. */
  constructor(room: SenderRoom, head: Head) {
    this.#room = room;
    this.#head = head;
    this.chains = new ChainsOut((id) => room.acquainted(id));
  }

  /** The last thing said. */
  get head(): Head {
    return this.#head;
  }

  /** A member is in: what we say from now on is for it, as soon as it may have our chain. */
  meet(id: Id): void {
    this.chains.meet(id, this.#head);
  }

  /** Messages that wait to be said. */
  get waiting(): number {
    return this.#queue.filter(isMessage).length + this.#saying;
  }

  /** The relay took everything up to `ticket`. */
  acked(ticket: number): void {
    for (const key of this.#tables.keys()) if (key <= ticket) this.#tables.delete(key);
  }

  /** These could not be sent: whoever they were for is owed its chain again. */
  dropped(tickets: readonly number[]): void {
    for (const ticket of tickets) {
      for (const id of this.#tables.get(ticket) ?? []) this.chains.again(id);
      this.#tables.delete(ticket);
    }
  }

  /** Holds back what people say until {@linkcode Sender.release}, and all else until {@linkcode Sender.releaseAll}. */
  hold(): void {
    this.#held = this.#heldAll = true;
  }

  /** Lets go what people say. */
  release(): void {
    this.#held = false;
    this.introduce();
  }

  /** Lets go everything that was held back. */
  releaseAll(): void {
    this.#heldAll = false;
    this.release();
  }

  /** Says something; gives its number once it has been handed to the link. */
  say(body: Body): Promise<number> {
    const kind = kindOf(body);
    if (this.#disposed || (this.#leaving && kind < ContentKind.found)) return Promise.reject(over());
    if (kind === ContentKind.leave) this.#leaving = true;
    else if (this.#queue.length >= MAX_QUEUE) {
      return Promise.reject(
        new ClientError("too_much", "Cannot send: too much is waiting to be sent already"),
      );
    }
    return new Promise((resolve, reject) => {
      // A goodbye comes after all that was said before it: nobody reads what is said by who has left.
      const last = kind === ContentKind.leave || kind < ContentKind.found;
      const list = last ? this.#queue : this.#urgent;
      list.push({ kind, body: encodeBody(body), resolve, reject });
      this.introduce();
    });
  }

  /** Sees to it that everybody who may read has the chain; also when there is nothing to say. */
  introduce(): void {
    this.#wake = true;
    if (this.#disposed) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#wake && !this.#disposed) this.introduce();
    });
  }

  /** Turns the chain if somebody holds it that may no longer read; resolves when the others have been sent the new one. */
  async renew(): Promise<void> {
    if (this.#disposed || this.chains.fits(this.#room.audience())) return;
    this.#renew = true;
    this.introduce();
    await this.#running;
  }

  /**
   * Says one last thing and is disposed of. Before this returns, the chain is wiped and the identity no longer needed:
   * only the key of this one frame is kept until it is sealed.
   *
   * @returns The ticket of its frame; null when nobody could read it, or only by a chain that has to be made first.
   */
  lastWord(body: Body): Promise<number> | null {
    const { identity, roomId, link } = this.#room;
    const { chain } = this.chains;
    const audience = this.#room.audience();
    const heard = [...audience].some((id) => this.chains.holds(id));
    if (this.#disposed || !link.connected || !heard || chain === null || !this.chains.fits(audience)) {
      this.dispose();
      return null;
    }
    const waiting = { kind: kindOf(body), body: encodeBody(body), resolve: () => {}, reject: () => {} };
    const { encoded } = this.#number([waiting]);
    const pack = makePackAtOnce(identity, roomId, encoded[0] as Bytes);
    const seal = sealLater(chain, { room: roomId, member: identity.memberId });
    const before = this.#sealing;
    this.#lastWords = true;
    this.dispose();
    return (async () => {
      const { encoded: plaintext } = await pack;
      await before?.catch(() => {}); // it has the number before ours
      return link.send(await seal(plaintext));
    })();
  }

  /** Wipes the chain; what still waits is refused. */
  dispose(): void {
    this.#disposed = true;
    this.#stopWaiting();
    this.chains.dispose();
    for (const waiting of [...this.#urgent.splice(0), ...this.#queue.splice(0)]) waiting.reject(over());
  }

  async #run(): Promise<void> {
    // Let everything that is said in the same turn come together.
    await this.#pause(0);
    while (this.#wake && !this.#disposed) {
      this.#wake = false;
      try {
        await this.#room.link.online();
        if (this.#disposed) return;
        await this.#introduceAll();
        while (!this.#disposed && this.#next().length > 0) await this.#sayNext();
      } catch (error) {
        if (this.#disposed) return;
        for (const waiting of [...this.#urgent.splice(0), ...this.#queue.splice(0)]) waiting.reject(error);
      }
    }
  }

  async #sayNext(): Promise<void> {
    // The pace leaves two frames of the relay's rate unused: for the last word, so that it need not wait.
    if (this.#next()[0]?.kind !== ContentKind.leave) await this.#room.link.slot();
    await this.#gather();
    if (this.#disposed) return;
    const batch = this.#take();
    if (batch.length === 0) return;
    this.#saying = batch.filter(isMessage).length;
    try {
      await this.#sayBatch(batch);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
      throw error;
    } finally {
      this.#saying = 0;
    }
  }

  /** Lets more come together when packs follow each other closely and the rate has been used. */
  async #gather(): Promise<void> {
    const { link, clock } = this.#room;
    const since = clock.now() - this.#lastPack;
    this.#lastPack = clock.now();
    const few = this.#urgent.length === 0 && this.#queue.length < MAX_PACK_CONTENTS;
    const short = GATHER.below - link.spare;
    if (this.#disposed || !few || short <= 0 || since >= GATHER.closeMs) return;
    await this.#pause(short * GATHER.mostMs);
    this.#lastPack = clock.now();
  }

  /** Waits, unless everything ends first. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#room.clock.setTimer(resolve, ms);
      this.#stopWaiting = () => {
        this.#room.clock.clearTimer(timer);
        resolve();
      };
    });
  }

  async #sayBatch(batch: Waiting[]): Promise<void> {
    const { identity, roomId, link } = this.#room;
    const before = this.#head;
    const first = before.number + 1;
    const { encoded, head, declared } = this.#number(batch);
    const pack = await makePack(identity, roomId, encoded);
    const byAge = batch.some(({ kind }) => kind !== ContentKind.keys && kind !== ContentKind.leave);
    await this.#readyChain(before, byAge);
    const chain = this.chains.chain;
    if (this.#disposed || chain === null) throw over();
    // Nothing is awaited between the last look at the audience and this call, which takes the key at once.
    // What is said takes effect here only after that: who is removed still reads its own removal.
    const sealed = sealFrame(chain, { room: roomId, member: identity.memberId }, pack.encoded);
    // Numbers count from here on: what failed before leaves no gap that others would take for a loss.
    this.#head = head;
    for (const { memberId, number } of declared) this.#declared.set(toHex(memberId), number);
    this.#room.said(pack);
    this.#sealing = sealed;
    const frame = await sealed;
    this.#sealing = null;
    if (this.#disposed && !this.#lastWords) throw over();
    const ticket = link.send(frame);
    this.#room.handed({ first, last: first + batch.length - 1 }, ticket);
    batch.forEach((waiting, i) => waiting.resolve(first + i));
  }

  /** What is said next; empty when all that waits is held back. */
  #next(): Waiting[] {
    if (this.#urgent.length > 0 && !this.#heldAll) return this.#urgent;
    return this.#held ? [] : this.#queue;
  }

  /** A statement goes alone; other contents go together as long as they fit. */
  #take(): Waiting[] {
    const list = this.#next();
    const batch: Waiting[] = [];
    let bytes = 0;
    while (list.length > 0 && batch.length < MAX_PACK_CONTENTS) {
      const next = list[0] as Waiting;
      const alone = isStatement(next.kind);
      if (batch.length > 0 && (alone || bytes + next.body.length > MAX_PACK_BODY_BYTES)) break;
      bytes += next.body.length;
      batch.push(next);
      list.shift();
      if (alone) break;
    }
    return batch;
  }

  #number(batch: readonly Waiting[]): { encoded: Bytes[]; head: Head; declared: Dependency[] } {
    let head = this.#head;
    const declared = this.#dependencies();
    // Whoever has our last content takes this one: nobody can have it refused by running our time ahead of theirs.
    const most = head.lamport + DELIVERY_LIMITS.maxLamportStep - batch.length;
    let lamport = Math.max(head.lamport, Math.min(this.#room.lamport(), most));
    const encoded = batch.map(({ kind, body }, i) => {
      const bytes = encodeContent({
        number: head.number + 1,
        kind,
        lamport: ++lamport,
        prevHash: head.hash === "" ? new Uint8Array(32) : fromHex(head.hash) as Bytes,
        deps: i === 0 ? declared : [],
        body,
      });
      head = { number: head.number + 1, hash: toHex(contentHash(bytes)), lamport };
      return bytes;
    });
    return { encoded, head, declared };
  }

  /** What changed in our view since we last spoke. */
  #dependencies(): Dependency[] {
    const changed: Dependency[] = [];
    for (const [id, head] of this.#room.vector()) {
      if (head.number <= (this.#declared.get(id) ?? 0) || changed.length >= 1_024) continue;
      changed.push({ memberId: bytesOf(id), number: head.number });
    }
    return changed;
  }

  /** Leaves a chain that exactly the present audience holds or has been sent. */
  async #readyChain(before: Head, mayRotateByAge: boolean): Promise<void> {
    for (;;) {
      const audience = this.#room.audience();
      const now = this.#room.clock.now();
      const aged = mayRotateByAge && this.chains.chain !== null &&
        now - this.chains.since >= this.#room.rotateMs;
      if (aged || !this.chains.fits(audience)) this.chains.rotate(now);
      this.chains.entitle(audience, before);
      if (!(await this.#distribute())) return;
    }
  }

  async #introduceAll(): Promise<void> {
    const audience = this.#room.audience();
    if (audience.size === 0) return;
    const { chain } = this.chains;
    const renew = this.#renew && !this.chains.fits(audience);
    this.#renew = false;
    if (chain === null || chain.spent || renew) this.chains.rotate(this.#room.clock.now());
    this.chains.entitle(audience, this.#head);
    while (await this.#distribute());
  }

  /** Sends what is owed to those that are connected; true when it had to wait for anything. */
  async #distribute(): Promise<boolean> {
    const due = this.chains.due((id) => this.#room.recipient(id) !== undefined);
    for (const { grant, ids } of due) {
      await this.#distributeOne(grant, ids);
      if (this.#disposed) throw over();
    }
    return due.length > 0;
  }

  async #distributeOne(grant: Grant, ids: Id[]): Promise<void> {
    const recipients = ids.map((id) => this.#room.recipient(id)).filter((r) => r !== undefined);
    const sealed = await this.#sealFor(grant, recipients).catch(() => undefined);
    if (this.#disposed) throw over();
    if (sealed !== undefined) this.chains.settle(grant, this.#sendTable(sealed, recipients));
    else await this.#sealOneByOne(grant, recipients);
  }

  /** Somebody announced a key that cannot be used: it goes without, the others do not. */
  async #sealOneByOne(grant: Grant, recipients: Recipient[]): Promise<void> {
    for (const recipient of recipients) {
      const sealed = await this.#sealFor(grant, [recipient]).catch(() => undefined);
      if (this.#disposed) throw over();
      const sent = sealed === undefined ? [recipient.id] : this.#sendTable(sealed, [recipient]);
      this.chains.settle(grant, sent);
    }
  }

  #sealFor(grant: Grant, recipients: readonly Recipient[]): Promise<{ common: Bytes; parts: Bytes[] }> {
    const { number, hash, lamport } = grant.head;
    return sealDistributions(
      this.#room.identity,
      {
        room: this.#room.roomId,
        start: grant.start,
        ...(grant.previous === undefined ? {} : { previous: grant.previous }),
        head: { number, hash: hash === "" ? new Uint8Array(32) : fromHex(hash) as Bytes, lamport },
      },
      recipients.map(({ id, bundle, addHash }) => ({
        memberId: bytesOf(id),
        bundle,
        addHash: fromHex(addHash) as Bytes,
      })),
    );
  }

  /** Sends to those that are still there, wherever they are now; gives who that is. The others are still owed it. */
  #sendTable(sealed: { common: Bytes; parts: Bytes[] }, recipients: readonly Recipient[]): Id[] {
    const ids: Id[] = [];
    const parts: { peerId: number; bytes: Bytes }[] = [];
    recipients.forEach(({ id }, i) => {
      const peerId = this.#room.recipient(id)?.peerId;
      if (peerId === undefined) return;
      ids.push(id);
      parts.push({ peerId, bytes: sealed.parts[i] as Bytes });
    });
    if (parts.length > 0) this.#tables.set(this.#room.link.sendTable(sealed.common, parts), ids);
    return ids;
  }
}

function isMessage({ kind }: Waiting): boolean {
  return kind < ContentKind.found;
}

function over(): ClientError {
  return new ClientError("ended", "Cannot send: the session has ended");
}
