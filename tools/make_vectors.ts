/**
 * Writes the project's own test vectors, `tests/vectors/sotto_*.json`.
 *
 *     deno run --allow-read --allow-write tools/make_vectors.ts
 *
 * The cases, with fixed inputs, are in `tests/vectors/_cases_*.ts`; each is run through its operation in
 * `_operations.ts` and its output recorded. A negative case states its error itself: one that ends otherwise is
 * refused, here as in the test. The same code gives the same files, byte for byte; `vectors_test.ts` checks that.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { CaseFile } from "../tests/vectors/_cases.ts";
import { codes, encoding, identities, joins } from "../tests/vectors/_cases_crypto.ts";
import { bodies, chains, contents, payloads } from "../tests/vectors/_cases_speech.ts";
import { batches, frames, logins } from "../tests/vectors/_cases_wire.ts";
import { type Fields, run } from "../tests/vectors/_operations.ts";

/** A vector as it stands in a file: with `output`, or with `error`. */
export interface Vector {
  /** Unique in its file. */
  name: string;
  /** Key of `OPERATIONS`. */
  operation: string;
  input: Fields;
  output?: Fields;
  /** `CryptoError <code>` or `WireError <code>`. */
  error?: string;
}

/** A file of vectors. */
export interface VectorFile {
  /** Which part of SPEC it is about. */
  about: string;
  vectors: Vector[];
}

/** All files, by the middle of their names. */
export const FILES: Readonly<Record<string, CaseFile>> = {
  encoding,
  identities,
  codes,
  joins,
  chains,
  contents,
  bodies,
  payloads,
  frames,
  batches,
  logins,
};

/** Where the file `name` is. */
export function fileOf(name: string): URL {
  return new URL(`../tests/vectors/sotto_${name}.json`, import.meta.url);
}

/** The text of a file of vectors. */
export async function makeFile({ about, cases }: CaseFile): Promise<string> {
  const vectors: Vector[] = [];
  for (const { name, operation, input, error } of cases) {
    const outcome = await run(operation, input);
    if (error !== undefined) assert.deepEqual(outcome, { error }, name);
    else assert.ok("output" in outcome, `${name} ends in ${JSON.stringify(outcome)}`);
    vectors.push({ name, operation, input, ...outcome });
  }
  return JSON.stringify({ about, vectors } satisfies VectorFile, null, 1) + "\n";
}

if (import.meta.main) {
  for (const [name, cases] of Object.entries(FILES)) {
    await Deno.writeTextFile(fileOf(name), await makeFile(cases));
  }
}
