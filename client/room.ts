/**
 * One member's running session in a room: wires the parts, holds what they share, ends them together.
 *
 * A session is `in` the room, then `leaving`, then `over`; only this file moves it. A part that cannot go on
 * calls {@linkcode Room.end}.
 *
 * @module
 */
import { concat, toHex } from "../crypto/bytes.ts";
import type { Absence } from "./absence.ts";
import { isAloneForGood, tellSafety, viewOf } from "./audience.ts";
import type { Away } from "./away.ts";
import type { Body } from "./bodies.ts";
import { ChainAsks } from "./chain_asks.ts";
import { runCommand } from "./command_run.ts";
import type { RoomSession, SessionCommand } from "./commands.ts";
import { Confirmation } from "./confirmation.ts";
import type { Delivery } from "./delivery.ts";
import { DoorRing } from "./door_ring.ts";
import { ClientError } from "./errors.ts";
import type { Ending, MemberRef, MemberView, SessionEvent } from "./events.ts";
import type { Expiry } from "./expiry.ts";
import { Files } from "./files.ts";
import { goLive, type StartOptions } from "./going_live.ts";
import { Guesses } from "./guesses.ts";
import type { HaveKeeper } from "./have.ts";
import { type Id, idOf } from "./ids.ts";
import type { Incoming } from "./incoming.ts";
import { leaveAtOnce, leaveInOrder, putOutEnding, unsentWords } from "./leaving.ts";
import { Listing } from "./listing.ts";
import { Notices } from "./notices.ts";
import { connectionGone, connectionThere, memberArrived } from "./peers.ts";
import { Presence } from "./presence.ts";
import { Receipts } from "./receipts.ts";
import { Reception } from "./reception.ts";
import type { Repair } from "./repair.ts";
import { RepairAnswers } from "./repair_answers.ts";
import { Retention } from "./retention.ts";
import { Returning } from "./returning.ts";
import type { RoomParts } from "./room_parts.ts";
import { displayName, present, type RoomState } from "./room_state.ts";
import { Rivals } from "./rivals.ts";
import type { Sender } from "./sender.ts";
import { SideVoice } from "./side_voice.ts";
import type { Speech } from "./speech.ts";
import type { Sponsor } from "./sponsor.ts";
import { Strangers } from "./strangers.ts";
import { Timers } from "./timers.ts";
import type { Typing } from "./typing.ts";
import { Upkeep } from "./upkeep.ts";
import { wipeRoom } from "./wiping.ts";
import {
  wireAbsence,
  wireAway,
  wireDelivery,
  wireExpiry,
  wireHave,
  wireIncoming,
  wireRepair,
  wireSender,
  wireSpeech,
  wireSponsor,
  wireTyping,
} from "./wiring.ts";

export type { StartOptions } from "./going_live.ts";
export type { RoomParts } from "./room_parts.ts";

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
  readonly sides: SideVoice;
  readonly have: HaveKeeper;
  readonly typing: Typing;
  readonly away: Away;
  readonly expiry: Expiry;
  readonly speech: Speech;
  readonly receipts: Receipts;
  readonly reception: Reception;
  readonly upkeep: Upkeep;
  readonly absence: Absence;
  readonly retention: Retention;
  readonly repair: Repair;
  readonly repairAnswers: RepairAnswers;
  readonly files: Files;
  readonly returning: Returning;
  readonly rivals: Rivals;
  readonly notices: Notices;
  readonly chainAsks: ChainAsks;
  readonly listing: Listing;
  readonly strangers: Strangers;
  /** Members whose safety words the user has compared. */
  readonly verified: Set<Id> = new Set();
  #end: (ending: Ending) => void = () => {};
  #leaving: Promise<void> | null = null;
  #over = false;

  /** Makes all parts; {@linkcode Room.start} sets them going. */
  constructor(parts: RoomParts) {
    this.parts = parts;
    this.ended = new Promise((resolve) => this.#end = resolve);
    this.me = idOf(parts.identity.memberId);
    const { clock, welcome } = parts;
    const { me } = this;
    this.timers = new Timers(clock);
    this.presence = new Presence(concat(parts.joined.roomEpoch));
    this.confirmation = new Confirmation(me);
    this.guesses = new Guesses(clock, welcome?.guesses.map((g) => [toHex(g.doorId), g.count] as const));
    this.doors = new DoorRing(parts.doors);
    this.receipts = new Receipts(me, (event) => this.emit(event));
    this.reception = new Reception(this);
    this.upkeep = new Upkeep(this);
    this.notices = new Notices(this);
    this.chainAsks = new ChainAsks(this);
    this.listing = new Listing(this);
    this.strangers = new Strangers(this);
    this.absence = wireAbsence(this);
    this.retention = new Retention(clock, parts);
    this.returning = new Returning(this);
    this.rivals = new Rivals(this);
    this.repair = wireRepair(this);
    this.repairAnswers = new RepairAnswers(this);
    this.files = new Files(this);
    this.delivery = wireDelivery(this);
    this.sender = wireSender(this);
    this.incoming = wireIncoming(this);
    this.sponsor = wireSponsor(this);
    this.sides = new SideVoice(this);
    this.have = wireHave(this);
    this.typing = wireTyping(this);
    this.away = wireAway(this);
    this.expiry = wireExpiry(this);
    this.speech = wireSpeech(this);
    for (const lamport of parts.log.lamports()) this.delivery.sawLamport(lamport);
    for (const { id, number } of welcome?.vector ?? []) this.delivery.hint(id, number);
    this.delivery.setHead(me, parts.head);
    for (const { id } of present(parts.log.state)) {
      this.retention.enter(id);
      if (id !== me) this.sender.meet(id);
    }
    this.mindTime();
  }

  /** The room as it stands. */
  get state(): RoomState {
    return this.parts.log.state;
  }

  /** Whether the session has ended. */
  get isOver(): boolean {
    return this.#over;
  }

  /** Own messages that the relay has not taken yet. */
  get unsent(): number {
    return this.receipts.untaken + this.sender.waiting;
  }

  /** Goes live: shows where we are connected, tells the user, reads what has come meanwhile. */
  start(options?: StartOptions): Promise<void> {
    return goLive(this, options);
  }

  /** @inheritdoc */
  run(command: SessionCommand): Promise<void> {
    if (this.#over) return Promise.reject(new ClientError("ended", "Cannot do this: the session has ended"));
    return runCommand(this, command);
  }

  /** @inheritdoc */
  leave(): Promise<void> {
    this.#leaving ??= leaveInOrder(this).catch(() => false).then(async (said) => {
      const unsent = unsentWords(this);
      if (!said && !this.#over) await leaveAtOnce(this); // too much was waiting to be said before it
      if (unsent === "") this.end({ status: 0, code: "left", message: "You left the room" });
      else this.end({ status: 3, code: "unsent", message: `You left the room. ${unsent}` });
      await this.ended; // the relay knows
    });
    return this.#leaving;
  }

  /** @inheritdoc */
  abort(): void {
    const ending = { status: 0, code: "left", message: "You left the room" } as const;
    const said = this.#over ? null : leaveAtOnce(this);
    if (said === null) return this.end(ending);
    this.#over = true;
    this.listing.end();
    wipeRoom(this);
    void said.then(() => {
      this.#tellEnd(ending, this.parts.link.leave());
    });
  }

  /** Ends the session, whatever it is doing, and wipes what it holds. */
  end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.listing.end();
    const { link } = this.parts;
    const lost = ending.status === 3 && ending.code !== "unsent";
    const gone = lost ? link.close() : link.leave();
    wipeRoom(this);
    this.#tellEnd(ending, gone);
  }

  /** The user hears of it now; `ended`, for which programs wait before they exit, is for when the relay knows. */
  #tellEnd(ending: Ending, gone: Promise<void> | void): void {
    this.parts.onEvent({ type: "connection", state: "closed" });
    this.parts.onEvent({ type: "ended", ...ending });
    void Promise.resolve(gone).then(() => this.#end(ending));
  }

  /** We are no longer a member: put out by somebody, or leaving of our own will. */
  putOut(status: "removed" | "left" | undefined, by: Id | null): void {
    if (this.#leaving !== null || status === "left") return;
    this.end(putOutEnding(status, by === null ? null : displayName(this.state, by)));
  }

  /** Tells the user, unless the session is over. */
  emit(event: SessionEvent): void {
    if (!this.#over) this.parts.onEvent(event);
  }

  /** A member as events name it. */
  ref(id: Id): MemberRef {
    return { id: this.state.members.get(id)?.id ?? id, nick: displayName(this.state, id) };
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
      this.away.met();
    }
    this.upkeep.releaseIfConfirmed();
    this.mindTime();
    this.sender.introduce();
  }

  /** Tells the room's safety words. */
  tellRoomWords(): void {
    tellSafety(this, null);
  }

  /** Says something that is not a message; its number once it has been handed over. */
  say(body: Body): Promise<number> {
    return this.sender.say(body);
  }

  /** A connection is gone. */
  peerOut(peerId: number): void {
    connectionGone(this, peerId);
  }

  /** A connection is there, perhaps again. */
  peerIn(peerId: number): void {
    connectionThere(this, peerId);
  }

  /** A member's connection is there (again). */
  arrived(id: Id): void {
    memberArrived(this, id);
  }

  /** The other members that are connected and have confirmed us; one that was away for too long is there too. */
  reachable(): Id[] {
    if (!this.parts.link.connected) return [];
    return present(this.state).map(({ id }) => id).filter((id) =>
      id !== this.me && this.confirmation.has(id) && this.presence.peerOf(id) !== undefined
    );
  }

  /** What is missing is waited for only as long as there is somebody who could give it. */
  mindTime(): void {
    if (this.reachable().length > 0 || isAloneForGood(this)) this.delivery.resume();
    else this.delivery.pause();
  }
}
