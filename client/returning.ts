/**
 * What a session does when its connection is lost and when it is back (SPEC §5.6): what was waited for waits on,
 * members find each other again, and what was missed is asked for.
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, concat } from "../crypto/bytes.ts";
import { encodeCbor } from "../crypto/cbor.ts";
import { sealFreshKeys } from "../crypto/fresh_keys.ts";
import { hashParts } from "../crypto/hash.ts";
import { decodePresent, encodePresent, type Present } from "../crypto/present.ts";
import { sealPrivate } from "../crypto/private_seal.ts";
import type { Back, Deliver, Joined, Keeping } from "./link.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import { encodePresents, PayloadKind, payloadKind } from "./payload.ts";
import type { Room } from "./room.ts";
import { present } from "./room_state.ts";

/** How often, about, a member opens the door by which members come back, in milliseconds. */
const DOOR_MS = 60_000;
/** How often a member that is no longer one is told why, in milliseconds. */
const TELL_AGAIN_MS = 10_000;
/** Most connections of others than members that are remembered. */
export const MAX_OUT = 4_096;
/** Most of whom it is remembered when they were told something. */
export const MAX_TOLD = 1_000;
/** How often it is told once more with keys that it has just given, in milliseconds. */
const AFRESH_MS = 5_000;
/** How often a member that seals to old keys of ours is told the present ones, in milliseconds. */
const STALE_MS = 2_000;

/** Looks after the place of a session at the relay. */
export class Returning implements Keeping {
  readonly doorId: Uint8Array;
  readonly giveUpMs: number;
  readonly steadyMs: number;
  readonly #room: Room;
  readonly #told = new Map<string, number>();
  /** Connections of those that are no longer members, as far as they have shown themselves. */
  readonly #out = new Map<number, Id>();
  /** Connections that had ended before we were back, of which something was missed. */
  readonly #past = new Set<number>();
  /** Who was connected when we resumed our place, and up to where the room had come by then. */
  #resumed: { peers: ReadonlySet<number>; seq: number } = { peers: new Set(), seq: 0 };
  #number = 0;
  #newPlaceAt = -Infinity;

  /** Looks after the place of `room`. */
  constructor(room: Room) {
    this.#room = room;
    this.doorId = hashParts("sotto/v1/return-door", room.parts.log.foundHash).slice(0, 16);
    this.giveUpMs = room.parts.giveUpMs;
    this.steadyMs = room.parts.steadyMs;
  }

  /**
   * Sees to it that the door by which members come back is open. Only members know it; but any that the relay counts as
   * one may shut it, so that it is opened again now and then.
   */
  keepDoor({ now }: { now: boolean }): void {
    const { link } = this.#room.parts;
    if (now && link.connected) void link.desk.openDoor(this.doorId).catch(() => {});
    this.#room.timers.after(DOOR_MS * (0.5 + Math.random()), () => this.keepDoor({ now: true }));
  }

  /** How long ago we came to a new place at the relay, in milliseconds; infinite for the first one. */
  get placeAgeMs(): number {
    return this.#room.parts.clock.now() - this.#newPlaceAt;
  }

  /** Tells everybody in the room where we are. */
  async announce(joined: Joined): Promise<void> {
    const payload = await this.claim(joined);
    this.#learn(joined, payload);
    if (!this.#room.isOver) this.#room.parts.link.sendHere(payload);
  }

  /** @inheritdoc */
  async claim({ peerId, roomEpoch }: Joined): Promise<Bytes> {
    const { identity, roomId } = this.#room.parts;
    const number = ++this.#number;
    return await encodePresent(identity, { room: roomId, peerId, roomEpoch, number });
  }

  #learn({ peerId, roomEpoch }: Joined, payload: Bytes): void {
    this.#room.presence.learn({ ...decodePresent(payload), peerId, roomEpoch: concat(roomEpoch) }, payload);
  }

  /** @inheritdoc */
  told(frame: Deliver): void {
    if (payloadKind(frame.payload) === PayloadKind.statements) this.#room.incoming.receive(frame);
  }

  /** @inheritdoc */
  waiting({ reason, attempt, retryMs }: { reason: string; attempt: number; retryMs: number }): void {
    const room = this.#room;
    room.absence.pause();
    room.repair.reset();
    room.files.renew();
    room.mindTime();
    room.emit({ type: "connection", state: "reconnecting", reason, attempt, retryMs, unsent: room.unsent });
  }

  /** @inheritdoc */
  back({ joined, present: own, dropped }: Back): void {
    const room = this.#room;
    const resumed = own === null;
    if (resumed) this.#sameEpoch(joined);
    else this.#newEpoch(joined, own, dropped);
    if (!resumed || !joined.complete) room.repair.all();
    room.upkeep.online();
    room.absence.resume();
    room.strangers.back();
    room.delivery.waitAnew();
    room.repair.renew();
    room.files.renew();
    room.mindTime();
    room.emit({ type: "connection", state: "online", back: true });
    room.sender.introduce();
    room.have.news();
  }

  /** A member has a new connection, and we are among those that it has asked to let it in. */
  admit(claim: Present, payload: Uint8Array): void {
    const room = this.#room;
    const id = idOf(claim.memberId);
    const member = room.state.members.get(id);
    if (id === room.me) return;
    if (member === undefined) return void this.tellOut(claim.peerId, id);
    if (member.status !== "in" || member.expired) this.#tellWhy(id, claim.peerId);
    if (member.status !== "in") return;
    if (!room.presence.learn(claim, concat(payload))) return;
    room.parts.link.desk.admit(claim.peerId);
    const bytes = encodePresents(room.presence.payloads());
    room.parts.link.sendTable(new Uint8Array(0), [{ peerId: claim.peerId, bytes }]);
    room.arrived(id);
  }

  /** Something has come. What was missed may be from connections that had ended by the time we were back. */
  heard({ from, seq }: Deliver): void {
    const { peers, seq: upTo } = this.#resumed;
    if (seq > 0 && seq <= upTo && !peers.has(from) && this.#past.size < MAX_OUT) this.#past.add(from);
  }

  /** A connection is there again. */
  again(peerId: number): void {
    this.#past.delete(peerId);
  }

  /** Whether this connection had ended before we were back, so that no word comes that it is gone. */
  isPast(peerId: number): boolean {
    return this.#past.has(peerId);
  }

  /** Somebody that is no longer a member is behind this connection. */
  outsider(id: Id, peerId: number): void {
    this.#out.delete(peerId);
    this.#out.set(peerId, id);
    // A connection that is gone may be resumed under its number: only what has been there longest is forgotten.
    for (const oldest of this.#out.keys()) {
      if (this.#out.size <= MAX_OUT) break;
      this.#out.delete(oldest);
    }
  }

  /**
   * Somebody acts as a member, and may be out without knowing it: it was cut off when it was said, and let in again by
   * one who had not heard of it yet; or it was let in by one who was not allowed to. False if nothing is known of that.
   */
  tellOut(peerId: number, id: Id | undefined = this.#out.get(peerId)): boolean {
    const { state, parts } = this.#room;
    if (id === undefined) return false;
    // One that has expired is in all the same, and may not have been able to read that, nor that we have come back.
    if (state.members.get(id)?.expired === true) {
      const packs = [...parts.log.about(id), ...parts.log.returnOf(this.#room.me)];
      this.#pass(id, peerId, packs, { ms: TELL_AGAIN_MS });
    }
    if (state.members.get(id)?.status !== "removed" && !parts.log.isVoid(id)) return false;
    this.#tellWhy(id, peerId);
    return true;
  }

  /** What we told somebody that is out was sealed to keys that it has no more; these it has. */
  outsiderKeys(bundle: Bundle, peerId: number): void {
    const id = idOf(bundle.memberId);
    const { state, parts } = this.#room;
    if (state.members.get(id)?.status !== "removed" && !parts.log.isVoid(id)) return;
    this.#pass(id, peerId, parts.log.about(id), { ms: AFRESH_MS, bundle });
  }

  /** A member seals to keys of ours that are gone: tells it the present ones, now and then. */
  giveKeys(id: Id, peerId: number): void {
    const room = this.#room;
    const pack = room.parts.log.keysOf(room.me);
    if (pack === undefined) return;
    // The keys that we know of it may be gone as well. What opens without them is for nobody but who has shown itself.
    if (room.presence.peerOf(id) !== peerId || room.presence.payloadOf(id) === null) {
      return this.#pass(id, peerId, [pack], { ms: STALE_MS });
    }
    if (!this.#mayTell(id, STALE_MS)) return;
    const place = { room: room.parts.roomId, member: bytesOf(room.me) };
    void sealFreshKeys(room.parts.log.foundHash, place, pack).then((bytes) => this.#sendTo(peerId, bytes));
  }

  /** Somebody that was put out, or was away for too long, does not know it yet: gives it the statement. */
  #tellWhy(id: Id, peerId: number): void {
    this.#pass(id, peerId, this.#room.parts.log.about(id), { ms: TELL_AGAIN_MS });
  }

  /** Passes statements on to somebody who is or was a member, not more often than every `ms`. */
  #pass(id: Id, peerId: number, packs: Bytes[], options: { ms: number; bundle?: Bundle }): void {
    const room = this.#room;
    if (packs.length === 0 || !this.#mayTell(id, options.ms)) return;
    const bundle = options.bundle ?? room.parts.log.bundleOf(id);
    if (bundle === null) return;
    const sender = bytesOf(room.me);
    const context = { room: room.parts.roomId, sender, purpose: "statements" };
    void sealPrivate(bundle, context, encodeCbor(packs)).then((sealed) => {
      this.#sendTo(peerId, concat(Uint8Array.of(1, PayloadKind.statements), sender, sealed));
    }, () => {});
  }

  #mayTell(id: Id, ms: number): boolean {
    const now = this.#room.parts.clock.now();
    const key = `${id} ${ms}`;
    if (now - (this.#told.get(key) ?? -Infinity) < ms) return false;
    for (const oldest of this.#told.keys()) {
      if (this.#told.size < MAX_TOLD) break;
      this.#told.delete(oldest);
    }
    this.#told.delete(key);
    this.#told.set(key, now);
    return true;
  }

  #sendTo(peerId: number, bytes: Bytes): void {
    if (this.#room.isOver) return;
    this.#room.parts.link.sendTableDroppable(new Uint8Array(0), [{ peerId, bytes }]);
  }

  /** Our place is the old one: connections have kept their numbers, but some have gone. */
  #sameEpoch({ peers, seq }: Joined): void {
    const here = new Set(peers);
    this.#resumed = { peers: here, seq };
    const me = this.#room.presence.peerOf(this.#room.me);
    for (const peerId of this.#room.presence.peers()) {
      if (peerId !== me && !here.has(peerId)) this.#room.peerOut(peerId);
    }
    for (const peerId of peers) this.#room.peerIn(peerId);
  }

  /** The relay has begun anew, or we have been away for longer than it keeps places. */
  #newEpoch(joined: Joined, own: Bytes, dropped: readonly number[]): void {
    const room = this.#room;
    this.#newPlaceAt = room.parts.clock.now();
    this.#out.clear();
    this.#past.clear();
    this.#resumed = { peers: new Set(), seq: 0 };
    room.presence.reset(concat(joined.roomEpoch));
    this.#learn(joined, own);
    room.chainAsks.reset();
    room.sponsor.reset();
    for (const member of present(room.state)) if (member.id !== room.me) room.absence.begin(member.id);
    room.sender.dropped(dropped);
    void room.rivals.openDoors({ first: joined.created });
    room.listing.renew({ anew: true });
  }
}
