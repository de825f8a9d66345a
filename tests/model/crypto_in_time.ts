/**
 * The platform's cryptography in the model's time: what it has worked out is handed over as an event, so that a
 * test knows exactly when nothing is under way any more, and a seed gives the same course again.
 *
 * Three things are made cheap, and change no result: a signature that was made here is not verified again with
 * the same key over the same bytes; Argon2id is stood in for by SHA-512, on both sides; randomness for jitter is seeded.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Random } from "./random.ts";
import type { ModelTime } from "./time.ts";

type Method = (...args: unknown[]) => Promise<unknown>;

const METHODS = [
  "digest",
  "encrypt",
  "decrypt",
  "sign",
  "verify",
  "deriveBits",
  "importKey",
  "exportKey",
  "generateKey",
  "encapsulateBits",
  "decapsulateBits",
];

/** Most signatures remembered. */
const MAX_KNOWN = 100_000;

/** Puts itself in the place of the platform's cryptography and of `Math.random` until it is disposed of. */
export class CryptoInTime implements Disposable {
  readonly #time: ModelTime;
  readonly #random: Random;
  readonly #prototype = SubtleCrypto.prototype as unknown as Record<string, Method>;
  readonly #originals = new Map<string, Method>();
  readonly #mathRandom = Math.random;
  readonly #publicOf = new WeakMap<object, CryptoKey>();
  readonly #raw = new WeakMap<object, Uint8Array>();
  readonly #signed = new Set<string>();
  #underWay = 0;
  /** How long an operation takes, in milliseconds. */
  takes: () => number = () => 0;

  /** From now on. */
  constructor(time: ModelTime, seed: number) {
    this.#time = time;
    this.#random = new Random(seed);
    Math.random = () => this.#random.next();
    for (const name of METHODS) {
      const original = this.#prototype[name] as Method;
      this.#originals.set(name, original);
      const begin = (self: unknown, args: unknown[]): Promise<unknown> => {
        const start = (...changed: unknown[]): Promise<unknown> =>
          original.apply(self, changed.length > 0 ? changed : args);
        return this.#later(this.#work(name, start, args));
      };
      this.#prototype[name] = function (this: unknown, ...args: unknown[]): Promise<unknown> {
        return begin(this, args);
      };
    }
  }

  /** Operations that have begun and are not done. */
  get underWay(): number {
    return this.#underWay;
  }

  /** The platform's own again. */
  [Symbol.dispose](): void {
    for (const [name, original] of this.#originals) this.#prototype[name] = original;
    Math.random = this.#mathRandom;
  }

  /** Hands the outcome over as an event of its own. */
  #later(work: Promise<unknown>): Promise<unknown> {
    work.catch(() => {});
    this.#underWay++;
    return new Promise((resolve, reject) => {
      this.#time.in(this.takes(), async () => {
        this.#underWay--;
        try {
          resolve(await work);
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #work(name: string, start: () => Promise<unknown>, args: unknown[]): Promise<unknown> {
    switch (name) {
      case "generateKey":
        return start().then((made) => {
          const { privateKey, publicKey } = made as CryptoKeyPair;
          if (publicKey !== undefined) this.#publicOf.set(privateKey, publicKey);
          return made;
        });
      case "exportKey":
        return start().then((bytes) => {
          this.#raw.set(args[1] as object, new Uint8Array(bytes as ArrayBuffer).slice());
          return bytes;
        });
      case "importKey": {
        const bytes = (args[1] as Uint8Array).slice();
        return start().then((key) => {
          this.#raw.set(key as object, bytes);
          return key;
        });
      }
      case "sign": {
        const [, privateKey, data] = args as [unknown, object, Uint8Array];
        const key = this.#raw.get(this.#publicOf.get(privateKey) ?? privateKey);
        const copy = data.slice();
        return start().then((signature) => {
          if (this.#signed.size > MAX_KNOWN) this.#signed.clear();
          if (key !== undefined) {
            this.#signed.add(nameOf(key, new Uint8Array(signature as ArrayBuffer), copy));
          }
          return signature;
        });
      }
      case "verify": {
        const [, publicKey, signature, data] = args as [unknown, object, Uint8Array, Uint8Array];
        const key = this.#raw.get(publicKey);
        const known = key !== undefined && this.#signed.has(nameOf(key, signature, data));
        return known ? Promise.resolve(true) : start();
      }
      case "deriveBits": {
        const [algorithm, key, bits] = args as [{ name: string; nonce: Uint8Array }, object, number];
        const secret = this.#raw.get(key);
        if (algorithm.name !== "Argon2id" || secret === undefined || bits > 512) return start();
        const digest = createHash("sha512").update(algorithm.nonce).update(secret).digest();
        return Promise.resolve(new Uint8Array(digest.subarray(0, bits / 8)).buffer);
      }
    }
    return start();
  }
}

function nameOf(...parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("base64");
}
