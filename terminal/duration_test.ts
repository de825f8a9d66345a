import assert from "node:assert/strict";
import fc from "fast-check";
import { durationArgument, durationText, parseDuration } from "./duration.ts";

for (
  const [text, ms] of [
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1h0m5s", 3_605_000],
    ["2H", 7_200_000],
    [" 5m ", 300_000],
    ["0s", 0],
  ] as const
) {
  Deno.test(`parseDuration() reads ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), ms));
}

Deno.test("parseDuration() reads nothing else", () => {
  for (
    const text of ["", "h", "90", "-5m", "5 m", "30m1h", "1m1m", "1.5h", "10min", "5ms", "1e3s", "1234567s"]
  ) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

Deno.test("durationArgument() writes what parseDuration() reads", () => {
  assert.equal(durationArgument(5_400_000), "1h30m");
  assert.equal(durationArgument(0), "0s");
  fc.assert(fc.property(fc.nat(100_000), (seconds) => {
    assert.equal(parseDuration(durationArgument(seconds * 1_000)), seconds * 1_000);
  }));
});

Deno.test("durationText() tells no more than people need", () => {
  const told = [0, 300, 1_500, 59_001, 99_000, 100_000, 719_000, 3_590_000, 5_400_000, 7_200_000];
  assert.deepEqual(told.map(durationText), [
    "1 s",
    "1 s",
    "2 s",
    "60 s",
    "99 s",
    "2 min",
    "12 min",
    "1 h",
    "1 h 30 min",
    "2 h",
  ]);
});
