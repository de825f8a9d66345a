/** Says what somebody on the way into a room waits for, when that takes longer than a moment, and how long it may. @module */
import type { Clock } from "./options.ts";

/** What is over within this is not told, in milliseconds. */
export const SOON_MS = 2_000;

/** What {@linkcode withPatience} needs. */
export interface PatienceOptions {
  clock: Clock;
  /** Tells the user. */
  tell?: ((message: string) => void) | undefined;
}

/**
 * Waits for `work`, and tells what is waited for when that takes its time.
 *
 * @param until When this wait ends, on that clock, whatever has come.
 * @param words Says it, given the seconds that are left.
 */
export async function withPatience<T>(
  { clock, tell }: PatienceOptions,
  work: Promise<T>,
  { until, words }: { until: number; words: (seconds: number) => string },
): Promise<T> {
  if (tell === undefined || until - clock.now() <= SOON_MS) return await work;
  const timer = clock.setTimer(() => tell(words(Math.ceil((until - clock.now()) / 1_000))), SOON_MS);
  try {
    return await work;
  } finally {
    clock.clearTimer(timer);
  }
}

/** Nobody has answered, and another is asked when this wait is over. */
export function untilNextAsked(seconds: number): string {
  return `You are at the door, and nobody has answered yet: another member is asked in ${seconds} s`;
}

/** Nobody has answered, and nobody else is left to ask. */
export function untilGivenUp(seconds: number): string {
  return `You are at the door, and nobody has answered yet: this is given up in ${seconds} s`;
}

/** A member has answered, and is about to give us the room. */
export function untilWelcomed(seconds: number): string {
  return `A member is letting you in: waiting up to ${seconds} s for the next part of what it gives you`;
}

/** The relay has not answered. */
export function untilUnreachable(seconds: number): string {
  return `The relay has not answered yet: this is given up in ${seconds} s`;
}
