import assert from "node:assert/strict";
import { Acquaintance } from "./acquaintance.ts";
import { bytesOf } from "./ids.ts";

const [ME, ADA, BOB] = ["11".repeat(16), "22".repeat(16), "33".repeat(16)] as const;

Deno.test("Acquaintance remembers up to where others know us, and nothing of whom else they name", () => {
  const known = new Acquaintance(bytesOf(ME));
  const deps = Array.from({ length: 1_023 }, (_, i) => ({
    memberId: new Uint8Array(new Uint32Array([9, i, 9, 9]).buffer),
    number: 2 ** 40,
  }));
  known.heard(ADA, [...deps, { memberId: bytesOf(ME), number: 7 }]);
  known.heard(ADA, [{ memberId: bytesOf(ME), number: 5 }]);
  known.heard(BOB, deps);
  assert.equal(known.size, 1);
  assert.deepEqual([7, 8].map((number) => known.knows(ADA, number)), [true, false]);
  assert.equal(known.knows(BOB, 1), false);
});
