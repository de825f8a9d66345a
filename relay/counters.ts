/** What a relay counts: numbers without rooms, names or addresses. @module */
import { type CloseName, closeName, type ErrorFrame, type ErrorName, errorName } from "../wire/mod.ts";

/** Upper bounds of the classes of {@linkcode Counters.latency}, in milliseconds; one more class has no bound. */
export const LATENCY_BOUNDS_MS: readonly number[] = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000];

/** Why something that was taken, or might have been, did not reach everybody. */
export const DROP_NAMES = [
  "tooSlow",
  "relayMemory",
  "congested",
  "droppable",
  "rateLimited",
  "knockQuota",
] as const;

/**
 * One of {@linkcode DROP_NAMES}: a reader cut off because it read too slowly, or because the relay's memory was short; droppable payloads
 * left out for a congested reader, or beyond what their author may send; sends refused for their rate, or beyond a knocker's quota.
 */
export type DropName = typeof DROP_NAMES[number];

/** Everything that only grows, as plain numbers: the way of a message must not pay for being counted. */
export class Counters {
  /** Connections accepted. */
  connections = 0;
  /** Rooms founded. */
  rooms = 0;
  /** Frames that came. */
  framesIn = 0;
  /** Bytes that came, in batches. */
  bytesIn = 0;
  /** Reliable or droppable payloads taken from members and knockers. */
  messages = 0;
  /** Payloads handed to connections. */
  deliveries = 0;
  /** Frames handed to connections. */
  framesOut = 0;
  /** Bytes handed to connections, in batches. */
  bytesOut = 0;
  /** Drops, by reason. */
  readonly drops: Record<DropName, number> = {
    tooSlow: 0,
    relayMemory: 0,
    congested: 0,
    droppable: 0,
    rateLimited: 0,
    knockQuota: 0,
  };
  /** Refusals, by code. */
  readonly refusals: Map<ErrorName, number> = new Map();
  /** Connections that the relay closed, by close code. */
  readonly closes: Map<CloseName, number> = new Map();
  /** Turns by the time from the first frame taken to the last byte handed on, in classes of `LATENCY_BOUNDS_MS`. */
  readonly latency: Float64Array = new Float64Array(LATENCY_BOUNDS_MS.length + 1);
  /** Sum of those times, in milliseconds. */
  latencySumMs = 0;

  /** Counts a refusal. */
  refused({ code }: ErrorFrame): void {
    const name = errorName(code);
    if (name !== undefined) this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }

  /** Counts a connection that the relay closes. */
  closed(code: number): void {
    const name = closeName(code);
    if (name !== undefined) this.closes.set(name, (this.closes.get(name) ?? 0) + 1);
  }

  /** Counts a turn that took `ms`. */
  turned(ms: number): void {
    let i = 0;
    while (i < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[i] ?? 0)) i++;
    this.latency[i] = (this.latency[i] ?? 0) + 1;
    this.latencySumMs += ms;
  }
}
