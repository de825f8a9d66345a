/** Finds out why a relay could not be connected to, and says it in a sentence that names the address. @module */
import { ClientError } from "../client/errors.ts";
import { relayPlace } from "./relay_url.ts";

/** What a failed attempt left behind. */
export interface FailedAttempt {
  /** What the platform said. */
  reason: string;
  /** Aborts the probes. */
  signal: AbortSignal;
  /** Longest time for each of the two probes together, in milliseconds. */
  timeoutMs: number;
}

/**
 * Probes an address after a failed attempt.
 *
 * @param url The relay's WebSocket URL.
 * @param attempt What is known of the failure.
 * @returns An error of status 3; the caller throws it.
 */
export async function explainFailure(url: string, attempt: FailedAttempt): Promise<ClientError> {
  const place = relayPlace(url);
  const refused = (code: string, why: string): ClientError =>
    new ClientError(code, `Cannot reach the relay at ${place}: ${why}`, {
      status: 3,
      cause: new Error(attempt.reason),
    });
  const signal = AbortSignal.any([attempt.signal, AbortSignal.timeout(attempt.timeoutMs)]);
  const trouble = await tcpTrouble(new URL(url), signal);
  attempt.signal.throwIfAborted();
  if (trouble !== null) return refused("unreachable", trouble);
  if (/certificate|UnknownIssuer|Expired|NotValid/i.test(attempt.reason)) {
    return refused("bad_certificate", "its certificate is not trusted by this computer");
  }
  const status = /status code: (\d+)/.exec(attempt.reason)?.[1];
  if (status === "429" || status === "503") {
    return refused("relay_busy", "it has too many connections now; try again in a minute");
  }
  if (await isHealthyRelay(url, signal)) {
    // Without an answer to our request, the relay has not refused it: it came up, or went down, just now.
    if (status === undefined) return refused("unreachable", "it broke off; try again in a moment");
    return refused("version", "it speaks another version of Sotto; update the older one of the two");
  }
  attempt.signal.throwIfAborted();
  return refused(
    "not_a_relay",
    `something listens there, but it is no Sotto relay${schemeHint(url, attempt.reason)}`,
  );
}

/** Why nobody can be reached over TCP; null when somebody listens. */
async function tcpTrouble(url: URL, signal: AbortSignal): Promise<string | null> {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (url.protocol === "wss:" ? 443 : 80) : Number(url.port);
  const connecting = Deno.connect({ hostname, port });
  const late = Promise.withResolvers<"late">();
  const onAbort = (): void => late.resolve("late");
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    const connection = await Promise.race([connecting, late.promise]);
    if (connection !== "late") {
      connection.close();
      return null;
    }
    connecting.then((opened) => opened.close(), () => {});
    return "no answer from that address; is it right, and is the network up?";
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) {
      return "nothing listens there; start one with `deno run -A server.ts`, or `host` a room yourself";
    }
    if (error instanceof Error && /lookup|resolve|name or service/i.test(error.message)) {
      return "there is no computer of that name";
    }
    return "that address cannot be reached from here";
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Whether `/health` beside the WebSocket path answers as a relay's does. */
async function isHealthyRelay(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const health = new URL("health", url.replace(/^ws/, "http"));
    const response = await fetch(health, { signal, redirect: "error" });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null && "status" in body && body.status === "healthy";
  } catch {
    return false; // not HTTP, not JSON, no answer in time: no relay
  }
}

/** When one side speaks TLS and the other does not, that is worth a try. */
function schemeHint(url: string, reason: string): string {
  if (url.startsWith("wss:") && /corrupt message|InvalidContentType/i.test(reason)) {
    return " with TLS; if it is yours and has none, write ws:// in place of wss://";
  }
  return url.startsWith("ws:") && /:443\//.test(url) ? "; if it has TLS, write wss:// in place of ws://" : "";
}
