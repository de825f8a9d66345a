/** Sends what gathered in a turn, at its end; a busy relay makes its turns longer. @module */
import { CloseCode, type Limits, maxBatchBytes } from "../wire/mod.ts";
import type { RelayClock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Counters } from "./counters.ts";
import type { Room } from "./room.ts";
import { Packer } from "./packer.ts";
import { Turn } from "./turn.ts";

/** So many messages in one turn show that the relay is busy. */
export const BUSY_MESSAGES = 4;
/**
 * How long a busy relay gathers before it sends again, in milliseconds. Meanwhile its readers write more to it, and
 * what is packed together costs one write here and one read there. Who is alone with a relay never waits.
 */
export const REST_MS = 4;
/**
 * So many messages in one turn show that it is very busy. Where the thread is its own, it sleeps for `REST_MS` instead
 * of reading meanwhile: what each writes to it in that time comes by one read. Work that takes longer than it rests is
 * not slowed down, as it rests once a turn.
 */
export const NAP_MESSAGES = 32;
/** What goes out in pieces of so many bytes is packed well enough. */
const LONG_BYTES = 8_192;
const NOTHING = new Turn();

/** Knows which rooms and connections have something to send, and sends it once a turn. */
export class Outflow {
  readonly #clock: RelayClock;
  readonly #maxBytes: number;
  readonly #packer: Packer;
  /** Rooms that are `due`, and such as have died since. */
  #rooms: Room[] = [];
  readonly #connections = new Set<Connection>();
  readonly #slow: Connection[] = [];
  readonly #counters: Counters;
  /** Called when bytes have been handed on. */
  readonly #relieve: () => void;
  /** True while something waits to be sent: for the end of the turn, or of the rest after a busy one. */
  #waiting = false;
  #turn: unknown = undefined;
  #rest: unknown = undefined;
  #restUntil = 0;
  #since = 0;
  #messages = 0;

  /** Nothing to send. */
  constructor(limits: Limits, clock: RelayClock, counters: Counters, relieve: () => void) {
    this.#clock = clock;
    this.#relieve = relieve;
    this.#counters = counters;
    this.#maxBytes = maxBatchBytes(limits.maxPayload);
    this.#packer = new Packer(this.#maxBytes);
  }

  /** Notes a message that came. Gives the time: that of the turn's first frame, as the clock is a call into the runtime. */
  came(): number {
    this.#messages++;
    return this.#waiting ? this.#since : this.#clock.now();
  }

  /** Makes room for an entry of `bytes` in the turn of `room`, which is sent at the end of the turn. */
  reserve(room: Room, bytes: number): void {
    if (room.turnFull(bytes, this.#maxBytes)) this.#sendRoom(room);
    this.#due(room);
  }

  /** Notes that the outlet of `connection` holds something. */
  mark(connection: Connection): void {
    const room = connection.room;
    if (room !== undefined) return this.#due(room);
    this.#connections.add(connection);
    this.#schedule();
  }

  #due(room: Room): void {
    if (room.due) return;
    room.due = true;
    this.#rooms.push(room);
    this.#schedule();
  }

  /** Notes that `connection` reads too slowly; it is closed once nothing is being packed. */
  slow(connection: Connection): void {
    this.#slow.push(connection);
  }

  /** Sends at once what `connection` has to get, before it enters or leaves a room, or closes. */
  settle(connection: Connection): void {
    const room = connection.room;
    if (room === undefined) {
      this.#connections.delete(connection);
      if (connection.outlet.plain) return;
    } else if (connection.outlet.plain && room.turn.entries.length === 0) return;
    this.#packer.send(room?.turn ?? NOTHING, [connection]);
    this.#closeSlow();
  }

  /** Sends everything now, and notes how much that was. */
  flush(): void {
    for (const room of this.#rooms) {
      if (room.due) this.#sendRoom(room);
      room.due = false;
    }
    this.#rooms = [];
    for (const connection of this.#connections) this.#packer.send(NOTHING, [connection]);
    this.#connections.clear();
    this.#counters.framesOut = this.#packer.frames;
    this.#counters.deliveries = this.#packer.deliveries;
    this.#counters.drops.congested += this.#packer.dropped;
    this.#packer.dropped = 0;
    this.#closeSlow();
    this.#relieve();
  }

  /** Forgets a room that has died. */
  forget(room: Room): void {
    room.due = false;
  }

  /** Forgets a connection that is gone. */
  drop(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** Sends everything and leaves no turn waiting. */
  stop(): void {
    this.flush();
    if (this.#waiting) {
      this.#clock.clearTurn(this.#turn);
      this.#clock.clearTimer(this.#rest);
    }
    this.#waiting = false;
  }

  #sendRoom(room: Room): void {
    this.#packer.send(room.turn, room.readers());
    room.turn.clear();
  }

  #schedule(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#messages = 1; // such as needed no turn do not count
    this.#since = this.#clock.now();
    if (this.#since < this.#restUntil) this.#rest = this.#clock.setTimer(() => this.#end(), REST_MS);
    else this.#turn = this.#clock.setTurn(() => this.#end());
  }

  #end(): void {
    const messages = this.#messages;
    const [bytes, batches] = [this.#counters.bytesOut, this.#packer.batches];
    this.#waiting = false;
    this.flush();
    const short = this.#counters.bytesOut - bytes < LONG_BYTES * (this.#packer.batches - batches);
    const now = this.#clock.now();
    this.#counters.turned(now - this.#since);
    this.#restUntil = 0;
    if (!short || messages < BUSY_MESSAGES) return;
    const { nap } = this.#clock;
    if (nap !== undefined && messages >= NAP_MESSAGES) nap(REST_MS);
    else this.#restUntil = now + REST_MS;
  }

  /** Closing tells the room, so that it must not happen while the room is being packed. */
  #closeSlow(): void {
    for (let next = this.#slow.pop(); next !== undefined; next = this.#slow.pop()) {
      this.#counters.drops.tooSlow++;
      next.close(CloseCode.tooSlow);
    }
  }
}
