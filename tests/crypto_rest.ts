/** Tells when the platform's cryptography has nothing under way, however slow the machine is. @module */
import { setImmediate } from "node:timers";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Turns of the event loop without a new operation after which nothing more is coming: a frame through a relay takes five. */
const QUIET_TURNS = 16;

const underWay = new Set<Promise<unknown>>();
let begun = 0;

const prototype = SubtleCrypto.prototype as unknown as Record<string, unknown>;
for (const name of Object.getOwnPropertyNames(prototype)) {
  const method = Object.getOwnPropertyDescriptor(prototype, name)?.value;
  if (typeof method !== "function" || name === "constructor") continue;
  prototype[name] = function (this: unknown, ...args: unknown[]): unknown {
    const outcome = (method as Method).apply(this, args);
    if (outcome instanceof Promise) watch(outcome);
    return outcome;
  };
}

function watch(work: Promise<unknown>): void {
  begun++;
  underWay.add(work);
  const over = (): void => void underWay.delete(work);
  work.then(over, over);
}

/** Lets everything that is ready run, a few times over. */
export async function turns(count = 4): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * Resolves when no operation is under way, and what came of the last ones has begun no other. Whoever moves a clock
 * by hand waits for this first: else the clock runs ahead of keys that are still being made.
 */
export async function cryptoAtRest(): Promise<void> {
  for (;;) {
    while (underWay.size > 0) await Promise.allSettled(underWay);
    const before = begun;
    for (let i = 0; i < QUIET_TURNS && begun === before; i++) await turns(1);
    if (begun === before) return;
  }
}

// What a test has begun and no longer waits for, such as the rest of a `Promise.all` that has failed, is its own still.
Deno.test.afterEach(cryptoAtRest);
