/** Bytes that a decoder should survive: any at all, and valid ones with something wrong. @module */
import { ok } from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../crypto/bytes.ts";
import { CryptoError, type CryptoErrorCode } from "../../crypto/errors.ts";

/** A decoder with what it should read. */
export interface Case {
  /** Its name. */
  name: string;
  /** Reads bytes or throws. */
  decode: (bytes: Uint8Array) => unknown;
  /** At least one encoding that it reads. */
  samples: readonly Uint8Array[];
  /** What it may throw. @default decode */
  codes?: readonly CryptoErrorCode[];
}

/** How many runs a property has; `SLOW=1` in the environment makes them many. */
export const RUNS: number = Deno.env.get("SLOW") === "1" ? 20_000 : 400;
/** No decoder may take longer, in milliseconds. */
const MOST_MS = 2_000;

/** Any bytes, short ones and those of a few values above all. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.uint8Array({ maxLength: 4_096 }),
  fc.array(fc.constantFrom(0, 1, 2, 0x58, 0x80, 0x81, 0x83, 0x9b, 0xff), { maxLength: 512 })
    .map((list) => Uint8Array.from(list)),
  fc.record({ depth: fc.nat(70_000), last: fc.nat(255) })
    .map(({ depth, last }) => concat(new Uint8Array(depth).fill(0x81), Uint8Array.of(last))),
);

type Change = (bytes: Uint8Array, at: number, value: number) => Uint8Array;

const changes: readonly Change[] = [
  (bytes, at, value) => patched(bytes, at, [value & 255]),
  (bytes, at, value) => patched(bytes, at, [(bytes[at] ?? 0) ^ (1 << (value & 7))]),
  (bytes, at) => patched(bytes, at, [255, 255, 255, 255]),
  (bytes, at) => patched(bytes, at, [0x9b, 255, 255, 255, 255, 255, 255, 255, 255]),
  (bytes, at) => patched(bytes, at, [0x5a, 0x7f, 255, 255, 255]),
  (bytes, at) => bytes.slice(0, at),
  (bytes, at) => bytes.slice(at),
  (bytes, at, value) =>
    concat(bytes.subarray(0, at), new Uint8Array(value % 40).fill(value), bytes.subarray(at)),
  (bytes, at, value) => concat(bytes.subarray(0, at), bytes.subarray(at + 1 + value % 40)),
  (bytes, at) => concat(bytes, bytes.subarray(at)),
  (bytes, at) => concat(bytes.subarray(0, at), bytes, bytes.subarray(at)),
];

function patched(bytes: Uint8Array, at: number, values: number[]): Uint8Array {
  const out = bytes.slice();
  values.forEach((value, i) => {
    if (at + i < out.length) out[at + i] = value;
  });
  return out;
}

/** One of `samples` with one to four changes; half of them at the beginning, where heads and lengths stand. */
export function changed(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const change = fc.record({
    how: fc.constantFrom(...changes),
    early: fc.boolean(),
    at: fc.nat(1_000_000),
    value: fc.nat(1_000),
  });
  const list = fc.array(change, { minLength: 1, maxLength: 4 });
  return fc.record({ sample: fc.constantFrom(...samples), list }).map(({ sample, list }) =>
    list.reduce<Uint8Array>(
      (bytes, { how, early, at, value }) =>
        how(bytes, at % ((early ? Math.min(48, bytes.length) : bytes.length) + 1), value),
      sample,
    )
  );
}

/** How long the quickest of three runs takes, whatever comes of it, in milliseconds. */
export function quickest(work: () => unknown): number {
  return Math.min(...[1, 2, 3].map(() => {
    const began = performance.now();
    try {
      work();
    } catch { /* it is about time */ }
    return performance.now() - began;
  }));
}

/** Fails unless `decode` gives a value or one of its errors, in good time; true when it gave a value. */
export function isTotal({ name, decode, codes = ["decode"] }: Case, bytes: Uint8Array): boolean {
  const before = bytes.slice();
  let accepted = true;
  // Only what is slow every time is: a busy machine stops a program for a while now and then.
  const began = performance.now();
  try {
    decode(bytes);
  } catch (error) {
    accepted = false;
    ok(error instanceof CryptoError, `${name} threw ${error instanceof Error ? error.stack : String(error)}`);
    ok(codes.includes(error.code), `${name} threw the code ${error.code}`);
  }
  ok(performance.now() - began < MOST_MS || quickest(() => decode(bytes)) < MOST_MS, `${name} took too long`);
  ok(before.every((byte, i) => byte === bytes[i]), `${name} changed what it was given`);
  return accepted;
}

/** Runs the two properties of one decoder. */
export function fuzz(item: Case): void {
  for (const sample of item.samples) ok(isTotal(item, sample), `${item.name} reads what is valid`);
  let refused = 0;
  const count = (bytes: Uint8Array): void => {
    if (!isTotal(item, bytes)) refused++;
  };
  fc.assert(fc.property(anyBytes, count), { numRuns: RUNS });
  fc.assert(fc.property(changed(item.samples), count), { numRuns: RUNS });
  ok(refused > RUNS / 4, `${item.name} refused ${refused} of ${2 * RUNS}`);
}
