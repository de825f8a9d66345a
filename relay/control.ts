/** What the operator can see and do while the relay runs. It opens no room and reads no word. @module */
import { CloseCode } from "../wire/mod.ts";
import type { Bans } from "./bans.ts";
import type { Connection } from "./connection.ts";
import { type Figures, takeFigures } from "./figures.ts";
import { refusal } from "./refusal.ts";
import type { RelayCore } from "./relay.ts";
import type { Room } from "./room.ts";
import { tellDraining } from "./welcome.ts";

/** A room as the operator sees it. */
export interface RoomInfo {
  /** A name that is random and known to nobody else: no member can be asked by it, and no member can ask. */
  id: string;
  /** Members' places. */
  members: number;
  /** Those who wait to be let in. */
  knockers: number;
  /** Bytes in its ring. */
  ringBytes: number;
  /** How long there has been such a room. */
  ageMs: number;
}

/** A connection as the operator sees it. */
export interface ConnectionInfo {
  /** Its number. */
  id: number;
  /** Where it comes from. */
  ip: string;
  /** How long it has been open. */
  ageMs: number;
  /** True when it sits in a room as a member. */
  member: boolean;
  /** Unsent bytes, as measured last. */
  bufferedBytes: number;
}

/** What the operator's hand needs of the relay. */
export interface ControlOptions {
  core: RelayCore;
  connections: ReadonlySet<Connection>;
  bans: Bans;
  /** Addresses remembered. */
  addresses: () => number;
}

/** The operator's hand on a running relay. */
export class Control {
  readonly #options: ControlOptions;
  readonly #ids = new WeakMap<Room, string>();
  readonly #since: number;

  /** For one relay. */
  constructor(options: ControlOptions) {
    this.#options = options;
    this.#since = options.core.clock.now();
  }

  /** True while no room may be founded. */
  get draining(): boolean {
    return this.#options.core.lobby.draining;
  }

  /** All rooms. */
  rooms(): RoomInfo[] {
    const { clock, lobby } = this.#options.core;
    const now = clock.now();
    return [...lobby.rooms].map((room) => ({
      id: this.#idOf(room),
      members: room.members.size,
      knockers: room.knockers.size,
      ringBytes: room.ring.bytes,
      ageMs: now - room.since,
    }));
  }

  /** Ends a room for everybody in it; false when there is none of this id. */
  closeRoom(id: string): boolean {
    const { lobby, audit } = this.#options.core;
    for (const room of lobby.rooms) {
      if (this.#ids.get(room) !== id) continue;
      for (const connection of lobby.close(room)) {
        connection.close(CloseCode.roomClosed, refusal("roomClosed"));
      }
      audit.record({ type: "room_closed" });
      return true;
    }
    return false;
  }

  /** All connections. */
  connections(): ConnectionInfo[] {
    const now = this.#options.core.clock.now();
    return [...this.#options.connections].map((connection) => info(connection, now));
  }

  /** Ends the connections that `which` picks, and tells how many. */
  cut(which: (connection: ConnectionInfo) => boolean, code: number = CloseCode.cut): number {
    const { clock, audit } = this.#options.core;
    const now = clock.now();
    let count = 0;
    for (const connection of [...this.#options.connections]) {
      if (connection.closing || !which(info(connection, now))) continue;
      connection.close(code);
      if (code === CloseCode.cut) audit.record({ type: "cut", ip: connection.guest.ip });
      count++;
    }
    return count;
  }

  /** Takes no new rooms from here on, and says so to everybody. Who is in a room stays there and may come back to it. */
  drain(sentence?: string): void {
    const { lobby, audit } = this.#options.core;
    if (!lobby.draining) audit.record({ type: "drain", reason: "begun" });
    lobby.draining = true;
    const frame = tellDraining(sentence);
    for (const connection of this.#options.connections) if (connection.ready) connection.answer(frame);
  }

  /** Takes new rooms again. */
  undrain(): void {
    const { lobby, audit } = this.#options.core;
    if (lobby.draining) audit.record({ type: "drain", reason: "ended" });
    lobby.draining = false;
  }

  /** Everything that `status`, `top`, `/health` and `/metrics` show. */
  figures(): Figures {
    const { core, connections, bans, addresses } = this.#options;
    return takeFigures({
      limits: core.limits,
      lobby: core.lobby,
      backlog: core.backlog,
      counters: core.counters,
      uptimeMs: core.clock.now() - this.#since,
      connections: connections.size,
      addresses: addresses(),
      bans: bans.size,
    });
  }

  #idOf(room: Room): string {
    let id = this.#ids.get(room);
    if (id === undefined) {
      id = this.#options.core.random(6).toHex();
      this.#ids.set(room, id);
    }
    return id;
  }
}

function info(connection: Connection, now: number): ConnectionInfo {
  return {
    id: connection.id,
    ip: connection.guest.ip,
    ageMs: now - connection.since,
    member: connection.room !== undefined,
    bufferedBytes: connection.buffered,
  };
}
