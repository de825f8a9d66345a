/** Sends what gathered in a turn, at its end. @module */
import { CloseCode, type Limits, maxBatchBytes } from "../wire/mod.ts";
import type { RelayClock } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { Counters } from "./counters.ts";
import type { Room } from "./room.ts";
import { Packer, Turn } from "./turn.ts";

const NOTHING = new Turn();

/** Knows which rooms and connections have something to send, and sends it once a turn. */
export class Outflow {
  readonly #clock: RelayClock;
  readonly #maxBytes: number;
  readonly #packer: Packer;
  readonly #rooms = new Set<Room>();
  readonly #connections = new Set<Connection>();
  readonly #slow: Connection[] = [];
  readonly #counters: Counters;
  /** Called when bytes have been handed on. */
  readonly #relieve: () => void;
  #turn: unknown = undefined;
  #since = 0;

  /** Nothing to send. */
  constructor(limits: Limits, clock: RelayClock, counters: Counters, relieve: () => void) {
    this.#clock = clock;
    this.#relieve = relieve;
    this.#counters = counters;
    this.#maxBytes = maxBatchBytes(limits.maxPayload);
    this.#packer = new Packer(this.#maxBytes);
  }

  /** Makes room for an entry of `bytes` in the turn of `room`, which is sent at the end of the turn. */
  reserve(room: Room, bytes: number): void {
    if (room.turnFull(bytes, this.#maxBytes)) this.#sendRoom(room);
    this.#rooms.add(room);
    this.#schedule();
  }

  /** Notes that the outlet of `connection` holds something. */
  mark(connection: Connection): void {
    const room = connection.room;
    if (room === undefined) this.#connections.add(connection);
    else this.#rooms.add(room);
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
    for (const room of this.#rooms) this.#sendRoom(room);
    this.#rooms.clear();
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
    this.#rooms.delete(room);
  }

  /** Forgets a connection that is gone. */
  drop(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /** Sends everything and leaves no turn waiting. */
  stop(): void {
    this.flush();
    if (this.#turn !== undefined) this.#clock.clearTurn(this.#turn);
    this.#turn = undefined;
  }

  #sendRoom(room: Room): void {
    this.#packer.send(room.turn, room.readers());
    room.turn.clear();
  }

  #schedule(): void {
    if (this.#turn !== undefined) return;
    this.#since = this.#clock.now();
    this.#turn = this.#clock.setTurn(() => {
      this.#turn = undefined;
      this.flush();
      this.#counters.turned(this.#clock.now() - this.#since);
    });
  }

  /** Closing tells the room, so that it must not happen while the room is being packed. */
  #closeSlow(): void {
    for (let next = this.#slow.pop(); next !== undefined; next = this.#slow.pop()) {
      this.#counters.drops.tooSlow++;
      next.close(CloseCode.tooSlow);
    }
  }
}
