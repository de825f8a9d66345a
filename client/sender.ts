/**
 * Everything one says goes through here, one after the other: numbered, signed, sealed, sent (SPEC §6, §9).
 *
 * What is said at once travels at once: many contents under one seal and one signature. Before anything is
 * sealed the audience is looked at once more, without an await in between, so that nobody reads what was
 * sealed after its removal was known.
 *
 * @module
 */
import type { Bytes } from "../crypto/bytes.ts";
import { ContentKind } from "../crypto/content.ts";
import { makePack, makePackAtOnce, type Pack } from "../crypto/pack.ts";
import { sealFrame, sealLater } from "../crypto/seal.ts";
import { type Body, encodeBody, kindOf } from "./bodies.ts";
import { ChainGiving, type GivingRoom } from "./chain_giving.ts";
import { ChainsOut } from "./chains_out.ts";
import type { Head } from "./delivery.ts";
import { sendingOver } from "./errors.ts";
import type { Id } from "./ids.ts";
import { Numbering, type NumberingRoom } from "./numbering.ts";
import type { Clock } from "./options.ts";
import { isMessage, PackQueue, type Waiting } from "./pack_queue.ts";

export type { Recipient } from "./chain_giving.ts";
export { MAX_QUEUE } from "./pack_queue.ts";

/**
 * Words that come one close upon the other share a pack once this much of the relay's rate has been used: whoever says
 * a lot would otherwise use it up by small packs. Times in milliseconds.
 */
const GATHER = { below: 0.8, closeMs: 20, mostMs: 100 } as const;

/** What {@linkcode Sender} needs to know of the room. */
export interface SenderRoom extends GivingRoom, NumberingRoom {
  clock: Clock;
  /** How long a chain lasts, in milliseconds. */
  rotateMs: number;
  /** All that may read what is said now. */
  audience(): Set<Id>;
  /** What was said counts, before it is sent. */
  said(pack: Pack): void;
  /** The ticket of the frame that carries these contents. */
  handed(numbers: { first: number; last: number }, ticket: number): void;
  /** Whether a member has shown that it has something of ours. */
  acquainted(id: Id): boolean;
}

/** The voice of one member. */
export class Sender {
  readonly #room: SenderRoom;
  readonly chains: ChainsOut;
  readonly #giving: ChainGiving;
  readonly #numbering: Numbering;
  readonly #queue = new PackQueue();
  #running: Promise<void> | null = null;
  #wake = false;
  #renew = false;
  #disposed = false;
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
    this.#numbering = new Numbering(room, head);
    this.chains = new ChainsOut((id) => room.acquainted(id));
    this.#giving = new ChainGiving(room, this.chains);
  }

  /** The last thing said. */
  get head(): Head {
    return this.#numbering.head;
  }

  /** A member is in: what we say from now on is for it, as soon as it may have our chain. */
  meet(id: Id): void {
    this.chains.meet(id, this.head);
  }

  /** Messages that wait to be said. */
  get waiting(): number {
    return this.#queue.messages + this.#saying;
  }

  /** The relay took everything up to `ticket`. */
  acked(ticket: number): void {
    this.#giving.acked(ticket);
  }

  /** These could not be sent: whoever they were for is owed its chain again. */
  dropped(tickets: readonly number[]): void {
    this.#giving.dropped(tickets);
  }

  /** Holds back what people say until {@linkcode Sender.release}, and all else until {@linkcode Sender.releaseAll}. */
  hold(): void {
    this.#queue.hold();
  }

  /** Lets go what people say. */
  release(): void {
    this.#queue.release();
    this.introduce();
  }

  /** Lets go everything that was held back. */
  releaseAll(): void {
    this.#queue.releaseAll();
    this.introduce();
  }

  /** Says something; gives its number once it has been handed to the link. */
  say(body: Body): Promise<number> {
    const kind = kindOf(body);
    const refused = this.#disposed ? sendingOver() : this.#queue.refusal(kind);
    if (refused !== null) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      this.#queue.add({ kind, body: encodeBody(body), resolve, reject });
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
    const { encoded } = this.#numbering.number([{ kind: kindOf(body), body: encodeBody(body) }]);
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
    this.#giving.dispose();
    this.chains.dispose();
    this.#queue.refuse(sendingOver());
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
        while (!this.#disposed && this.#queue.next().length > 0) await this.#sayNext();
      } catch (error) {
        if (this.#disposed) return;
        this.#queue.refuse(error);
      }
    }
  }

  async #sayNext(): Promise<void> {
    // The pace leaves two frames of the relay's rate unused: for the last word, so that it need not wait.
    if (this.#queue.next()[0]?.kind !== ContentKind.leave) await this.#room.link.slot();
    await this.#gather();
    if (this.#disposed) return;
    const batch = this.#queue.take();
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
    const short = GATHER.below - link.spare;
    if (this.#disposed || !this.#queue.mayGrow || short <= 0 || since >= GATHER.closeMs) return;
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
    const before = this.head;
    const first = before.number + 1;
    const numbered = this.#numbering.number(batch);
    const pack = await makePack(identity, roomId, numbered.encoded);
    const byAge = batch.some(({ kind }) => kind !== ContentKind.keys && kind !== ContentKind.leave);
    await this.#readyChain(before, byAge);
    const chain = this.chains.chain;
    if (this.#disposed || chain === null) throw sendingOver();
    // Nothing is awaited between the last look at the audience and this call, which takes the key at once.
    // What is said takes effect here only after that: who is removed still reads its own removal.
    const sealed = sealFrame(chain, { room: roomId, member: identity.memberId }, pack.encoded);
    // Numbers count from here on: what failed before leaves no gap that others would take for a loss.
    this.#numbering.count(numbered);
    this.#room.said(pack);
    this.#sealing = sealed;
    const frame = await sealed;
    this.#sealing = null;
    if (this.#disposed && !this.#lastWords) throw sendingOver();
    const ticket = link.send(frame);
    this.#room.handed({ first, last: first + batch.length - 1 }, ticket);
    batch.forEach((waiting, i) => waiting.resolve(first + i));
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
      if (!(await this.#giving.give())) return;
    }
  }

  async #introduceAll(): Promise<void> {
    const audience = this.#room.audience();
    if (audience.size === 0) return;
    const { chain } = this.chains;
    const renew = this.#renew && !this.chains.fits(audience);
    this.#renew = false;
    if (chain === null || chain.spent || renew) this.chains.rotate(this.#room.clock.now());
    this.chains.entitle(audience, this.head);
    while (await this.#giving.give());
  }
}
