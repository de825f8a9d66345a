/** How the relay is doing, in numbers that name nobody. @module */
import type { Relay } from "./relay.ts";

/** What `/health` says. */
export interface Health {
  status: "healthy" | "degraded";
  /** Why it is degraded. */
  reason?: "draining" | "connections" | "rooms" | "memory";
  active_users: number;
  messages_count: number;
  active_tokens: number;
  rooms: number;
  uptime_seconds: number;
  version?: string;
}

/** Where the figures come from. */
export interface HealthSource {
  relay: Relay;
  /** Tokens in force. */
  tokens: () => number;
  /** Whether the relay is on its way out. */
  draining: () => boolean;
  /** Milliseconds that only grow. */
  now: () => number;
  /** When it began, by `now`. */
  startedAt: number;
  version: string | undefined;
}

/** Share of a limit at which the relay counts as near it. */
const NEAR = 0.95;

/** The figures of the moment. */
export function health({ relay, tokens, draining, now, startedAt, version }: HealthSource): Health {
  const { limits } = relay;
  const { connections, rooms, members, ringBytes } = relay.stats();
  const near = (value: number, limit: number): boolean => value >= NEAR * limit;
  const reason = draining()
    ? "draining"
    : relay.overloaded || near(connections, limits.maxConnections)
    ? "connections"
    : near(rooms, limits.maxRooms)
    ? "rooms"
    : near(ringBytes, limits.ringTotalBytes)
    ? "memory"
    : undefined;
  return {
    status: reason === undefined ? "healthy" : "degraded",
    ...(reason === undefined ? {} : { reason }),
    active_users: members,
    messages_count: relay.counters.messages,
    active_tokens: tokens(),
    rooms,
    uptime_seconds: Math.floor((now() - startedAt) / 1_000),
    ...(version === undefined ? {} : { version }),
  };
}
