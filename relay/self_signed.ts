/** A certificate that lives in RAM: what `--tls-self-signed` needs, without files and without anybody's signature. @module */
import { addressBytes } from "./address_bytes.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_NAME = 253;

/** Settings of {@linkcode selfSigned}. */
export interface SelfSignedOptions {
  /** Host names and addresses that the certificate is for; what is neither is left out. @default ["localhost", "127.0.0.1", "::1"] */
  hosts?: readonly string[];
  /** Now, in milliseconds since the epoch. @default the machine's clock */
  now?: number;
  /** How long it is valid. @default 90 */
  days?: number;
  /** The key. @default a new one */
  keys?: CryptoKeyPair;
}

/** A certificate with its key, both PEM. */
export interface SelfSigned {
  cert: string;
  key: string;
}

/** DER: tag, length, contents. */
function der(tag: number, ...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> {
  const contents = parts.flatMap((part) => [...part]);
  const { length } = contents;
  const lengths = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return new Uint8Array([tag, ...lengths, ...contents]);
}

const sequence = (...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> => der(0x30, ...parts);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An integer that is not negative. */
function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const rest = bytes.subarray(first);
  return der(0x02, (rest[0] ?? 0) > 127 ? [0, ...rest] : rest);
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
function time(ms: number): Uint8Array {
  const date = new Date(ms);
  const digits = `${date.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, ascii(digits.slice(2))) : der(0x18, ascii(digits));
}

/** An extension under 2.5.29 (id-ce). */
function extension(id: number, { critical }: { critical: boolean }, value: Uint8Array): Uint8Array {
  return sequence([0x06, 3, 0x55, 0x1d, id], critical ? [0x01, 1, 0xff] : [], der(0x04, value));
}

/** The names of RFC 5280 §4.2.1.6; undefined for what is no host. */
function generalName(host: string): Uint8Array | undefined {
  const address = addressBytes(host);
  if (address !== undefined) return der(0x87, address);
  const isName = host.length <= MAX_NAME && /^(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i.test(host);
  return isName ? der(0x82, ascii(host.toLowerCase())) : undefined;
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Makes a key of P-256 for {@linkcode selfSigned}. */
export async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}

/** Makes a certificate for these hosts that its key signs itself (RFC 5280 §4.1). */
export async function selfSigned(options: SelfSignedOptions = {}): Promise<SelfSigned> {
  const { hosts = ["localhost", "127.0.0.1", "::1"], now = Date.now(), days = 90 } = options;
  const pair = options.keys ?? await newKeys();
  const names = [...new Set(hosts)].map(generalName).filter((name) => name !== undefined);
  const ecdsaWithSha256 = sequence([0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
  const name = sequence(der(0x31, sequence([0x06, 3, 0x55, 4, 3], der(0x0c, ascii("Sotto relay")))));
  const serverAuth = sequence([0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1]);
  const serial = crypto.getRandomValues(new Uint8Array(16));
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f); // positive, and never short
  const body = sequence(
    der(0xa0, [0x02, 1, 2]),
    integer(serial),
    ecdsaWithSha256,
    name,
    sequence(time(now - HOUR_MS), time(now + days * DAY_MS)), // an hour back, for clocks that are behind
    name,
    new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)),
    der(
      0xa3,
      sequence(
        extension(19, { critical: true }, sequence()), // basicConstraints: no CA
        extension(15, { critical: true }, der(0x03, [7, 0x80])), // keyUsage: digitalSignature
        extension(37, { critical: false }, serverAuth),
        ...(names.length === 0 ? [] : [extension(17, { critical: false }, sequence(...names))]),
      ),
    ),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, body),
  );
  const signed = sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
  return {
    cert: pem("CERTIFICATE", sequence(body, ecdsaWithSha256, der(0x03, [0], signed))),
    key: pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))),
  };
}
