/** How the relay is doing, in numbers that name nobody. @module */
import type { Relay } from "./relay.ts";

/** What `/health` says. */
export interface Health {
  status: "healthy" | "degraded";
  /** Why it is degraded. */
  reason?: "draining" | "connections" | "rooms" | "memory";
  /** Members that are connected. */
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

/** The figures of the moment. Rings may be full at any time: they only forget sooner. */
export function health({ relay, tokens, draining, now, startedAt, version }: HealthSource): Health {
  const { near, online, rooms } = relay.control.figures();
  const reason = draining() ? "draining" : near[0] ?? (relay.overloaded ? "connections" : undefined);
  return {
    status: reason === undefined ? "healthy" : "degraded",
    ...(reason === undefined ? {} : { reason }),
    active_users: online,
    messages_count: relay.counters.messages,
    active_tokens: tokens(),
    rooms: rooms.now,
    uptime_seconds: Math.floor((now() - startedAt) / 1_000),
    ...(version === undefined ? {} : { version }),
  };
}
