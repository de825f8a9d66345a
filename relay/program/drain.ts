/** How a relay ends when it is asked to: nobody is cut off in the middle of a word. @module */
import type { Relay } from "../relay.ts";

/** How often is looked whether anybody is left, in milliseconds. */
const LOOK_MS = 50;

/** How people are let go. */
export interface DrainOptions {
  /** How long they have. */
  ms: number;
  /** Ends the waiting. */
  urgent: Promise<void>;
}

/** Takes no new rooms, tells everybody, and waits until nobody is left or the time is over. */
export async function drain(relay: Relay, { ms, urgent }: DrainOptions): Promise<void> {
  relay.control.drain(
    "This relay stops in a moment. Your client comes back by itself when there is one again.",
  );
  let over = relay.stats().connections === 0;
  if (over) return;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    over = true;
    resolve();
  };
  const timer = setTimeout(end, ms);
  const looks = setInterval(() => {
    if (relay.stats().connections === 0) end();
  }, LOOK_MS);
  void urgent.then(end);
  await done;
  clearTimeout(timer);
  clearInterval(looks);
}
