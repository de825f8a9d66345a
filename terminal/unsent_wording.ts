/** What is said while something waits to be sent, and when it was not. @module */
import type { UnderWay } from "./under_way.ts";
import { counted } from "./wording.ts";

/**
 * Says what leaving waits for.
 *
 * @param underWay What is under way.
 * @param options.ending Whether the user has said once already to go for good.
 */
export function waitingText(
  { size, unsent, atRisk, offline, nextTry }: Pick<
    UnderWay,
    "size" | "unsent" | "atRisk" | "offline" | "nextTry"
  >,
  { ending }: { ending: boolean },
): string {
  const without = (count: number): string =>
    `; Ctrl-C ${ending ? "again" : "twice"} to leave without ${count === 1 ? "it" : "them"}`;
  if (offline && unsent > 0) {
    return `Waiting for the connection to send ${counted(unsent, "message")} (${nextTry})${without(unsent)}.`;
  }
  const atOnce = ending ? " Ctrl-C again ends at once." : "";
  if (offline && size > 0) {
    return `Waiting for the connection to do what you asked for (${nextTry}).${atOnce}`;
  }
  if (offline) return `Leaving without a connection (${nextTry}).${atOnce}`;
  if (atRisk > 0) {
    return `Sending ${counted(atRisk, "message")} as fast as the relay takes them${without(atRisk)}.`;
  }
  return `Leaving; what you said last is still being delivered (10 s at most).${atOnce}`;
}

/** Says how many messages were not sent. */
export function unsentText(count: number): string {
  return counted(count, "message was not sent", "messages were not sent");
}
