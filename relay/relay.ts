/** The relay: rooms in RAM, behind any kind of socket. @module */
import {
  type BatchBounds,
  CloseCode,
  DEFAULT_LIMITS,
  type Limits,
  MAX_BATCH_FRAMES,
  maxBatchBytes,
} from "../wire/mod.ts";
import { type Access, type Guest, OPEN_ACCESS } from "./access.ts";
import { Addresses } from "./addresses.ts";
import { type Audit, NO_AUDIT } from "./audit.ts";
import { Backlog } from "./backlog.ts";
import { Bans } from "./bans.ts";
import { type RelayClock, systemClock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { Control } from "./control.ts";
import { Counters } from "./counters.ts";
import { Lobby } from "./lobby.ts";
import { Outflow } from "./outflow.ts";
import { refusal, tooOften } from "./refusal.ts";
import type { RelayConnection, RelaySocket } from "./socket.ts";

/** Settings of a relay. */
export interface RelayOptions {
  /** Limits that differ from `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Time. @default the machine's */
  clock?: RelayClock;
  /** Random bytes for tokens, epochs and nonces. @default `crypto.getRandomValues` */
  random?: (length: number) => Uint8Array;
  /** Who may come in. @default everybody */
  access?: Access;
  /** Whether rooms may be listed for everybody. @default true */
  publicRooms?: boolean;
  /** Where the operator may read who came and what was decided. @default nowhere */
  audit?: Audit;
}

/** What a relay holds at the moment: counts only. */
export interface RelayStats {
  /** Connections, those being closed included. */
  connections: number;
  /** Rooms. */
  rooms: number;
  /** Members' places, lost ones included. */
  members: number;
  /** Knockers. */
  knockers: number;
  /** Doors. */
  doors: number;
  /** Resume tokens. */
  tokens: number;
  /** Bytes in all rings. */
  ringBytes: number;
  /** Addresses remembered. */
  addresses: number;
}

/** What connections use of their relay. */
export interface RelayCore {
  readonly limits: Limits;
  /** The largest batch that is read. */
  readonly bounds: BatchBounds;
  readonly clock: RelayClock;
  readonly random: (length: number) => Uint8Array;
  readonly outflow: Outflow;
  readonly lobby: Lobby;
  readonly access: Access;
  readonly counters: Counters;
  readonly backlog: Backlog;
  readonly audit: Audit;
  /** A connection is gone. */
  left(connection: Connection): void;
}

/** When those who find the relay full may come back. */
const FULL_MS = 30_000;
const FULL = "The relay is full; try again in 30 seconds, or choose another relay.";
/** How long `close` waits for the other ends to hang up. */
const CLOSE_GRACE_MS = 1_000;

/**
 * A relay. It keeps nothing but RAM, writes nothing anywhere, and never looks into a payload.
 *
 * @example Two connections over sockets of one's own
 * ```ts ignore
 * const relay = new Relay({ limits: { maxRooms: 10 } });
 * relay.accept(socket, { ip: "192.0.2.1" });
 * await relay.close();
 * ```
 */
export class Relay {
  /** What it has counted since it began. */
  readonly counters: Counters = new Counters();
  /** Addresses that are not let in. Banning one ends its connections. */
  readonly bans: Bans;
  /** The operator's hand on it. */
  readonly control: Control;
  readonly #core: RelayCore;
  readonly #addresses: Addresses;
  readonly #connections = new Set<Connection>();
  readonly #sweepMs: number;
  #sweeper: unknown = undefined;
  #closing = false;
  #emptied: (() => void) | undefined;

  /** A relay without connections. */
  constructor(options: RelayOptions = {}) {
    const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
    const clock = options.clock ?? systemClock;
    const random = options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
    const { access = OPEN_ACCESS, publicRooms = true, audit = NO_AUDIT } = options;
    const { counters } = this;
    const backlog = new Backlog(limits.maxBufferedTotal, this.#connections, counters);
    const outflow = new Outflow(limits, clock, counters, () => backlog.relieve());
    const lobby = new Lobby({ limits, clock, random, outflow, counters, publicRooms });
    const left = (connection: Connection): void => this.#left(connection);
    const bounds = { maxBytes: maxBatchBytes(limits.maxPayload), maxFrames: MAX_BATCH_FRAMES };
    this.#core = { limits, bounds, clock, random, outflow, lobby, access, counters, backlog, audit, left };
    this.#addresses = new Addresses(limits);
    this.bans = new Bans({
      clock,
      audit,
      onAdd: (has) => void this.control.cut(({ ip }) => has(ip), CloseCode.banned),
    });
    this.control = new Control({
      core: this.#core,
      connections: this.#connections,
      bans: this.bans,
      addresses: () => this.#addresses.size,
    });
    const shortest = Math.min(
      limits.helloTimeoutMs,
      limits.heartbeatTimeoutMs,
      limits.resumeWindowMs,
      limits.knockerMs,
      limits.ringMs,
    );
    this.#sweepMs = Math.max(20, Math.min(1_000, shortest / 4));
  }

  /** The limits in force. */
  get limits(): Readonly<Limits> {
    return this.#core.limits;
  }

  /** True when no further connection should even be upgraded. */
  get overloaded(): boolean {
    const { limits, backlog } = this.#core;
    return this.#closing || backlog.full || this.#connections.size >= 1.25 * limits.maxConnections;
  }

  /** Serves a connection that has just been opened. Beyond the limits it is told why and closed. */
  accept(socket: RelaySocket, { ip, secure = false }: { ip: string; secure?: boolean }): RelayConnection {
    const { clock, limits, backlog } = this.#core;
    const now = clock.now();
    const address = this.#addresses.enter(ip, now);
    const guest: Guest = { ip, secure };
    const id = ++this.counters.connections;
    const connection = new Connection(socket, { id, guest, address }, this.#core);
    this.#connections.add(connection);
    const wait = this.#addresses.refusal(address, now);
    if (this.#closing) connection.close(CloseCode.relayClosing);
    else if (this.bans.blocked(ip)) connection.close(CloseCode.banned, refusal("banned"));
    else if (this.#connections.size > limits.maxConnections || backlog.full) {
      connection.close(CloseCode.refused, refusal("relayFull", { retryAfterMs: FULL_MS, sentence: FULL }));
    } else if (wait > 0) {
      connection.close(CloseCode.rateLimited, tooOften("connections", wait));
    }
    this.#keepSweeping();
    return connection;
  }

  /** What the relay holds. */
  stats(): RelayStats {
    const { lobby } = this.#core;
    let members = 0;
    let knockers = 0;
    for (const room of lobby.rooms) {
      members += room.members.size;
      knockers += room.knockers.size;
    }
    return {
      connections: this.#connections.size,
      rooms: lobby.rooms.size,
      members,
      knockers,
      doors: lobby.doors.size,
      tokens: lobby.tokens.size,
      ringBytes: lobby.ringTotal.bytes,
      addresses: this.#addresses.size,
    };
  }

  /** Says goodbye to everybody, closes all connections, and forgets all rooms. */
  async close(): Promise<void> {
    const { clock, outflow, lobby } = this.#core;
    if (this.#closing) return;
    this.#closing = true;
    for (const connection of [...this.#connections]) connection.close(CloseCode.relayClosing);
    if (this.#connections.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.setTimer(resolve, CLOSE_GRACE_MS);
        this.#emptied = () => {
          clock.clearTimer(timer);
          resolve();
        };
      });
    }
    for (const room of [...lobby.rooms]) {
      for (const place of [...room.members.values()]) lobby.leave(place, "closed");
    }
    outflow.stop();
    if (this.#sweeper !== undefined) clock.clearTimer(this.#sweeper);
    this.#sweeper = undefined;
  }

  #left(connection: Connection): void {
    this.#connections.delete(connection);
    connection.address.connections--;
    if (this.#connections.size === 0) this.#emptied?.();
  }

  #keepSweeping(): void {
    if (this.#sweeper !== undefined || this.#closing) return;
    this.#sweeper = this.#core.clock.setTimer(() => this.#sweep(), this.#sweepMs);
  }

  #sweep(): void {
    this.#sweeper = undefined;
    const now = this.#core.clock.now();
    for (const connection of this.#connections) connection.check(now);
    this.#core.backlog.relieve();
    this.#core.lobby.sweep(now);
    this.#addresses.sweep(now);
    if (this.#connections.size + this.#core.lobby.rooms.size + this.#addresses.size > 0) this.#keepSweeping();
  }
}
