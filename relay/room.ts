/** A room: who is in it, what it is called, and what was said last. @module */
import { CloseCode, type Limits, type PeerOutReason } from "../wire/mod.ts";
import { Budgets } from "./budgets.ts";
import type { Connection } from "./connection.ts";
import { Ring, type RingTotal } from "./ring.ts";
import type { TokenHolder } from "./tokens.ts";
import { type Reader, Turn } from "./turn.ts";

/** How long a founder may say nothing, in milliseconds, before the next who comes founds the room in its place. */
export const UNHEARD_MS = 5_000;

/** One peer's place in a room. It outlives the connection by the resume window. */
export interface Place extends TokenHolder {
  readonly room: Room;
  readonly peerId: number;
  /** Undefined while the connection is lost. */
  connection: Connection | undefined;
  /** The number of the connection that has, or had, it last; later ones have higher numbers. */
  takenBy: number;
  /** When the connection was lost. */
  lostAt: number;
  /** Highest sendId taken. */
  lastSendId: number;
  /** The sendId that the peer was last told to send again, or 0. */
  refusedSendId: number;
  /** `seq` of the room when the place became a member's: what was before is not for it. */
  since: number;
  /** True while it has founded the room and said nothing since: it may not have heard that it is in. */
  unheard: boolean;
  /** What it may send. */
  readonly budgets: Budgets;
  /** Set while the peer is not let in. */
  knock: Knock | undefined;
}

/** What is remembered of a knocker. */
export interface Knock {
  readonly at: number;
  /** The members of which the knocker was told. */
  readonly known: readonly number[];
  frames: number;
  bytes: number;
}

/** The longest that a turn's entries get before they are sent early. */
const TURN_FRAMES = 2_048;

/** A room of the relay. It knows peers by number and payloads by length. */
export class Room {
  /** As the key of an id: a string takes less than an array. */
  readonly epoch: string;
  readonly members: Map<number, Place> = new Map();
  readonly knockers: Map<number, Place> = new Map();
  /** Keys of its doors. */
  readonly doors: Set<string> = new Set();
  readonly ring: Ring;
  readonly turn: Turn = new Turn();
  /** When it was founded. */
  readonly since: number;
  /** Number of the last frame numbered. */
  seq = 0;
  /** True while its turn waits to be sent. */
  due = false;
  readonly #limits: Limits;
  #lastPeerId = 0;

  /** An empty room. */
  constructor(epoch: string, limits: Limits, { total, now }: { total: RingTotal; now: number }) {
    this.epoch = epoch;
    this.since = now;
    this.#limits = limits;
    this.ring = new Ring(limits, total);
  }

  /** A new place; peer ids are never used again in this room. */
  place(connection: Connection, knock: Knock | undefined): Place {
    const place: Place = {
      room: this,
      peerId: ++this.#lastPeerId,
      connection,
      takenBy: connection.id,
      lostAt: 0,
      lastSendId: 0,
      refusedSendId: 0,
      since: this.seq,
      unheard: knock === undefined,
      budgets: new Budgets(this.#limits),
      knock,
      token: "",
      previousToken: "",
    };
    (knock === undefined ? this.members : this.knockers).set(place.peerId, place);
    return place;
  }

  /**
   * Whether nobody is in it who knows that: the answer to its founder may have been lost, with the connection or without
   * a word. Whoever comes next would wait for somebody to let it in who is not there.
   */
  isStillborn(now: number): boolean {
    return [...this.members.values()].every(({ unheard, connection }) =>
      unheard && (connection === undefined || now - this.since >= UNHEARD_MS)
    );
  }

  /** The members that are connected, in the order in which they joined, without `except`. */
  onlineIds(except?: Place): number[] {
    const ids: number[] = [];
    for (const place of this.members.values()) {
      if (place.connection !== undefined && place !== except) ids.push(place.peerId);
    }
    return ids;
  }

  /** The connections of all members that have one. */
  readers(): Reader[] {
    const readers: Reader[] = [];
    for (const { connection } of this.members.values()) {
      if (connection !== undefined) readers.push(connection);
    }
    return readers;
  }

  /** True when the turn has grown so long that it should be sent before the next entry of `bytes`. */
  turnFull(bytes: number, maxBytes: number): boolean {
    return this.turn.bytes + bytes > maxBytes || this.turn.entries.length >= TURN_FRAMES;
  }

  /** Tells everybody in the room that a member is there. */
  announceIn(peerId: number): void {
    this.turn.frame({ type: "peer_in", peerId });
  }

  /** Tells everybody in the room that a member is gone. */
  announceOut(peerId: number, reason: PeerOutReason): void {
    this.turn.frame({ type: "peer_out", peerId, reason });
  }
}

/** Who is closed with one of these broke the rules, or was sent away. */
const GIVES_UP: readonly number[] = [
  CloseCode.malformed,
  CloseCode.tooLarge,
  CloseCode.banned,
  CloseCode.loggedOut,
  CloseCode.cut,
  CloseCode.roomClosed,
];

/** Whether a place stays for its resume window when the relay closes its connection with this code. */
export function keepsPlace(code: number): boolean {
  return !GIVES_UP.includes(code);
}
