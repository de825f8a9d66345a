/** The address of a relay, in all the forms in which people write one. @module */
import { ClientError } from "../client/errors.ts";

/** Where a relay listens unless told otherwise. */
export const DEFAULT_PORT = 4443;
/** The relay used when none is named. */
export const DEFAULT_RELAY = `ws://127.0.0.1:${DEFAULT_PORT}/ws`;

const SCHEMES: Record<string, string> = { "ws:": "ws:", "wss:": "wss:", "http:": "ws:", "https:": "wss:" };

/**
 * Makes one form of relay address out of many: `host`, `host:port`, `[::1]:port`, `ws://…`, `wss://…`, `http(s)://…`.
 *
 * @param text What the user wrote.
 * @param options.tls `--ssl`: an address without a scheme is spoken to with TLS. @default false
 * @returns `ws://host:port/ws` or `wss://…`. Without a scheme the port is 4443 by default, with one the scheme's own.
 * @throws {ClientError} `bad_relay`, status 2, when it is no address.
 */
export function relayUrl(text: string, { tls = false }: { tls?: boolean } = {}): string {
  const given = text.trim();
  const scheme = schemeOf(given);
  let url: URL;
  try {
    url = new URL(scheme === undefined ? `http://${bracketed(given)}` : given);
  } catch (cause) {
    throw refusal(text, "write it as host:port, ws://host:port or wss://host", cause);
  }
  const protocol = SCHEMES[url.protocol];
  if (protocol === undefined) throw refusal(text, `${scheme ?? "its"}:// is not ws, wss, http or https`);
  if (tls && scheme !== undefined && protocol === "ws:") {
    throw refusal(text, `${scheme}:// is without TLS, and --ssl asks for it; leave one of the two out`);
  }
  if (url.hash !== "") throw refusal(text, "it is an invite link: use it with `join`");
  if (url.username !== "" || url.password !== "") throw refusal(text, "it may not carry a name or password");
  if (url.port === "0") throw refusal(text, "the port must be between 1 and 65535");
  const port = url.port !== "" || scheme !== undefined ? url.host : `${url.host}:${explicitPort(given)}`;
  const path = url.pathname === "/" ? "/ws" : url.pathname;
  return `${tls ? "wss:" : protocol}//${port}${path}${url.search}`;
}

/** Whether an address says by itself whether TLS is spoken. */
export function hasScheme(text: string): boolean {
  return schemeOf(text.trim()) !== undefined;
}

/** Whether an address without a scheme names no port. */
export function withoutPort(text: string): boolean {
  return !/:\d+(?:\/|$)/.test(bracketed(text.trim()));
}

function schemeOf(given: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(given)?.[1];
}

/** The port of an address whose scheme is left out; `http` hides 80, which a user may well have written. */
function explicitPort(given: string): number {
  return /:80(?:\/|$)/.test(given) ? 80 : DEFAULT_PORT;
}

/** Puts a bare IPv6 address into the brackets that a URL wants. */
function bracketed(given: string): string {
  return /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(given) ? `[${given}]` : given;
}

function refusal(text: string, why: string, cause?: unknown): ClientError {
  return new ClientError("bad_relay", `Cannot use ${JSON.stringify(text)} as a relay's address: ${why}`, {
    status: 2,
    cause,
  });
}

/** Whether only this computer can reach a relay at this address. Names that look like it are those of others. */
export function isLoopback(relay: string): boolean {
  const host = new URL(relay).hostname;
  return host === "localhost" || isLoopbackAddress(host.replace(/^\[|\]$/g, ""));
}

/** Whether a relay is on this computer: by what it is called, and by the address that has answered. */
export function isOnThisComputer(relay: string, remote: string): boolean {
  return isLoopback(relay) && isLoopbackAddress(remote);
}

/** Whether an address, as URLs and sockets write it, is this computer's own and leads nowhere else. */
function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(address);
}

/**
 * An address as it is shown to people: `host:port`.
 *
 * @param relay A URL from {@linkcode relayUrl}.
 */
export function relayPlace(relay: string): string {
  const url = new URL(relay);
  return url.port === "" ? `${url.hostname}:${url.protocol === "wss:" ? 443 : 80}` : url.host;
}
