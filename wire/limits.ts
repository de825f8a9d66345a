/** Sizes, rates and times of the wire, with their defaults. @module */

/** The version of the protocol, in `hello` and `welcome`. */
export const WIRE_VERSION = 1;

/** The WebSocket subprotocol. */
export const SUBPROTOCOL = "sotto.v1";

/** The path of the WebSocket. */
export const WS_PATH = "/ws";

/** At most this many frames in one batch. */
export const MAX_BATCH_FRAMES = 4_096;

/** At most this many parts in one table. */
export const MAX_TABLE_PARTS = 4_096;

/** Longest name of a listed room, in bytes. */
export const MAX_PUBLIC_NAME = 96;

/** Longest topic of a listed room, in bytes. */
export const MAX_PUBLIC_TOPIC = 512;

/** Longest payload of a listed room's invite, in bytes. */
export const MAX_PUBLIC_INVITE = 256;

/** At most this many rooms in one answer to `list`. */
export const MAX_LISTED_ROOMS = 200;

/** What a batch may be longer than the longest payload: headers, table entries, small frames beside it. */
export const BATCH_HEADROOM = 65_536;

/** Longest batch, either way, for a relay whose `welcome` names `maxPayload`. */
export function maxBatchBytes(maxPayload: number): number {
  return maxPayload + BATCH_HEADROOM;
}

/**
 * The least `maxBuffered` that goes with a `maxPayload`: a full batch may wait while another one comes. With less, a reader
 * would be cut off in the middle of one. Droppable frames, such as parts of files, go only to readers with less than half
 * of it unsent: these never cut a reader off.
 */
export function leastBuffered(maxPayload: number): number {
  return 2 * maxBatchBytes(maxPayload);
}

/** Everything that a relay limits. Times in milliseconds, sizes in bytes, rates per second. */
export interface Limits {
  /** Longest text a person may send; told to clients, which keep it. @default 10_240 */
  maxMessage: number;
  /** Longest payload of a frame; for a table, all its parts together. @default 1_048_576 */
  maxPayload: number;
  /** Frames to the room allowed in `rateWindowMs`, all of them at once if need be. @default 100 */
  rateCount: number;
  /** The window of `rateCount`. @default 60_000 */
  rateWindowMs: number;
  /** Bytes to the room at once; they come back as fast as `rateCount` frames of `maxPayload` need. @default 4_194_304 */
  rateBurstBytes: number;
  /** Droppable frames to the room at once. @default 120 */
  droppableBurst: number;
  /** Droppable frames to the room per second thereafter. @default 4 */
  droppableRate: number;
  /** Bytes of table frames at once, counted as they go out. @default 67_108_864 */
  tableBurstBytes: number;
  /** Bytes of table frames per second thereafter. @default 2_097_152 */
  tableBytesRate: number;
  /** Other frames (join, door, ping, …) at once. @default 240 */
  controlBurst: number;
  /** Other frames per second thereafter. @default 20 */
  controlRate: number;
  /** How often a client should ping. @default 30_000 */
  heartbeatIntervalMs: number;
  /** A connection silent for this long is closed. @default 60_000 */
  heartbeatTimeoutMs: number;
  /** A connection has this long to say `hello`. @default 10_000 */
  helloTimeoutMs: number;
  /** A lost member's place is kept for this long. @default 60_000 */
  resumeWindowMs: number;
  /** A frame stays in the ring for this long. @default 60_000 */
  ringMs: number;
  /** Frames in a room's ring. @default 512 */
  ringFrames: number;
  /** Bytes in a room's ring. @default 4_194_304 */
  ringBytes: number;
  /** Bytes in the rings of all rooms. @default 268_435_456 */
  ringTotalBytes: number;
  /** Unsent bytes at which a reader is cut off as too slow. @default 8_388_608 */
  maxBuffered: number;
  /** Unsent bytes of all readers together at which the slowest are cut off. @default 536_870_912 */
  maxBufferedTotal: number;
  /** Rooms. @default 20_000 */
  maxRooms: number;
  /** Members of a room, lost ones with an open resume window included. @default 512 */
  maxMembers: number;
  /** Knockers of a room. @default 16 */
  maxKnockers: number;
  /** A knocker not admitted is shown out after this long. @default 60_000 */
  knockerMs: number;
  /** Frames a knocker may send. @default 16 */
  knockerFrames: number;
  /** Bytes a knocker may send, counted as they go out. @default 65_536 */
  knockerBytes: number;
  /** Doors of a room. @default 8 */
  maxDoors: number;
  /** Connections. @default 20_000 */
  maxConnections: number;
  /** Connections from one address (IPv6: one /64). @default 2_048 */
  maxConnectionsPerIp: number;
  /** New connections from one address at once. @default 1_024 */
  connectBurst: number;
  /** New connections from one address per second thereafter. @default 50 */
  connectRate: number;
  /** Joins from one address that miss, or make, a room, at once. @default 120 */
  probeBurst: number;
  /** Such joins per second thereafter. @default 2 */
  probeRate: number;
  /** Rooms founded from one address at once. @default 120 */
  foundBurst: number;
  /** Such rooms per second thereafter. @default 0.5 */
  foundRate: number;
  /** Knocks from one address at once. @default 1_024 */
  knockBurst: number;
  /** Such knocks per second thereafter. @default 10 */
  knockRate: number;
}

/** What a relay does unless told otherwise. */
export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  maxMessage: 10_240,
  maxPayload: 1_048_576,
  rateCount: 100,
  rateWindowMs: 60_000,
  rateBurstBytes: 4_194_304,
  droppableBurst: 120,
  droppableRate: 4,
  tableBurstBytes: 67_108_864,
  tableBytesRate: 2_097_152,
  controlBurst: 240,
  controlRate: 20,
  heartbeatIntervalMs: 30_000,
  heartbeatTimeoutMs: 60_000,
  helloTimeoutMs: 10_000,
  resumeWindowMs: 60_000,
  ringMs: 60_000,
  ringFrames: 512,
  ringBytes: 4_194_304,
  ringTotalBytes: 268_435_456,
  maxBuffered: 8_388_608,
  maxBufferedTotal: 536_870_912,
  maxRooms: 20_000,
  maxMembers: 512,
  maxKnockers: 16,
  knockerMs: 60_000,
  knockerFrames: 16,
  knockerBytes: 65_536,
  maxDoors: 8,
  maxConnections: 20_000,
  maxConnectionsPerIp: 2_048,
  connectBurst: 1_024,
  connectRate: 50,
  probeBurst: 120,
  probeRate: 2,
  foundBurst: 120,
  foundRate: 0.5,
  knockBurst: 1_024,
  knockRate: 10,
});
