import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBucket } from "./rate_limit.ts";

Deno.test("TokenBucket lets a burst through, then its rate", () => {
  const bucket = new TokenBucket(2, 1, 0);
  assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 1_000]);
  assert.equal(bucket.take(400), 600);
  assert.equal(bucket.take(1_000), 0);
  assert.equal(bucket.full(2_000), false);
  assert.equal(bucket.full(3_000), true);
});

Deno.test("TokenBucket never gives what is more than its burst", () => {
  const bucket = new TokenBucket(5, 1, 0);
  assert.equal(bucket.take(0, 6), Infinity);
  assert.equal(bucket.take(0, 5), 0);
  assert.equal(new TokenBucket(1, 0, 0).wait(0, 2), Infinity);
});

Deno.test("TokenBucket ignores a clock that goes back", () => {
  const bucket = new TokenBucket(1, 1, 10_000);
  bucket.take(10_000);
  assert.equal(bucket.take(0), 1_000);
  assert.equal(bucket.take(10_999) > 0, true);
});

Deno.test("TokenBucket gives in any time at most burst + rate x time, and what it promises", () => {
  fc.assert(fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (steps) => {
    const bucket = new TokenBucket(10, 5, 0);
    let now = 0;
    let taken = 0;
    for (const step of steps) {
      now += step;
      const wait = bucket.take(now);
      if (wait === 0) taken++;
      else {
        now += wait;
        assert.equal(bucket.take(now), 0);
        taken++;
      }
      assert.ok(taken <= 10 + 5 * now / 1_000 + 1e-6);
    }
  }));
});
