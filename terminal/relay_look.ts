/** What `/health` says of whatever listens: a relay, a relay that has banned us, or something else. @module */

/** What is there. */
export type RelayLook = "relay" | "banned" | "other";

/** Reads the answer's body. It may come from anybody. */
export function readHealth(text: string): RelayLook {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null) return "other";
    if ("status" in body && (body.status === "healthy" || body.status === "degraded")) return "relay";
    const error = "error" in body ? body.error : undefined;
    return typeof error === "object" && error !== null && "code" in error && error.code === "banned"
      ? "banned"
      : "other";
  } catch {
    return "other"; // no JSON
  }
}
