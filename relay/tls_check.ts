/** Whether a certificate and a key can be used together: servers take garbage silently, and fail at each handshake. @module */
import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { UsageError } from "./usage_error.ts";
import { keyFingerprint, type TlsPair } from "./tls.ts";

const DAY_MS = 86_400_000;
/** How long before its end a certificate is worth a warning. */
const SOON_MS = 14 * DAY_MS;
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

/** Where the two came from, as the operator wrote it: `--tls-cert cert.pem`. */
export interface PairNames {
  cert: string;
  key: string;
}

/** What is known of a pair that fits together. */
export interface CheckedPair {
  pair: TlsPair;
  /** SHA-256 of the key of the first certificate. */
  fingerprint: Uint8Array;
  /** Whether it is valid now. */
  valid: boolean;
  /** A sentence for the operator: not valid now, or not for much longer. */
  warning: string | undefined;
}

/**
 * Checks that both parse, belong together, and are of a kind that TLS 1.3 is spoken with here.
 *
 * @param pair Both as PEM; the certificate may bring its chain, the relay's own first.
 * @param names How to call them in sentences.
 * @param now Milliseconds since the epoch.
 * @throws {UsageError} With the option and the fix.
 */
export function checkPair(pair: TlsPair, names: PairNames, now: number): CheckedPair {
  const [first, ...chain] = readChain(pair.cert, names);
  const key = readKey(pair.key, names);
  if (first === undefined) throw cannot(names.cert, "it holds no certificate");
  if (!first.checkPrivateKey(key)) {
    throw chain.some((other) => other.checkPrivateKey(key))
      ? cannot(names.cert, "the relay's own certificate must be the first in the file")
      : cannot(names.key, `this key does not belong to the certificate of ${names.cert}`);
  }
  const kind = unusable(key);
  if (kind !== undefined) {
    throw cannot(names.key, `TLS cannot use ${kind} here; take a key of P-256, Ed25519 or RSA of 2048 bits`);
  }
  const from = Date.parse(first.validFrom);
  const until = Date.parse(first.validTo);
  return {
    pair,
    fingerprint: keyFingerprint(first),
    valid: from <= now && now < until,
    warning: timeWarning(names.cert, { from, until, now }),
  };
}

function readChain(text: string, names: PairNames): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (blocks === null) {
    throw cannot(
      names.cert,
      /PRIVATE KEY-----/.test(text)
        ? `it is a private key; is it ${names.key.split(" ")[0]}'s?`
        : "it is not PEM: a certificate begins with -----BEGIN CERTIFICATE-----",
    );
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(Buffer.from(block));
    } catch {
      throw cannot(names.cert, "its certificate is damaged; copy the whole file again");
    }
  });
}

function readKey(text: string, names: PairNames): KeyObject {
  if (/ENCRYPTED/.test(text)) {
    throw cannot(names.key, "it is locked with a passphrase; unlock it: openssl pkey -in KEY -out KEY.open");
  }
  const block = text.match(/-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----[^-]*-----END \1-----/)?.[0];
  if (block === undefined) {
    throw cannot(
      names.key,
      /BEGIN CERTIFICATE/.test(text)
        ? `it is a certificate; is it ${names.cert.split(" ")[0]}'s?`
        : "it is not PEM: a key begins with -----BEGIN PRIVATE KEY-----",
    );
  }
  try {
    return createPrivateKey(block);
  } catch {
    throw cannot(names.key, "its key is damaged; copy the whole file again");
  }
}

/** Which kind of key this is, where the server takes it and then fails at every handshake. */
function unusable(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  switch (type) {
    case "ed25519":
      return undefined;
    case "rsa":
      return (details?.modulusLength ?? 0) >= 2048 ? undefined : `RSA of ${details?.modulusLength} bits`;
    case "ec":
      return CURVES.includes(details?.namedCurve ?? "") ? undefined : `the curve ${details?.namedCurve}`;
    default:
      return type ?? "this kind of key";
  }
}

function timeWarning(
  cert: string,
  { from, until, now }: { from: number; until: number; now: number },
): string | undefined {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (now >= until) return `The certificate of ${cert} expired on ${day(until)}: clients refuse it; renew it`;
  if (now < from) {
    return `The certificate of ${cert} is valid from ${
      day(from)
    } on: clients refuse it until then; is the clock right?`;
  }
  if (until - now < SOON_MS) {
    const days = Math.ceil((until - now) / DAY_MS);
    return `The certificate of ${cert} expires in ${days} ${days === 1 ? "day" : "days"}; renew it`;
  }
  return undefined;
}

function cannot(what: string, why: string): UsageError {
  return new UsageError(`Cannot use ${what}: ${why}`);
}
