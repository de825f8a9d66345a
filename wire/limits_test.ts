import assert from "node:assert/strict";
import { DEFAULT_LIMITS, maxBatchBytes } from "./limits.ts";

Deno.test("DEFAULT_LIMITS let a room of 200 form: its distributions fit into the table budget", () => {
  const members = 200;
  const oneDistribution = members * (members * 32 + 1_500);
  assert.ok(DEFAULT_LIMITS.tableBurstBytes > 20 * oneDistribution);
  assert.ok(members * 1_500 + members * 32 < DEFAULT_LIMITS.maxPayload);
  assert.ok(DEFAULT_LIMITS.maxMembers >= members);
});

Deno.test("DEFAULT_LIMITS cannot be changed, and are whole numbers above 0, rates apart", () => {
  assert.equal(Object.isFrozen(DEFAULT_LIMITS), true);
  for (const [name, value] of Object.entries(DEFAULT_LIMITS)) {
    assert.ok(value > 0 && (Number.isInteger(value) || name.endsWith("Rate")), name);
  }
});

Deno.test("maxBatchBytes() has room for the longest frame with all table entries", () => {
  assert.ok(maxBatchBytes(1_000) >= 1_000 + 12 + 4_096 * 8 + 4);
});
