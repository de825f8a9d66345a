/**
 * ML-KEM-768 and Argon2id for browsers whose WebCrypto lacks them: what the platform has is always taken from there.
 *
 * Both come from the noble libraries. They run in JavaScript: slower, and with no promise of constant time. A key is an
 * object without properties that only this file can look up, so that it cannot be exported by mistake.
 *
 * @module
 */
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import type { Argon2idParams, ModernSubtle } from "../crypto/modern.ts";

/** What a browser may lack. */
export type Lack = "ML-KEM-768" | "Argon2id";

/** Longest that Argon2id holds up the page at a time, in milliseconds. */
const TICK_MS = 20;

/** Bytes behind the keys that are handed out. */
const held = new WeakMap<object, Uint8Array>();

/** What a platform lacks, found by using it once: a name that is known says nothing of the rest. */
export async function lacking(platform: ModernSubtle): Promise<Lack[]> {
  const lacks: Lack[] = [];
  if (!await works(() => tryMlkem(platform))) lacks.push("ML-KEM-768");
  if (!await works(() => tryArgon2id(platform))) lacks.push("Argon2id");
  return lacks;
}

/** The platform with what it lacks filled in. */
export function filledIn(platform: ModernSubtle, lacks: readonly Lack[]): ModernSubtle {
  const kem = lacks.includes("ML-KEM-768") ? MLKEM : platform;
  const argon = lacks.includes("Argon2id") ? ARGON2ID : platform;
  return {
    generateKey: (...rest) => kem.generateKey(...rest),
    exportKey: (...rest) => kem.exportKey(...rest),
    importKey: (format, bytes, algorithm, extractable, usages) =>
      (algorithm === "Argon2id" ? argon : kem).importKey(format, bytes, algorithm, extractable, usages),
    encapsulateBits: (...rest) => kem.encapsulateBits(...rest),
    decapsulateBits: (...rest) => kem.decapsulateBits(...rest),
    deriveBits: (...rest) => argon.deriveBits(...rest),
  };
}

const MLKEM: Omit<ModernSubtle, "deriveBits"> = {
  async generateKey() {
    const { publicKey, secretKey } = ml_kem768.keygen();
    return await { publicKey: keyOf(publicKey), privateKey: keyOf(secretKey) };
  },
  async exportKey(_format, key) {
    return await new Uint8Array(bytesOf(key)).buffer;
  },
  importKey: hold,
  async encapsulateBits(_algorithm, key) {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(bytesOf(key)); // checks the modulus as well
    return await { ciphertext: bufferOf(cipherText), sharedKey: bufferOf(sharedSecret) };
  },
  async decapsulateBits(_algorithm, key, ciphertext) {
    return await bufferOf(ml_kem768.decapsulate(ciphertext, bytesOf(key)));
  },
};

const ARGON2ID: Pick<ModernSubtle, "importKey" | "deriveBits"> = {
  importKey: hold,
  async deriveBits({ nonce, memory, passes, parallelism, secretValue, associatedData }, key, bits) {
    const secret = bytesOf(key);
    const made = await argon2idAsync(secret, nonce, {
      t: passes,
      m: memory,
      p: parallelism,
      dkLen: bits / 8,
      asyncTick: TICK_MS,
      ...(secretValue && { key: secretValue }),
      ...(associatedData && { personalization: associatedData }),
    });
    secret.fill(0); // each key is used once
    return bufferOf(made);
  },
};

async function hold(_format: string, bytes: Uint8Array): Promise<CryptoKey> {
  return await keyOf(new Uint8Array(bytes));
}

function keyOf(bytes: Uint8Array): CryptoKey {
  const key = Object.freeze({});
  held.set(key, bytes);
  return key as CryptoKey;
}

function bytesOf(key: CryptoKey): Uint8Array {
  const bytes = held.get(key);
  if (bytes === undefined) throw new TypeError("Cannot use a key: it is not one of these");
  return bytes;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

async function works(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt();
  } catch {
    return false;
  }
}

async function tryMlkem(platform: ModernSubtle): Promise<boolean> {
  const pair = await platform.generateKey("ML-KEM-768", false, ["encapsulateBits", "decapsulateBits"]);
  const raw = new Uint8Array(await platform.exportKey("raw-public", pair.publicKey));
  const key = await platform.importKey("raw-public", raw, "ML-KEM-768", false, ["encapsulateBits"]);
  const { ciphertext, sharedKey } = await platform.encapsulateBits("ML-KEM-768", key);
  const again = await platform.decapsulateBits("ML-KEM-768", pair.privateKey, new Uint8Array(ciphertext));
  return same(new Uint8Array(sharedKey), new Uint8Array(again));
}

const TRIAL: Argon2idParams = { nonce: new Uint8Array(16), memory: 8, passes: 1, parallelism: 1 };

async function tryArgon2id(platform: ModernSubtle): Promise<boolean> {
  const key = await platform.importKey("raw-secret", new Uint8Array(16), "Argon2id", false, ["deriveBits"]);
  return (await platform.deriveBits({ name: "Argon2id", ...TRIAL }, key, 256)).byteLength === 32;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === 32 && b.length === 32 && a.every((byte, index) => byte === b[index]);
}
