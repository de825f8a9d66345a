/** Who may enter which room, and what becomes of those who leave. @module */
import type {
  DoorFrame,
  ErrorFrame,
  JoinFrame,
  Limits,
  PeerOutReason,
  PublishFrame,
  ResumeFrame,
} from "../wire/mod.ts";
import { CloseCode } from "../wire/mod.ts";
import { ClosedDoors } from "./closed_doors.ts";
import type { RelayClock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Counters } from "./counters.ts";
import { Doors, idBytes, idKey } from "./doors.ts";
import { ListedRooms } from "./listed_rooms.ts";
import type { Outflow } from "./outflow.ts";
import { refusal, tooOften } from "./refusal.ts";
import { replay } from "./replay.ts";
import { RingTotal } from "./ring.ts";
import { type Place, Room } from "./room.ts";
import { turnDoor } from "./room_doors.ts";
import { Tokens } from "./tokens.ts";

/** What the lobby needs. */
export interface LobbyOptions {
  limits: Limits;
  clock: RelayClock;
  random: (length: number) => Uint8Array;
  outflow: Outflow;
  counters: Counters;
  /** Whether rooms may be listed for everybody. */
  publicRooms: boolean;
}

const ANNOUNCEMENT = 10;
const SEATED = "This connection is in a room already; leave it first.";

/** All rooms of a relay and the ways into them. Refusals are returned, not thrown. */
export class Lobby {
  readonly rooms: Set<Room> = new Set();
  readonly doors: Doors<Room> = new Doors();
  readonly tokens: Tokens<Place>;
  readonly listed: ListedRooms;
  readonly ringTotal: RingTotal = new RingTotal();
  /** Doors of rooms that the operator closed. */
  readonly closed: ClosedDoors = new ClosedDoors();
  /** True while no room may be founded. */
  draining = false;
  readonly #limits: Limits;
  readonly #clock: RelayClock;
  readonly #random: (length: number) => Uint8Array;
  readonly #outflow: Outflow;
  readonly #counters: Counters;

  /** A relay without rooms. */
  constructor(options: LobbyOptions) {
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#outflow = options.outflow;
    this.#counters = options.counters;
    this.listed = new ListedRooms(options.publicRooms);
    this.tokens = new Tokens(options.random);
  }

  /** Founds the room behind a door, or knocks at it. Whoever asks for doors that lead nowhere is slowed. */
  join(connection: Connection, { doorId, mode }: JoinFrame): ErrorFrame | undefined {
    if (connection.place !== undefined) return refusal("notInRoom", { sentence: SEATED });
    const { probes } = connection.address;
    const now = this.#clock.now();
    const wait = probes.wait(now);
    if (wait > 0) return refusal("rateLimited", { retryAfterMs: wait });
    let room = this.doors.find(doorId);
    if (room?.isStillborn(now) === true && mode !== "mustExist") {
      this.#giveUp(room);
      room = undefined;
    }
    if (room === undefined) {
      probes.take(now);
      const shut = this.closed.wait(idKey(doorId), now);
      if (shut > 0) return refusal("roomClosed", { retryAfterMs: shut });
      if (mode === "mustExist") return refusal("noSuchDoor", { retryAfterMs: 2_000 });
      return this.#found(connection, doorId, now);
    }
    if (mode === "mustBeNew") {
      probes.take(now);
      return refusal("doorExists");
    }
    return this.#knock(connection, room, now);
  }

  #found(connection: Connection, doorId: Uint8Array, now: number): ErrorFrame | undefined {
    if (this.draining) return refusal("draining", { retryAfterMs: 30_000 });
    if (this.rooms.size >= this.#limits.maxRooms) return refusal("relayFull", { retryAfterMs: 60_000 });
    const wait = connection.address.founds.take(now);
    if (wait > 0) return tooOften("new rooms", wait);
    const room = new Room(idKey(this.#random(16)), this.#limits, { total: this.ringTotal, now });
    this.rooms.add(room);
    this.#counters.rooms++;
    this.doors.add(doorId, room);
    room.doors.add(idKey(doorId));
    const place = room.place(connection, undefined);
    this.#seat(connection, place, { created: true, complete: true, token: this.tokens.issue(place) });
    return undefined;
  }

  #knock(connection: Connection, room: Room, now: number): ErrorFrame | undefined {
    if (room.members.size >= this.#limits.maxMembers) return refusal("roomFull", { retryAfterMs: 30_000 });
    if (room.knockers.size >= this.#limits.maxKnockers) {
      return refusal("rateLimited", {
        retryAfterMs: 5_000,
        sentence: "Too many are waiting to be let into this room; try again in a moment.",
      });
    }
    const wait = connection.address.knocks.take(now);
    if (wait > 0) return tooOften("knocks", wait);
    const place = room.place(connection, { at: now, known: room.onlineIds(), frames: 0, bytes: 0 });
    this.#seat(connection, place, { created: false, complete: true, token: this.tokens.issue(place) });
    return undefined;
  }

  /** Gives a connection its place and tells it `joined`, from where on it reads the room. */
  #seat(
    connection: Connection,
    place: Place,
    { created, complete, token }: { created: boolean; complete: boolean; token: Uint8Array },
  ): void {
    this.#outflow.settle(connection);
    const { room } = place;
    const member = place.knock === undefined;
    place.connection = connection;
    place.takenBy = connection.id;
    connection.place = place;
    connection.outlet.insert(0, {
      type: "joined",
      roomEpoch: idBytes(room.epoch),
      peerId: place.peerId,
      seq: room.seq,
      member,
      created,
      complete,
      token,
      resumeWindowMs: this.#limits.resumeWindowMs,
      peers: room.onlineIds(place),
    }, member ? room.turn.entries.length : 0);
    this.#outflow.mark(connection);
  }

  /** Takes up a place again: what was missed follows `joined`, in order. */
  resume(connection: Connection, frame: ResumeFrame): ErrorFrame | undefined {
    if (connection.place !== undefined) return refusal("notInRoom", { sentence: SEATED });
    // Guessing 32 random bytes is hopeless, and after a restart everybody at an address comes with a token that is void:
    // the allowance of the address is for the joins that follow.
    const place = this.tokens.find(frame.token);
    if (
      place === undefined || place.knock !== undefined || place.room.epoch !== idKey(frame.roomEpoch)
    ) return refusal("badToken");
    // What was held up on the way comes late: its member has opened a newer connection since, and is there.
    if (connection.id < place.takenBy) return refusal("badToken");
    const { room } = place;
    const old = place.connection;
    if (old !== undefined) old.supersede();
    else {
      this.#outflow.reserve(room, ANNOUNCEMENT);
      room.announceIn(place.peerId);
    }
    const since = Math.max(frame.lastSeq, place.since);
    const token = this.tokens.issue(place, frame.token);
    this.#seat(connection, place, { created: false, complete: room.ring.completeSince(since), token });
    replay(place, connection.outlet, since);
    if (place.lastSendId > 0) connection.outlet.acknowledge(place.lastSendId, 0);
    place.refusedSendId = 0;
    return undefined;
  }

  /** Makes a member of a knocker. */
  admit(by: Place, peerId: number): ErrorFrame | undefined {
    const { room } = by;
    if (by.knock !== undefined) return refusal("notAMember");
    const place = room.knockers.get(peerId);
    const connection = place?.connection;
    if (place === undefined || connection === undefined) return undefined; // gone, or let in by somebody else
    if (room.members.size >= this.#limits.maxMembers) return refusal("roomFull");
    this.#outflow.settle(connection);
    const known = new Set(place.knock?.known);
    room.knockers.delete(peerId);
    place.knock = undefined;
    place.since = room.seq;
    this.#outflow.reserve(room, ANNOUNCEMENT);
    room.announceIn(peerId);
    const online = new Set(room.onlineIds());
    room.members.set(peerId, place);
    const at = room.turn.entries.length;
    connection.outlet.insert(0, { type: "admitted" }, at);
    // The members have changed since it was told of them in `joined`.
    for (const id of known.difference(online)) {
      connection.outlet.insert(at, { type: "peer_out", peerId: id, reason: "lost" });
    }
    for (const id of online.difference(known)) connection.outlet.insert(at, { type: "peer_in", peerId: id });
    return undefined;
  }

  /** Opens or closes a door of the room. */
  door(by: Place, frame: DoorFrame): ErrorFrame | undefined {
    const [limits, now] = [this.#limits, this.#clock.now()];
    return turnDoor(by, frame, { doors: this.doors, closed: this.closed, limits, now });
  }

  /** Lists the room for everybody, changes that or ends it. */
  publish(by: Place, frame: PublishFrame): ErrorFrame | undefined {
    if (by.knock !== undefined) return refusal("notAMember");
    return this.listed.publish(by.room, frame);
  }

  /** Takes a place away for good. */
  leave(place: Place, reason: PeerOutReason): void {
    const { room, connection } = place;
    if (connection !== undefined) {
      this.#outflow.settle(connection);
      connection.place = undefined;
      place.connection = undefined;
    }
    this.tokens.revoke(place);
    if (room.knockers.delete(place.peerId)) return;
    if (!room.members.delete(place.peerId)) return;
    if (room.members.size === 0) this.#bury(room);
    else if (connection !== undefined) {
      this.#outflow.reserve(room, ANNOUNCEMENT);
      room.announceOut(place.peerId, reason);
    }
  }

  /** Ends a room for all who are in it or knock at it, and returns their connections; its doors lead nowhere for a while. */
  close(room: Room): Connection[] {
    const now = this.#clock.now();
    const places = [...room.members.values(), ...room.knockers.values()];
    const connections = places.flatMap(({ connection }) => connection ?? []);
    for (const connection of connections) this.#outflow.settle(connection);
    for (const place of places) {
      if (place.connection !== undefined) place.connection.place = undefined;
      place.connection = undefined;
      this.tokens.revoke(place);
    }
    room.members.clear();
    room.knockers.clear();
    for (const key of room.doors) this.closed.shut(key, now);
    this.#bury(room);
    return connections;
  }

  /** Keeps the place of a lost connection for the resume window; a knocker has none. */
  lose(place: Place): void {
    const { room, connection } = place;
    if (place.knock !== undefined) return this.leave(place, "lost");
    if (connection !== undefined) connection.place = undefined;
    place.connection = undefined;
    place.lostAt = this.#clock.now();
    this.#outflow.reserve(room, ANNOUNCEMENT);
    room.announceOut(place.peerId, "lost");
  }

  /** Ends what has lasted long enough: resume windows, knocks, frames in rings. */
  sweep(now: number): void {
    this.closed.sweep(now);
    for (const room of this.rooms) {
      room.ring.sweep(now);
      for (const place of room.members.values()) {
        if (place.connection === undefined && now - place.lostAt >= this.#limits.resumeWindowMs) {
          this.leave(place, "lost");
        }
      }
      for (const place of room.knockers.values()) {
        if (place.knock !== undefined && now - place.knock.at >= this.#limits.knockerMs) {
          this.#showOut(place, "Nobody let you in; knock again when somebody is there.", "knockQuota");
        }
      }
    }
  }

  #giveUp(room: Room): void {
    for (const place of [...room.members.values()]) {
      place.connection?.close(CloseCode.deadline);
      this.leave(place, "lost");
    }
  }

  #showOut(place: Place, sentence: string, name: "knockQuota" | "noSuchDoor"): void {
    const { connection } = place;
    this.leave(place, "closed");
    connection?.answer(refusal(name, { sentence }));
  }

  #bury(room: Room): void {
    this.rooms.delete(room);
    this.listed.forget(room);
    for (const key of room.doors) this.doors.drop(key, room);
    room.ring.clear();
    this.#outflow.forget(room);
    for (const place of [...room.knockers.values()]) {
      this.#showOut(place, "The room has closed: its last member left.", "noSuchDoor");
    }
  }
}
