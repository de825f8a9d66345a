/** Asks a relay for a file by HTTP, with the same trust as for its rooms. @module */
import { concat } from "../crypto/bytes.ts";
import { ClientError } from "../client/errors.ts";
import type { Trust } from "./connect_tls.ts";
import { relayPlace } from "./relay_url.ts";
import { tlsTrouble } from "./tls_failure.ts";

/** How to ask. */
export interface AskOptions {
  /** `HEAD` for what the relay says of a file, `GET` for the file. */
  method: "GET" | "HEAD";
  /** Longest answer, in bytes. */
  limit: number;
  /** Ends the wait. */
  signal: AbortSignal;
}

/** What was answered; all of it comes from the relay. */
export interface HttpSeen {
  /** The status. */
  status: number;
  /** The header `Repr-Digest`. */
  digest: string | null;
  /** The body, whole. */
  body: Uint8Array<ArrayBuffer>;
}

/** A path at the relay of a WebSocket URL. */
export function httpUrl(relay: string, path: string): URL {
  return new URL(path, relay.replace(/^ws/, "http"));
}

/**
 * Asks a relay for a file.
 *
 * @param relay Its WebSocket URL.
 * @param path The file beside the WebSocket's path.
 * @param options How to ask, and whom to trust.
 * @throws {ClientError} Status 3, when nothing whole comes back.
 */
export async function askRelay(
  relay: string,
  path: string,
  options: AskOptions & { trust: Trust },
): Promise<HttpSeen> {
  const failed = (code: string, why: string, cause?: unknown): ClientError =>
    new ClientError(code, `Cannot ask the relay at ${relayPlace(relay)} for ${path}: ${why}`, {
      status: 3,
      cause,
    });
  if (relay.startsWith("wss:")) {
    const { TlsConnector } = await import("./connect_tls.ts");
    const seen = await new TlsConnector(options.trust).request(relay, path, options);
    if (!("reason" in seen)) return seen;
    const trouble = tlsTrouble(seen, new URL(relay).hostname);
    throw trouble === null ? failed("unreachable", "it does not answer") : failed(trouble.code, trouble.why);
  }
  if (options.trust.pin !== undefined) {
    throw failed("no_tls", "a certificate is expected there, but its address is without TLS");
  }
  try {
    return await plain(httpUrl(relay, path), options);
  } catch (cause) {
    throw failed("unreachable", "it does not answer, or not whole", cause);
  }
}

async function plain(url: URL, { method, limit, signal }: AskOptions): Promise<HttpSeen> {
  const response = await fetch(url, { method, signal, redirect: "error", cache: "no-store" });
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    if ((length += part.length) > limit) throw new Error("the answer is too long");
  }
  return { status: response.status, digest: response.headers.get("repr-digest"), body: concat(...parts) };
}
