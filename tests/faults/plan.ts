/** What is to happen to a connection through the proxy, and when. @module */
import type { Random } from "./random.ts";

/** A moment in the life of a connection: so many bytes, both ways together, or so many milliseconds. */
export type Moment = { bytes: number } | { ms: number };

/** How a connection is cut: `reset` (RST) or `close` (FIN), both perhaps in the middle of a frame. */
export type CutKind = "reset" | "close";

/** Which way bytes go: `up` to the relay, `down` to the client. */
export type Way = "up" | "down";

/** The faults of one connection; none by default. */
export interface Plan {
  /** It breaks. */
  cut?: { how: CutKind; at: Moment };
  /** From then on everything is swallowed in these directions, and both ends keep their sockets. */
  halfOpen?: { ways: readonly Way[]; at: Moment };
  /** Nothing moves for a while. */
  stall?: { ms: number; at: Moment };
  /** Everything comes later by so much, in order. */
  delayMs?: number;
  /** No more than this goes through, each way. */
  bytesPerSecond?: number;
  /** A second connection says the client's first `bytes` bytes again, `afterMs` after the first, and stays for `stayMs`. */
  duplicate?: { bytes: number; afterMs: number; stayMs: number };
}

/** How likely each fault is; the rest of the connections have none. */
export interface Shares {
  cut?: number;
  halfOpen?: number;
  stall?: number;
  delay?: number;
  throttle?: number;
  duplicate?: number;
}

/** Draws a plan. A cut comes within seconds or some kilobytes. */
export function drawPlan(random: Random, shares: Shares): Plan {
  const plan: Plan = {};
  // Drawn always and in one order, so that one share does not move the others.
  const at = [moment(random), moment(random), moment(random)] as const;
  const [how, ways, stallMs, delayMs, rate, afterMs] = [
    random.pick(["reset", "close"] as const) ?? "reset",
    random.pick([["up", "down"], ["up", "down"], ["up"], ["down"]] as const) ?? (["up"] as const),
    random.int(50, 2_000),
    random.int(5, 120),
    random.int(20_000, 200_000),
    random.int(0, 300),
  ];
  if (random.chance(shares.cut ?? 0)) plan.cut = { how, at: at[0] };
  if (random.chance(shares.halfOpen ?? 0)) plan.halfOpen = { ways, at: at[1] };
  if (random.chance(shares.stall ?? 0)) plan.stall = { ms: stallMs, at: at[2] };
  if (random.chance(shares.delay ?? 0)) plan.delayMs = delayMs;
  if (random.chance(shares.throttle ?? 0)) plan.bytesPerSecond = rate;
  if (random.chance(shares.duplicate ?? 0)) plan.duplicate = { bytes: 1_024, afterMs, stayMs: 1_000 };
  return plan;
}

function moment(random: Random): Moment {
  const bytes = random.int(1, 20_000);
  const ms = random.int(0, 4_000);
  return random.chance(0.5) ? { bytes } : { ms };
}
