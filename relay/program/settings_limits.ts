/** The limits of the wire that an operator may set. @module */
import { DEFAULT_LIMITS, type Limits } from "../../wire/mod.ts";
import { type Setting, setting } from "./setting.ts";
import { byteCount, duration, showDuration, wholeNumber } from "./values.ts";

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

function limit(
  limit: keyof Limits,
  flag: string,
  env: string,
  its: Pick<Setting<number>, "about" | "read" | "show">,
): Setting<number> {
  return setting({ group: "Limits", flag, env, fallback: DEFAULT_LIMITS[limit], limit, ...its });
}

function count(
  limitName: keyof Limits,
  name: string,
  env: string,
  about: string,
  max = 1e9,
): Setting<number> {
  return limit(limitName, `--${name} <count>`, env, { about, read: wholeNumber(1, max) });
}

function time(limitName: keyof Limits, name: string, env: string, about: string, max = DAY): Setting<number> {
  return limit(limitName, `--${name} <time>`, env, {
    about,
    read: duration(SECOND, max),
    show: showDuration,
  });
}

function size(
  limitName: keyof Limits,
  name: string,
  env: string,
  { about, min, max }: { about: string; min: number; max: number },
): Setting<number> {
  return limit(limitName, `--${name} <bytes>`, env, { about, read: byteCount(min, max) });
}

const GIB = 1_073_741_824;

/** Settings that are limits. */
export const LIMIT_SETTINGS = {
  maxConnections: count("maxConnections", "max-connections", "MAX_CONNECTIONS", "connections", 1_000_000),
  maxConnectionsPerIp: count(
    "maxConnectionsPerIp",
    "max-connections-per-ip",
    "MAX_CONNECTIONS_PER_IP",
    "connections from one address (IPv6: one /64)",
    1_000_000,
  ),
  connectRate: count(
    "connectRate",
    "connect-rate",
    "CONNECT_RATE",
    "new connections a second from one address",
  ),
  connectBurst: count("connectBurst", "connect-burst", "CONNECT_BURST", "as many of these may come at once"),
  maxRooms: count("maxRooms", "max-rooms", "MAX_ROOMS", "rooms", 1_000_000),
  maxMembers: count("maxMembers", "max-members", "MAX_MEMBERS", "members of a room", 4_096),
  maxKnockers: count("maxKnockers", "max-knockers", "MAX_KNOCKERS", "people at a room's door at once", 1_024),
  knockTime: time("knockerMs", "knock-time", "KNOCK_TIME", "how long one may stand at a door"),
  knockRate: count("knockRate", "knock-rate", "KNOCK_RATE", "knocks a second from one address"),
  knockBurst: count("knockBurst", "knock-burst", "KNOCK_BURST", "as many of these may come at once"),
  roomRate: limit("foundRate", "--room-rate <count>", "ROOM_RATE", {
    about: "new rooms a minute from one address",
    read: (given) => wholeNumber(1, 1e6)(given) / 60,
    show: (perSecond) => String(Math.round(perSecond * 60)),
  }),
  roomBurst: count("foundBurst", "room-burst", "ROOM_BURST", "as many of these may come at once"),
  missRate: count(
    "probeRate",
    "miss-rate",
    "MISS_RATE",
    "joins a second from one address that miss, or make, a room",
  ),
  missBurst: count("probeBurst", "miss-burst", "MISS_BURST", "as many of these may come at once"),
  maxMessages: count(
    "rateCount",
    "max-messages",
    "MAX_MESSAGES_PER_WINDOW",
    "messages that a client may send in a window",
  ),
  rateWindow: time("rateWindowMs", "rate-window", "RATE_LIMIT_WINDOW", "the window"),
  maxMessageSize: size("maxMessage", "max-message-size", "MAX_MESSAGE_SIZE", {
    about: "longest text of a message",
    min: 1,
    max: 131_072,
  }),
  maxPayloadSize: size("maxPayload", "max-payload-size", "MAX_PAYLOAD_SIZE", {
    about: "longest payload of a frame",
    min: 65_536,
    max: 16_777_216,
  }),
  maxKept: size("ringTotalBytes", "max-kept", "MAX_KEPT", {
    about: "memory for frames kept for those who were cut off, over all rooms",
    min: 1_048_576,
    max: 64 * GIB,
  }),
  maxBuffered: size("maxBuffered", "max-buffered", "MAX_BUFFERED", {
    about: "unsent bytes at which a reader is cut off as too slow",
    min: 262_144,
    max: GIB,
  }),
  maxBufferedTotal: size("maxBufferedTotal", "max-buffered-total", "MAX_BUFFERED_TOTAL", {
    about: "unsent bytes of all readers together at which the slowest are cut off",
    min: 1_048_576,
    max: 64 * GIB,
  }),
  heartbeatInterval: time(
    "heartbeatIntervalMs",
    "heartbeat-interval",
    "HEARTBEAT_INTERVAL",
    "how often clients ping",
  ),
  heartbeatTimeout: time(
    "heartbeatTimeoutMs",
    "heartbeat-timeout",
    "HEARTBEAT_TIMEOUT",
    "silence that ends a connection",
  ),
};
