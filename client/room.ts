/**
 * One member's running session in a room: wires the parts, holds what they share, ends them together.
 *
 * A session is `in` the room, then `leaving`, then `over`; only this file moves it. A part that cannot go on
 * calls {@linkcode Room.end}.
 *
 * @module
 */
import { type Bytes, concat, toHex } from "../crypto/bytes.ts";
import { type Door, encodeDoor } from "../crypto/doors.ts";
import type { Identity } from "../crypto/identity.ts";
import { encodePresent } from "../crypto/present.ts";
import { sealSide } from "../crypto/side_seal.ts";
import { audienceOf, recipientOf, tellSafety, viewOf } from "./audience.ts";
import type { Body } from "./bodies.ts";
import { runCommand } from "./command_run.ts";
import type { RoomSession, SessionCommand } from "./commands.ts";
import { Confirmation } from "./confirmation.ts";
import { Delivery, type Head } from "./delivery.ts";
import { DoorRing } from "./door_ring.ts";
import { ClientError } from "./errors.ts";
import type { Ending, MemberRef, MemberView, SessionEvent } from "./events.ts";
import { Guesses } from "./guesses.ts";
import { HaveKeeper } from "./have.ts";
import { type Id, idOf } from "./ids.ts";
import { Incoming } from "./incoming.ts";
import type { KeyRing } from "./key_ring.ts";
import { leaveInOrder } from "./leaving.ts";
import type { Deliver, Joined, RelayLink } from "./link.ts";
import type { Clock } from "./options.ts";
import { encodeNoChain } from "./payload.ts";
import { Presence } from "./presence.ts";
import { Receipts } from "./receipts.ts";
import { Reception } from "./reception.ts";
import { displayName, present, type RoomState } from "./room_state.ts";
import { Sender } from "./sender.ts";
import { encodeHave, type Have, SideKind, signSide } from "./side.ts";
import { Speech } from "./speech.ts";
import { Sponsor } from "./sponsor.ts";
import type { StatementLog, VerifierCache } from "./statement_log.ts";
import { Timers } from "./timers.ts";
import { Upkeep } from "./upkeep.ts";
import type { WelcomeContent } from "./welcome.ts";

/** How long a frame of an unknown chain waits before its sender is asked for the chain, in milliseconds. */
const ASK_MS = 500;
/** How often one member may ask for our chain, in milliseconds. */
const AGAIN_MS = 5_000;
/** How often the same kind of rejected frame is told, in milliseconds. */
const TELL_MS = 60_000;

/** What a session is made of when it begins. */
export interface RoomParts {
  identity: Identity;
  keys: KeyRing;
  link: RelayLink;
  /** The relay's address, for invites. */
  relay: string;
  joined: Joined;
  roomId: Bytes;
  log: StatementLog;
  verifiers: VerifierCache;
  doors: Door[];
  clock: Clock;
  awayMs: number;
  rotateMs: number;
  onEvent: (event: SessionEvent) => void;
  /** The last of the founder's own contents; a joiner has said nothing. */
  head: Head;
  /** The sponsor's view; absent for a founder. */
  welcome?: WelcomeContent;
}

/** A session in a room. */
export class Room implements RoomSession {
  readonly ended: Promise<Ending>;
  readonly me: Id;
  readonly parts: RoomParts;
  readonly timers: Timers;
  readonly presence: Presence;
  readonly confirmation: Confirmation;
  readonly guesses: Guesses;
  readonly doors: DoorRing;
  readonly delivery: Delivery;
  readonly sender: Sender;
  readonly incoming: Incoming;
  readonly sponsor: Sponsor;
  readonly have: HaveKeeper;
  readonly speech: Speech;
  readonly receipts: Receipts;
  readonly reception: Reception;
  readonly upkeep: Upkeep;
  /** Members whose safety words the user has compared. */
  readonly verified: Set<Id> = new Set();
  readonly #told = new Map<string, number>();
  readonly #asked = new Map<number, number>();
  #presentNumber = 0;
  #sideNumber = 0;
  #end: (ending: Ending) => void = () => {};
  #leaving: Promise<void> | null = null;
  #over = false;

  /** Makes all parts; {@linkcode Room.start} sets them going. */
  constructor(parts: RoomParts) {
    this.parts = parts;
    this.ended = new Promise((resolve) => this.#end = resolve);
    this.me = idOf(parts.identity.memberId);
    const { clock, link, identity, roomId, keys, welcome, verifiers, rotateMs } = parts;
    const { me } = this;
    const ref = (id: Id): MemberRef => this.ref(id);
    const emit = (event: SessionEvent): void => this.emit(event);
    const state = (): RoomState => this.state;
    this.timers = new Timers(clock);
    this.presence = new Presence(concat(parts.joined.roomEpoch));
    this.confirmation = new Confirmation(me);
    this.guesses = new Guesses(clock, welcome?.guesses.map((g) => [toHex(g.doorId), g.count] as const));
    this.doors = new DoorRing(parts.doors);
    this.receipts = new Receipts(me, emit);
    this.reception = new Reception(this);
    this.upkeep = new Upkeep(this);
    this.delivery = new Delivery(clock, {
      deliver: (delivered) => this.reception.deliver(delivered),
      lost: (id, count) => emit({ type: "lost", ...ref(id), count }),
      equivocation: (id, number) =>
        this.#tell({ type: "equivocation", ...ref(id), number }, `${id}-${number}`),
      isVoid: (id, number) => number > (this.state.cuts.get(id) ?? Infinity),
    });
    this.sender = new Sender({
      identity,
      roomId,
      link,
      clock,
      rotateMs,
      audience: () => audienceOf(this),
      recipient: (id) => recipientOf(this, id),
      vector: () => this.delivery.vector(),
      lamport: () => this.reception.lamport,
      said: (pack) => this.reception.own(pack),
      handed: ({ last }, sendId) => this.receipts.handed(last, sendId),
    }, parts.head);
    this.incoming = new Incoming({
      me,
      roomId,
      clock,
      keys,
      verifiers,
      isMember: (id) => this.state.members.get(id)?.status === "in",
      memberOf: (peerId) => this.presence.memberOf(peerId),
      present: (claim, payload) => {
        if (this.presence.learn(claim, concat(payload))) this.#online(idOf(claim.memberId));
      },
      distribution: (author, addHash, { head, follows }, from) => {
        if (this.presence.hint(author, from)) this.#online(author);
        this.confirmation.named(author, addHash);
        if (follows) this.delivery.claim(author, head.number);
        else this.delivery.setHead(author, head);
        this.afterChange();
      },
      pack: (pack, statements) => this.reception.pack(pack, statements),
      hearsay: (statement, pack) => this.reception.statement(statement, pack),
      have: (from, have) => this.have.hear(from, have),
      noChain: (from) => this.#noChain(from),
      knock: (from, payload) => this.sponsor.receive(from, payload),
      askForChain: (from, chainId) => this.#askForChain(from, chainId),
      rejected: (reason, author) => this.#rejected(reason, author),
    });
    this.sponsor = new Sponsor({
      me,
      roomId,
      link,
      timers: this.timers,
      guesses: this.guesses,
      doors: () => this.doors.all,
      state,
      online: (id) => id === me || this.presence.peerOf(id) !== undefined,
      say: (body) => this.sender.say(body),
      welcome: () => this.#welcome(),
      knows: (other, author, number) => this.reception.knows(other, author, number),
      failed: (doorId) => this.knockFailed(doorId, me),
    });
    this.have = new HaveKeeper({
      clock,
      me,
      size: () => present(this.state).length,
      vector: () => this.delivery.vector(),
      send: (have) => void this.#sendHave(have).catch(() => {}),
      covered: (id, number) => this.receipts.covered(id, number),
      claimed: (id, number) => this.delivery.claim(id, number),
      differs: (author, number, witness) =>
        this.#tell(
          { type: "split_view", ...ref(author), witness: ref(witness).nick },
          `${author}-${number}-${witness}`,
        ),
    });
    this.speech = new Speech({
      me,
      roomId,
      keys,
      maxMessage: link.welcome.maxMessage,
      now: () => clock.now(),
      ref,
      emit,
      say: async (body, refTo) => {
        const number = await this.sender.say(body);
        this.receipts.follow(number, refTo);
        return number;
      },
    });
    for (const lamport of parts.log.lamports()) this.delivery.sawLamport(lamport);
    for (const { id, number } of welcome?.vector ?? []) this.delivery.hint(id, number);
    this.delivery.setHead(me, parts.head);
  }

  /** The room as it stands. */
  get state(): RoomState {
    return this.parts.log.state;
  }

  /** Whether the session has ended. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Goes live: shows where we are connected, tells the user, reads what has come meanwhile. */
  async start(held: readonly Deliver[] = [], founded = false): Promise<void> {
    const { link, identity, roomId, joined } = this.parts;
    const number = ++this.#presentNumber;
    const claim = { room: roomId, peerId: joined.peerId, roomEpoch: joined.roomEpoch, number };
    const payload = await encodePresent(identity, claim);
    const own = {
      memberId: identity.memberId,
      ...claim,
      roomEpoch: concat(joined.roomEpoch),
      signature: new Uint8Array(64),
    };
    this.presence.learn(own, payload);
    this.emit({
      type: "joined",
      room: toHex(roomId),
      me: this.ref(this.me),
      members: this.members(),
      founded,
      topic: this.state.topic,
    });
    if (present(this.state).length > 1) this.tellRoomWords();
    link.listen({
      deliver: (frame) => this.incoming.receive(frame),
      peerIn: () => {},
      peerOut: (peerId) => this.#peerOut(peerId),
      acked: (sendId) => this.receipts.acked(sendId),
      admitted: () => {},
      paused: (ms) =>
        this.#tell({ type: "notice", code: "rate_limited", message: pausedSentence(ms) }, "rate"),
      closed: (error) =>
        this.end({ status: error.status === 1 ? 1 : 3, code: error.code, message: error.message }),
    });
    await link.slot();
    link.send(payload);
    this.upkeep.start();
    for (const frame of held) this.incoming.receive(frame);
    this.sender.introduce();
  }

  /** @inheritdoc */
  run(command: SessionCommand): Promise<void> {
    if (this.#over) return Promise.reject(new ClientError("ended", "Cannot do this: the session has ended"));
    return runCommand(this, command);
  }

  /** @inheritdoc */
  leave(): Promise<void> {
    this.#leaving ??= leaveInOrder(this).catch(() => {}).then(() => {
      this.end({ status: 0, code: "left", message: "You left the room" });
    });
    return this.#leaving;
  }

  /** @inheritdoc */
  abort(): void {
    this.end({ status: 0, code: "left", message: "You left the room" });
  }

  /** Ends the session, whatever it is doing, and wipes what it holds. */
  end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    if (ending.status === 3) this.parts.link.close();
    else this.parts.link.leave();
    this.timers.dispose();
    this.have.dispose();
    this.delivery.dispose();
    this.incoming.dispose();
    this.sponsor.dispose();
    this.sender.dispose();
    this.doors.dispose();
    this.speech.history.clear();
    this.parts.keys.dispose();
    this.parts.identity.dispose();
    this.parts.onEvent({ type: "connection", state: "closed" });
    this.parts.onEvent({ type: "ended", ...ending });
    this.#end(ending);
  }

  /** We are no longer a member: put out by somebody, or leaving of our own will. */
  putOut(status: "removed" | "left" | undefined, by: Id | null): void {
    if (this.#leaving !== null || status === "left") return;
    const who = by === null ? "an operator" : displayName(this.state, by);
    if (status === "removed") {
      this.end({ status: 1, code: "kicked", message: `You were put out of the room by ${who}` });
    } else {
      this.end({
        status: 1,
        code: "void",
        message: "You are not in the room: whoever let you in was not allowed to",
      });
    }
  }

  /** Tells the user, unless the session is over. */
  emit(event: SessionEvent): void {
    if (!this.#over) this.parts.onEvent(event);
  }

  /** A member as events name it. */
  ref(id: Id): MemberRef {
    return { id, nick: displayName(this.state, id) };
  }

  /** Everybody in the room. */
  members(): MemberView[] {
    return present(this.state).map((member) => viewOf(this, member));
  }

  /** Looks at everything that follows from who is in the room and who has confirmed us. */
  afterChange(): void {
    for (const id of this.confirmation.update(this.state)) {
      if (this.parts.welcome !== undefined) this.emit({ type: "member_confirmed", ...this.ref(id) });
      this.receipts.startAt(id, this.sender.head.number);
    }
    this.upkeep.releaseIfConfirmed();
    this.sender.introduce();
  }

  /** Tells the room's safety words. */
  tellRoomWords(): void {
    tellSafety(this, null);
  }

  /** Says that a guess at a door has failed. */
  knockFailed(doorId: string, by: Id): void {
    const door = this.doors.all.find((d) => toHex(d.doorId) === doorId);
    if (door === undefined) return;
    const count = this.guesses.count(doorId);
    this.emit({ type: "knock_failed", door: door.kind, count, by: this.ref(by).nick });
  }

  /** Says something that is not a message; its number once it has been handed over. */
  say(body: Body): Promise<number> {
    return this.sender.say(body);
  }

  #online(id: Id): void {
    this.upkeep.back(id);
    this.sender.introduce();
  }

  #peerOut(peerId: number): void {
    this.#asked.delete(peerId);
    const id = this.presence.peerOut(peerId);
    if (id !== undefined && id !== this.me) this.upkeep.away(id);
  }

  #welcome(): WelcomeContent {
    const vector = [...this.delivery.vector()].map(([id, { number, lamport }]) => ({ id, number, lamport }));
    const doors = this.doors.all.map(encodeDoor);
    const guesses = this.doors.all.map(({ doorId }) => ({
      doorId,
      count: this.guesses.count(toHex(doorId)),
    }));
    return { packs: this.parts.log.packs(), presents: this.presence.payloads(), vector, doors, guesses };
  }

  /** A `have` goes only to those that hold our chain: without one there is nobody to tell. */
  async #sendHave(have: Have): Promise<void> {
    const chain = this.sender.chains.chain;
    if (chain === null || this.#over) return;
    const { identity, roomId, link } = this.parts;
    const number = ++this.#sideNumber;
    const side = await signSide(identity, roomId, { kind: SideKind.have, number, payload: encodeHave(have) });
    if (this.#over) return;
    const place = { room: roomId, member: identity.memberId };
    const frame = await sealSide(chain.sideKey, chain.chainId, place, side);
    if (!this.#over) link.sendDroppable(frame);
  }

  #askForChain(from: number, chainId: Uint8Array): void {
    this.timers.after(ASK_MS, () => {
      const member = this.presence.memberOf(from);
      if (member === undefined || this.incoming.chains.all(chainId).some((c) => c.author === member)) return;
      const bytes = encodeNoChain(chainId);
      this.parts.link.sendTable(new Uint8Array(0), [{ peerId: from, bytes }]);
    });
  }

  #noChain(from: number): void {
    const id = this.presence.memberOf(from);
    const now = this.parts.clock.now();
    if (id === undefined || now - (this.#asked.get(from) ?? -Infinity) < AGAIN_MS) return;
    this.#asked.set(from, now);
    if (!audienceOf(this).has(id)) return;
    this.sender.chains.again(id);
    this.sender.introduce();
  }

  #rejected(reason: "replayed" | "tampered" | "malformed" | "overflow", author: Id | undefined): void {
    const who = author === undefined ? "somebody" : this.ref(author).nick;
    const sentences = {
      replayed: `The relay played an old message of ${who} again; it was ignored`,
      tampered:
        `Something sent in the name of ${who} was changed on the way or is not from ${who}; it was ignored`,
      malformed: `Something from ${who} could not be read; it was ignored`,
      overflow: `${who} sent more than can be read at once; part of it was dropped`,
    };
    this.#tell({ type: "notice", code: reason, message: sentences[reason] }, `${reason}-${author ?? ""}`);
  }

  /** Tells something once a minute at most. */
  #tell(event: SessionEvent, about: string): void {
    const key = `${event.type}-${about}`;
    const now = this.parts.clock.now();
    if (now - (this.#told.get(key) ?? -Infinity) < TELL_MS) return;
    if (this.#told.size > 1_000) this.#told.clear();
    this.#told.set(key, now);
    this.emit(event);
  }
}

function pausedSentence(ms: number): string {
  return `The relay asks to slow down: what you wrote goes out in ${Math.ceil(ms / 1000)} s, nothing is lost`;
}
