/** The figures that `/metrics` shows, one row each. Labels come from lists in the source and nowhere else. @module */
import { CloseCode, type CloseName, ErrorCode, type ErrorName } from "../wire/mod.ts";
import { DROP_NAMES } from "./counters.ts";
import type { Figures } from "./figures.ts";

/** A figure without labels. */
export type Row = readonly [name: string, help: string, read: (figures: Figures) => number];

/** A figure for each word of a closed list. */
export interface LabelledRow {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly words: readonly string[];
  readonly read: (figures: Figures, word: string) => number;
}

/** Figures that go up and down. */
export const GAUGES: readonly Row[] = [
  ["sotto_uptime_seconds", "How long the relay has been up", ({ uptimeMs }) => uptimeMs / 1_000],
  ["sotto_draining", "1 while the relay takes no new rooms", ({ draining }) => Number(draining)],
  ["sotto_connections", "Connections", ({ connections }) => connections.now],
  ["sotto_connections_limit", "Connections that there may be", ({ connections }) => connections.most],
  ["sotto_rooms", "Rooms", ({ rooms }) => rooms.now],
  ["sotto_rooms_limit", "Rooms that there may be", ({ rooms }) => rooms.most],
  ["sotto_listed_rooms", "Rooms that are listed for everybody", ({ listedRooms }) => listedRooms],
  ["sotto_members", "Places of members, lost ones included", ({ members }) => members],
  ["sotto_members_online", "Members that are connected", ({ online }) => online],
  ["sotto_knockers", "Those who wait to be let in", ({ knockers }) => knockers],
  ["sotto_ring_bytes", "Bytes kept for those who come back", ({ ringBytes }) => ringBytes.now],
  ["sotto_ring_bytes_limit", "Bytes that may be kept for them", ({ ringBytes }) => ringBytes.most],
  ["sotto_queue_bytes", "Unsent bytes of all connections", ({ bufferedBytes }) => bufferedBytes.now],
  ["sotto_queue_bytes_limit", "Unsent bytes that there may be", ({ bufferedBytes }) => bufferedBytes.most],
  [
    "sotto_queue_bytes_max",
    "Unsent bytes of the slowest reader",
    ({ largestBufferedBytes }) => largestBufferedBytes,
  ],
  ["sotto_addresses", "Addresses whose allowances are remembered", ({ addresses }) => addresses],
  ["sotto_bans", "Bans in force", ({ bans }) => bans],
];

/** Figures that only grow. */
export const COUNTERS: readonly Row[] = [
  ["sotto_connections_total", "Connections accepted", ({ totals }) => totals.connections],
  ["sotto_rooms_total", "Rooms founded", ({ totals }) => totals.rooms],
  ["sotto_frames_in_total", "Frames that came", ({ totals }) => totals.framesIn],
  ["sotto_frames_out_total", "Frames that went", ({ totals }) => totals.framesOut],
  ["sotto_bytes_in_total", "Bytes that came", ({ totals }) => totals.bytesIn],
  ["sotto_bytes_out_total", "Bytes that went", ({ totals }) => totals.bytesOut],
  ["sotto_messages_total", "Payloads taken", ({ totals }) => totals.messages],
  [
    "sotto_deliveries_total",
    "Payloads handed on, once for each who got them",
    ({ totals }) => totals.deliveries,
  ],
];

/** Figures that only grow, by a word. */
export const LABELLED: readonly LabelledRow[] = [
  {
    name: "sotto_drops_total",
    help: "Readers cut off, droppable payloads left out and sends refused, by reason",
    label: "reason",
    words: DROP_NAMES,
    read: ({ totals }, word) => totals.drops[word as typeof DROP_NAMES[number]],
  },
  {
    name: "sotto_refusals_total",
    help: "Refusals, by error code",
    label: "code",
    words: Object.keys(ErrorCode),
    read: ({ totals }, word) => totals.refusals[word as ErrorName] ?? 0,
  },
  {
    name: "sotto_closes_total",
    help: "Connections that the relay closed, by close code",
    label: "code",
    words: Object.keys(CloseCode),
    read: ({ totals }, word) => totals.closes[word as CloseName] ?? 0,
  },
];
