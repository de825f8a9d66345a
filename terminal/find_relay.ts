/** Finds out how to speak to a relay of which only the host was named: with TLS, unless it is on this computer. @module */
import { ClientError } from "../client/errors.ts";
import { type Peek, peekTls } from "./peek_tls.ts";
import { hasScheme, isLoopback, relayPlace, relayUrl, withoutPort } from "./relay_url.ts";

/** Options of {@linkcode resolveRelay}. */
export interface FindRelayOptions {
  /** `--ssl`: TLS and nothing else; nothing is tried. @default false */
  tls?: boolean;
  /** Ends the wait. */
  signal?: AbortSignal;
  /** Longest wait for an answer, in milliseconds. @default 5_000 */
  timeoutMs?: number;
  /** Looks at a port. @default a TLS handshake */
  peek?: (url: string, signal: AbortSignal) => Promise<Peek>;
}

/**
 * The address of a relay as sessions want it.
 *
 * With a scheme, or with `tls`, nothing is tried. A bare host on another machine, those of the local network included,
 * is spoken to with TLS or not at all: who sits in between could else take the TLS away. On this computer, where nobody
 * sits in between, TLS is tried when a port is named, and plain is taken where there is none.
 *
 * @param text What the user wrote, in the forms that {@linkcode relayUrl} takes.
 * @param options How to look.
 * @returns `ws://…/ws` or `wss://…/ws`.
 * @throws {ClientError} `bad_relay` (status 2), or `no_tls` (status 3) when the host has no TLS.
 */
export async function resolveRelay(text: string, options: FindRelayOptions = {}): Promise<string> {
  const { tls = false, timeoutMs = 5_000, peek = peekTls } = options;
  const url = relayUrl(text, { tls });
  if (tls || hasScheme(text)) return url;
  const local = isLoopback(url);
  if (local && withoutPort(text)) return url;
  options.signal?.throwIfAborted();
  const signals = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])];
  const secure = relayUrl(text, { tls: true });
  const { kind } = await peek(secure, AbortSignal.any(signals));
  options.signal?.throwIfAborted();
  if (kind === "tls" || kind === "old_tls") return secure;
  if (local) return url;
  if (kind !== "plain") return secure; // connecting will say what is wrong there
  throw new ClientError(
    "no_tls",
    `Cannot use the relay at ${relayPlace(url)}: it has no TLS; write ${shortest(url)} to use it without. ` +
      "What is said stays encrypted; who talks when can then be seen on the way",
    { status: 3 },
  );
}

/** The address in the form that a person would write. */
function shortest(url: string): string {
  return url.replace(/\/ws$/, "");
}
