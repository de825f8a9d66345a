/** The figures of a relay: numbers alone, without rooms, names or addresses. @module */
import type { CloseName, ErrorName, Limits } from "../wire/mod.ts";
import type { Backlog } from "./backlog.ts";
import type { Counters, DropName } from "./counters.ts";
import type { Lobby } from "./lobby.ts";

/** A part of its limit at which a relay counts as nearly full. */
const NEAR = 0.9;

/** What there is, and how much of it there may be. */
export interface Level {
  /** So many there are. */
  now: number;
  /** So many there may be. */
  most: number;
}

/** Everything that grows, as JSON can carry it. */
export interface Totals {
  /** Connections accepted. */
  connections: number;
  /** Rooms founded. */
  rooms: number;
  /** Frames that came. */
  framesIn: number;
  /** Frames that went. */
  framesOut: number;
  /** Bytes that came. */
  bytesIn: number;
  /** Bytes that went. */
  bytesOut: number;
  /** Payloads taken. */
  messages: number;
  /** Payloads handed on, once for each who got them. */
  deliveries: number;
  /** What did not get through, by reason. */
  drops: Record<DropName, number>;
  /** Refusals, by code. */
  refusals: Partial<Record<ErrorName, number>>;
  /** Connections that the relay closed, by code. */
  closes: Partial<Record<CloseName, number>>;
  /** Turns, by the classes of `LATENCY_BOUNDS_MS`. */
  latency: number[];
  /** Sum of their times, in milliseconds. */
  latencySumMs: number;
}

/** What `status`, `top`, `/health` and `/metrics` show. */
export interface Figures {
  /** How long the relay has been up. */
  uptimeMs: number;
  /** True while it takes no new rooms. */
  draining: boolean;
  /** What is nearly used up: the relay should be told from a healthy one. */
  near: ("connections" | "rooms" | "memory")[];
  /** Connections, those being closed included. */
  connections: Level;
  /** Rooms. */
  rooms: Level;
  /** Rooms that are listed for everybody. */
  listedRooms: number;
  /** Members' places, lost ones included. */
  members: number;
  /** Members that are connected. */
  online: number;
  /** Those who wait to be let in. */
  knockers: number;
  /** Doors. */
  doors: number;
  /** Bytes in all rings. */
  ringBytes: Level;
  /** Unsent bytes of all connections. */
  bufferedBytes: Level;
  /** Those of the connection that has the most. */
  largestBufferedBytes: number;
  /** Addresses remembered. */
  addresses: number;
  /** Bans in force. */
  bans: number;
  /** Everything that grows. */
  totals: Totals;
}

/** What figures are taken from. */
export interface FigureSources {
  limits: Limits;
  lobby: Lobby;
  backlog: Backlog;
  counters: Counters;
  uptimeMs: number;
  connections: number;
  addresses: number;
  bans: number;
}

/** Reads everything at this moment. */
export function takeFigures(from: FigureSources): Figures {
  const { limits, lobby, backlog } = from;
  let [members, online, knockers] = [0, 0, 0];
  for (const room of lobby.rooms) {
    members += room.members.size;
    knockers += room.knockers.size;
    for (const place of room.members.values()) if (place.connection !== undefined) online++;
  }
  const connections = { now: from.connections, most: limits.maxConnections };
  const rooms = { now: lobby.rooms.size, most: limits.maxRooms };
  const ringBytes = { now: lobby.ringTotal.bytes, most: limits.ringTotalBytes };
  const bufferedBytes = { now: backlog.open + backlog.closing, most: limits.maxBufferedTotal };
  const near: Figures["near"] = [];
  if (isNear(connections)) near.push("connections");
  if (isNear(rooms)) near.push("rooms");
  if (isNear(bufferedBytes)) near.push("memory"); // full rings are no trouble: they only forget sooner
  return {
    uptimeMs: from.uptimeMs,
    draining: lobby.draining,
    near,
    connections,
    rooms,
    listedRooms: lobby.listed.size,
    members,
    online,
    knockers,
    doors: lobby.doors.size,
    ringBytes,
    bufferedBytes,
    largestBufferedBytes: backlog.largest(),
    addresses: from.addresses,
    bans: from.bans,
    totals: takeTotals(from.counters),
  };
}

function takeTotals(counters: Counters): Totals {
  return {
    connections: counters.connections,
    rooms: counters.rooms,
    framesIn: counters.framesIn,
    framesOut: counters.framesOut,
    bytesIn: counters.bytesIn,
    bytesOut: counters.bytesOut,
    messages: counters.messages,
    deliveries: counters.deliveries,
    drops: { ...counters.drops },
    refusals: Object.fromEntries(counters.refusals),
    closes: Object.fromEntries(counters.closes),
    latency: [...counters.latency],
    latencySumMs: counters.latencySumMs,
  };
}

function isNear({ now, most }: Level): boolean {
  return now >= NEAR * most;
}
