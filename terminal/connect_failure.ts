/** Finds out why a relay could not be connected to, and says it in a sentence that names the address. @module */
import { ClientError } from "../client/errors.ts";
import { peekTls, socketAddress } from "./peek_tls.ts";
import { asInstalled } from "../relay/program/own_name.ts";
import { relayPlace } from "./relay_url.ts";
import { readHealth, type RelayLook } from "./relay_look.ts";
import { type TlsFailure, tlsTrouble } from "./tls_failure.ts";

/** What a failed attempt left behind. */
export interface FailedAttempt extends Partial<TlsFailure> {
  /** What the platform said. */
  reason: string;
  /** Aborts the probes. */
  signal: AbortSignal;
  /** Longest time for each of the two probes together, in milliseconds. */
  timeoutMs: number;
  /** Looks whether a relay is there, where that takes more than HTTP. */
  look?: (signal: AbortSignal) => Promise<RelayLook>;
}

/**
 * Probes an address after a failed attempt.
 *
 * @param url The relay's WebSocket URL.
 * @param attempt What is known of the failure.
 * @returns An error of status 3, or 1 where we are not wanted; the caller throws it.
 */
export async function explainFailure(url: string, attempt: FailedAttempt): Promise<ClientError> {
  const place = relayPlace(url);
  const refused = (code: string, why: string, status: 1 | 3 = 3): ClientError =>
    new ClientError(code, `Cannot reach the relay at ${place}: ${why}`, {
      status,
      cause: new Error(attempt.reason),
    });
  attempt.signal.throwIfAborted();
  const tls = tlsTrouble({ code: "", ...attempt }, new URL(url).hostname);
  if (tls !== null) return refused(tls.code, tls.why);
  const signal = AbortSignal.any([attempt.signal, AbortSignal.timeout(attempt.timeoutMs)]);
  const trouble = await tcpTrouble(url, signal);
  attempt.signal.throwIfAborted();
  if (trouble !== null) return refused("unreachable", trouble);
  const status = /(?:status code|response): (\d+)/.exec(attempt.reason)?.[1];
  if (status === "429" || status === "503") {
    return refused("relay_busy", "it has too many connections now; try again in a minute");
  }
  const look = await (attempt.look?.(signal) ?? lookAt(url, signal));
  if (status === "403" && look === "banned") {
    return refused("banned", "its operator has banned your address; ask them, or choose another relay", 1);
  }
  if (look === "relay") {
    // Without an answer to our request, the relay has not refused it: it came up, or went down, just now.
    if (status === undefined) return refused("unreachable", "it broke off; try again in a moment");
    return refused("version", "it speaks another version of Sotto; update the older one of the two");
  }
  attempt.signal.throwIfAborted();
  if (url.startsWith("ws:") && status === undefined && (await peekTls(url, signal)).kind === "tls") {
    return refused("needs_tls", "it speaks TLS; write wss:// in place of ws://");
  }
  attempt.signal.throwIfAborted();
  return refused("not_a_relay", "something listens there, but it is no Sotto relay");
}

/** Why nobody can be reached over TCP; null when somebody listens. */
async function tcpTrouble(url: string, signal: AbortSignal): Promise<string | null> {
  const { host: hostname, port } = socketAddress(url);
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
    return whyUnreached(error);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** What an error of TCP means. Windows says it in the language of its user: there the number counts, WSAHOST_NOT_FOUND. */
export function whyUnreached(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return asInstalled(
      "nothing listens there; start one with `deno run -A server.ts`, or `host` a room yourself",
    );
  }
  if (error instanceof Error && /lookup|resolve|name or service|os error 1100[1-4]\b/i.test(error.message)) {
    return "there is no computer of that name";
  }
  return "that address cannot be reached from here";
}

/** What `/health` beside the WebSocket path says. */
async function lookAt(url: string, signal: AbortSignal): Promise<RelayLook> {
  try {
    const health = new URL("health", url.replace(/^ws/, "http"));
    const response = await fetch(health, { signal, redirect: "error" });
    return readHealth(await response.text());
  } catch {
    return "other"; // not HTTP, no answer in time
  }
}
