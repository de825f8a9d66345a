/**
 * From a password to the keys of SCRAM-SHA-256 (RFC 5802 §3), by WebCrypto. A server keeps a
 * {@linkcode ScramVerifier}: it can check a proof, and cannot make one.
 *
 * @module
 */
import { type Bytes, utf8, wipe } from "./bytes.ts";
import { type Password, preparePassword } from "./scram_prepare.ts";

/** What a client derives from its password. Whoever holds `clientKey` or `serverKey` can play that side. */
export interface ScramKeys {
  /** Proves the password. */
  clientKey: Bytes;
  /** SHA-256 of `clientKey`: checks the proof. */
  storedKey: Bytes;
  /** Signs as the server. */
  serverKey: Bytes;
}

/** What a server stores of a password. */
export interface ScramVerifier {
  /** Salt of the password. */
  salt: Uint8Array;
  /** Iterations of PBKDF2. */
  iterations: number;
  /** Checks the proof. */
  storedKey: Uint8Array;
  /** Signs as the server. */
  serverKey: Uint8Array;
}

/**
 * Derives the keys of a password. Costs `iterations` rounds of PBKDF2; the caller wipes what comes back.
 *
 * @throws {CryptoError} `bad_code` for a password that cannot be one.
 */
export async function deriveScramKeys(
  password: Password,
  { salt, iterations }: { salt: Uint8Array; iterations: number },
): Promise<ScramKeys> {
  const prepared = preparePassword(password);
  const key = await crypto.subtle.importKey("raw", prepared, "PBKDF2", false, ["deriveBits"]);
  wipe(prepared);
  const salted = new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations },
      key,
      256,
    ),
  );
  const hmac = await crypto.subtle.importKey("raw", salted, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  wipe(salted);
  const sign = async (label: string) => new Uint8Array(await crypto.subtle.sign("HMAC", hmac, utf8(label)));
  const [clientKey, serverKey] = await Promise.all([sign("Client Key"), sign("Server Key")]);
  const storedKey = new Uint8Array(await crypto.subtle.digest("SHA-256", clientKey));
  return { clientKey, storedKey, serverKey };
}

/** Overwrites keys. */
export function wipeScramKeys({ clientKey, storedKey, serverKey }: ScramKeys): void {
  wipe(clientKey, storedKey, serverKey);
}
