/** The client that a relay hands out, as `/client.js`: which one it is, and whether that is the one of an invite. @module */
import { type Bytes, equalBytes } from "../crypto/bytes.ts";
import { sha256Async } from "../crypto/hash.ts";
import { parseInvite } from "../crypto/invite.ts";
import { ClientError } from "../client/errors.ts";
import type { Trust } from "./connect_tls.ts";
import { askRelay } from "./relay_http.ts";
import { relayPlace } from "./relay_url.ts";

const PATH = "client.js";
/** As much as a relay would serve. */
const MAX_BYTES = 16 * 1_048_576;
/** Founding a room does not wait longer for it, in milliseconds. */
const CLAIM_MS = 2_000;
/** Longest time for the whole file, in milliseconds. */
const FETCH_MS = 30_000;

/** SHA-256 of the file in which this client runs; undefined where it is no such file, or may not be read. */
export async function ownClientHash(url: string = import.meta.url): Promise<Bytes | undefined> {
  if (Deno.build.standalone || !url.startsWith("file:") || url.endsWith(".ts")) return undefined;
  const path = new URL(url);
  if ((await Deno.permissions.query({ name: "read", path })).state !== "granted") return undefined;
  return await sha256Async(await Deno.readFile(path));
}

/**
 * What the relay says that its client's SHA-256 is. It is asked without waiting for long, and is not believed: an
 * invite that repeats it holds the relay to what it says now.
 *
 * @returns Undefined when the relay hands out none, or says nothing that can be used.
 */
export async function claimedClientHash(relay: string, trust: Trust): Promise<Bytes | undefined> {
  try {
    const signal = AbortSignal.timeout(CLAIM_MS);
    const { status, digest } = await askRelay(relay, PATH, { method: "HEAD", limit: 0, signal, trust });
    const found = status === 200 ? /(?:^|[, ])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(digest ?? "") : null;
    return found === null ? undefined : Uint8Array.fromBase64(found[1] ?? "");
  } catch {
    return undefined; // connecting says what is wrong there
  }
}

/** What came of a check. */
export interface ClientCheck {
  /** Whether it is the one that the invite names. */
  same: boolean;
  /** SHA-256 of what the relay handed out, in hexadecimal. */
  sha256: string;
  /** A sentence, and lines to type. */
  text: string;
}

/**
 * Fetches the client from an invite's relay, and compares it with the one that the invite names.
 *
 * @param link The invite.
 * @param trust Issuers; the certificate that the invite names wins.
 * @param signal Ends the wait.
 * @throws {ClientError} When the invite names no client, or the relay gives none; `CryptoError` for what is no invite.
 */
export async function checkClient(link: string, trust: Trust, signal?: AbortSignal): Promise<ClientCheck> {
  const { relay, clientHash, certHash } = parseInvite(link.trim());
  const refuse = (code: string, why: string): ClientError =>
    new ClientError(code, `Cannot check the client: ${why}`, { status: 1 });
  if (clientHash === undefined) {
    throw refuse("no_client_hash", "this invite does not say which one the relay should hand out");
  }
  const place = relayPlace(relay);
  const { status, body } = await askRelay(relay, PATH, {
    method: "GET",
    limit: MAX_BYTES,
    signal: AbortSignal.any([AbortSignal.timeout(FETCH_MS), ...(signal === undefined ? [] : [signal])]),
    trust: { ...trust, ...(certHash && { pin: certHash }) },
  });
  if (status !== 200) throw refuse("no_client", `the relay at ${place} hands out none`);
  const found = await sha256Async(body);
  const same = equalBytes(found, clientHash);
  return {
    same,
    sha256: found.toHex(),
    text: same ? theSame(relay, place, found) : another(place, found, clientHash),
  };
}

/** The relay may hand out something else to the next one who asks: the lock file is what holds it to this. */
function theSame(relay: string, place: string, hash: Bytes): string {
  const url = new URL(PATH, relay.replace(/^ws/, "http")).href;
  const lock = JSON.stringify({ version: "5", remote: { [url]: hash.toHex() } });
  return [
    `The relay at ${place} hands out the client that the invite names: SHA-256 ${hash.toHex()}.`,
    "To run this one and no other, whatever the relay hands out by then:",
    `  echo '${lock}' > sotto.lock`,
    `  deno run -A --lock=sotto.lock --frozen ${url} join "<invite>"`,
  ].join("\n");
}

function another(place: string, found: Bytes, named: Bytes): string {
  return [
    `The relay at ${place} hands out another client than the invite names. Do not run it.`,
    `  the invite: ${named.toHex()}`,
    `  the relay:  ${found.toHex()}`,
    "The relay may have a newer one since, or somebody wants you to run something else: ask who has invited you, or " +
    "use a checkout of Sotto.",
  ].join("\n");
}
