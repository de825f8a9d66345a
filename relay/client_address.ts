/** Where a request comes from, when proxies that are trusted stand before the relay. @module */
import { type Cidr, isAddress, isLoopback } from "./cidr.ts";

/** Headers by name, whatever the case. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** Who is at the other end. */
export interface ClientAddress {
  /** Its IP address, as far as trusted machines say. */
  ip: string;
  /** Whether its way to the relay, or to the trusted proxy, is encrypted or does not leave this machine. */
  secure: boolean;
}

/** What the socket says. */
export interface Peer {
  /** The address of the other end of the socket. */
  ip: string;
  /** Whether the socket itself is encrypted. */
  tls: boolean;
}

/** Hops that are read; a longer list is not believed. */
const MAX_HOPS = 32;
const FORWARDING = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/**
 * The rightmost address that no trusted proxy has: everything left of it can be forged. What cannot be read counts as
 * the socket's address. Of two lists, `X-Forwarded-For` counts.
 */
export function clientAddress(headers: HeaderReader, peer: Peer, trusted: readonly Cidr[]): ClientAddress {
  const local = isLoopback(peer.ip);
  if (!trusted.some((range) => range.has(peer.ip))) {
    // Somebody on this machine passes on what may come from anywhere.
    const passedOn = local && FORWARDING.some((name) => headers.get(name) !== null);
    return { ip: peer.ip, secure: peer.tls || (local && !passedOn) };
  }
  const list = headers.get("x-forwarded-for");
  const hops = list === null ? readForwarded(headers.get("forwarded")) : readList(list, headers);
  if (hops.length === 0) return { ip: peer.ip, secure: peer.tls || local };
  let found: Hop | undefined;
  for (const hop of hops.slice(-MAX_HOPS).reverse()) {
    if (hop.ip === undefined) return { ip: peer.ip, secure: false };
    found = hop;
    if (!trusted.some((range) => range.has(hop.ip ?? ""))) break;
  }
  return { ip: found?.ip ?? peer.ip, secure: found?.proto === "https" };
}

interface Hop {
  ip: string | undefined;
  proto: string | undefined;
}

/** The last word of `X-Forwarded-Proto` is the nearest proxy's. */
function readList(list: string, headers: HeaderReader): Hop[] {
  const proto = headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase();
  return list.split(",").map((part) => ({ ip: readNode(part.trim()), proto }));
}

/** RFC 7239 §4: `for=192.0.2.1;proto=https, for="[2001:db8::1]:443"`. */
function readForwarded(header: string | null): Hop[] {
  if (header === null) return [];
  return header.split(",").map((element) => {
    const hop: Hop = { ip: undefined, proto: undefined };
    for (const pair of element.split(";")) {
      const [, name = "", value = ""] = /^\s*([a-z]+)=("[^"\\]*"|[^"\s]*)\s*$/i.exec(pair) ?? [];
      const plain = value.replace(/^"(.*)"$/, "$1");
      if (name.toLowerCase() === "for") hop.ip = readNode(plain);
      if (name.toLowerCase() === "proto") hop.proto = plain.toLowerCase();
    }
    return hop;
  });
}

/** An address, which may have a port behind it. */
function readNode(text: string): string | undefined {
  if (text.length > 64) return undefined;
  const [, bracketed, v4] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(text) ?? [];
  const ip = bracketed ?? v4 ?? text;
  return isAddress(ip) ? ip : undefined;
}
