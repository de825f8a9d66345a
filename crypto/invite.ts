/**
 * Invites: a link to the relay with room and secret in its fragment, which browsers do not send.
 *
 * Payload = version 1 ‖ roomId 16 ‖ secret 16 ‖ fields (type, length, bytes) ‖ checksum 4. The checksum finds
 * slips of hand and cut links before anything is sent; it is not a secret and proves nothing (SPEC §3).
 *
 * @module
 */
import { type Bytes, concat, equalBytes, fromBase64Url, toBase64Url } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";

/** An invite, taken apart. */
export interface Invite {
  /** WebSocket URL, `ws(s)://host[:port]/ws`. {@linkcode formatInvite} takes `http(s)://` as well. */
  relay: string;
  /** 16 bytes. */
  roomId: Bytes;
  /** 16 random bytes. */
  secret: Bytes;
  /** SHA-256 of the relay's `client.js`. */
  clientHash?: Bytes;
  /** SHA-256 of the relay's certificate. */
  certHash?: Bytes;
}

const VERSION = 1;
const ID_BYTES = 16;
const FIXED_BYTES = 1 + ID_BYTES + ID_BYTES;
const CHECKSUM_BYTES = 4;
const HASH_BYTES = 32;
const MAX_LINK_LENGTH = 2048;
const FIELD_CLIENT_HASH = 1;
const FIELD_CERT_HASH = 2;
const WEB_TO_SOCKET: Readonly<Record<string, string>> = { "http:": "ws:", "https:": "wss:" };
const SOCKET_TO_WEB: Readonly<Record<string, string>> = { "ws:": "http:", "wss:": "https:" };

/** `https://HOST[:port]/#<payload>`. `bad_code` when `relay` is not a URL of a relay. */
export function formatInvite(invite: Invite): string {
  const url = parseUrl(invite.relay);
  const protocol = SOCKET_TO_WEB[url.protocol] ?? url.protocol;
  if (!(protocol in WEB_TO_SOCKET)) throw bad("its relay is not a web address");
  if (invite.roomId.length !== ID_BYTES || invite.secret.length !== ID_BYTES) {
    throw bad("a part is too short");
  }
  const parts: Uint8Array[] = [Uint8Array.of(VERSION), invite.roomId, invite.secret];
  if (invite.clientHash) parts.push(Uint8Array.of(FIELD_CLIENT_HASH, HASH_BYTES), invite.clientHash);
  if (invite.certHash) parts.push(Uint8Array.of(FIELD_CERT_HASH, HASH_BYTES), invite.certHash);
  const body = concat(...parts);
  return `${protocol}//${url.host}/#${toBase64Url(concat(body, checksum(body)))}`;
}

/** Reads a link; `bad_code` with a sentence for its reader when it is not a whole invite. */
export function parseInvite(link: string): Invite {
  if (link.length > MAX_LINK_LENGTH) throw bad("it is too long for one");
  const url = parseUrl(link);
  const protocol = WEB_TO_SOCKET[url.protocol];
  if (protocol === undefined) throw bad("it does not begin with https:// or http://");
  if (url.hash.length < 2) throw bad("the part after # is missing; copy the whole link");
  if (url.pathname !== "/" || url.username !== "" || url.password !== "") {
    throw bad("its address has parts that an invite does not have");
  }
  const payload = fromBase64Url(url.hash.slice(1));
  if (payload === undefined || payload.length < FIXED_BYTES + CHECKSUM_BYTES) throw mistyped();
  const body = payload.subarray(0, -CHECKSUM_BYTES);
  if (!equalBytes(checksum(body), payload.subarray(-CHECKSUM_BYTES))) throw mistyped();
  if (body[0] !== VERSION) throw bad("it was made by a newer version; update and try again");
  const fields = readFields(body.subarray(FIXED_BYTES));
  const clientHash = fields.get(FIELD_CLIENT_HASH);
  const certHash = fields.get(FIELD_CERT_HASH);
  return {
    relay: `${protocol}//${url.host}/ws`,
    roomId: body.slice(1, 1 + ID_BYTES),
    secret: body.slice(1 + ID_BYTES, FIXED_BYTES),
    ...(clientHash && { clientHash }),
    ...(certHash && { certHash }),
  };
}

function readFields(bytes: Bytes): Map<number, Bytes> {
  const fields = new Map<number, Bytes>();
  for (let at = 0; at < bytes.length;) {
    const type = bytes[at] as number;
    const length = bytes[at + 1];
    const end = at + 2 + (length ?? 0);
    if (length === undefined || end > bytes.length || fields.has(type)) throw bad("its fields are malformed");
    const known = type === FIELD_CLIENT_HASH || type === FIELD_CERT_HASH;
    if (known && length !== HASH_BYTES) throw bad("its fields are malformed");
    fields.set(type, bytes.slice(at + 2, end));
    at = end;
  }
  return fields;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.host === "") throw bad("its address cannot be read");
  return url;
}

function checksum(body: Uint8Array): Bytes {
  return hashParts("sotto/v1/invite", body).slice(0, CHECKSUM_BYTES);
}

function mistyped(): CryptoError {
  return bad("part of it is missing or mistyped; copy the whole link again");
}

function bad(why: string): CryptoError {
  return new CryptoError("bad_code", `Cannot use this invite link: ${why}`);
}
