import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { Announced, ATTEMPT_MS } from "./announced.ts";
import { Guesses, MAX_ATTEMPTS } from "./guesses.ts";
import { Timers } from "./timers.ts";

Deno.test("Announced waits for 2,048 attempts at a time, those announced first go", () => {
  const clock = new FakeClock();
  const failed: string[] = [];
  const room = {
    timers: new Timers(clock),
    guesses: new Guesses(clock),
    notices: { knockFailed: (door: string, by: string) => void failed.push(`${by} ${door}`) },
  };
  const announced = new Announced(room);
  announced.note("ada", 1, "door");
  room.guesses.clear("ada-1");
  announced.note("bob", 1, "door");
  clock.advance(ATTEMPT_MS);
  assert.deepEqual(failed.splice(0), ["bob door"], "ada's has succeeded");
  assert.equal(announced.size, 0);
  announced.note("bob", 2, "door");
  for (let i = 0; i < 2 * MAX_ATTEMPTS; i++) announced.note("eve", i, "other");
  assert.equal(announced.size, MAX_ATTEMPTS);
  clock.advance(ATTEMPT_MS);
  assert.equal(failed.length, MAX_ATTEMPTS, "bob's went first");
  assert.deepEqual(new Set(failed), new Set(["eve other"]));
  assert.equal(announced.size, 0);
  room.timers.dispose();
});
