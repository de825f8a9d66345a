/** Whether a browser has what this needs, said in a sentence where it has not. @module */

/** What is looked at. */
export interface Surroundings {
  isSecureContext: boolean;
  crypto?: { subtle?: unknown };
  WebSocket?: unknown;
  Promise: { withResolvers?: unknown };
  AbortSignal?: { any?: unknown };
}

const ELSE = "use the program for the terminal";

/**
 * Why it cannot begin here.
 *
 * @param here The page's `globalThis`.
 * @returns A sentence and what to do; null when nothing is missing.
 */
export function notReady(here: Surroundings): string | null {
  if (!here.isSecureContext) {
    return "Sotto cannot start: this page came over a connection on which anybody could have changed it, and browsers " +
      `keep their cryptography from such pages. Open it with https://, or ${ELSE}.`;
  }
  if (here.crypto?.subtle === undefined) {
    return `Sotto cannot start: this browser has no cryptography for pages. Take a current browser, or ${ELSE}.`;
  }
  const parts = [here.WebSocket, here.Promise.withResolvers, here.AbortSignal?.any];
  return parts.includes(undefined)
    ? `Sotto cannot start: this browser is too old for it. Take a current one, or ${ELSE}.`
    : null;
}
