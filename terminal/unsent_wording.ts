/** What is said while something waits to be sent, and when it was not. @module */
import type { UnderWay } from "./under_way.ts";
import { counted } from "./wording.ts";

/**
 * Says what leaving waits for.
 *
 * @param underWay What is under way.
 * @param options.ending Whether the user wants to go for good, and may go at once.
 */
export function waitingText(
  { unsent, offline, nextTry }: Pick<UnderWay, "unsent" | "offline" | "nextTry">,
  { ending }: { ending: boolean },
): string {
  const atOnce = ending ? "; Ctrl-C again to leave without" : "";
  if (offline && unsent > 0) {
    const them = ending ? ` ${unsent === 1 ? "it" : "them"}` : "";
    return `Waiting for the connection to send ${counted(unsent, "message")} (${nextTry})${atOnce}${them}.`;
  }
  if (offline) return `Waiting for the connection to say goodbye (${nextTry})${atOnce}.`;
  return `Leaving; what you said last is still being delivered.${
    ending ? " Ctrl-C again ends at once." : ""
  }`;
}

/** Says how many messages were not sent. */
export function unsentText(count: number): string {
  return counted(count, "message was not sent", "messages were not sent");
}
