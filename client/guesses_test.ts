import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import {
  Guesses,
  MAX_ATTEMPTS,
  MAX_COUNTED,
  NAMED_BURST,
  PROOF_MS,
  SLOW_MS,
  SPOKEN_LIFE,
  WINDOW_MS,
} from "./guesses.ts";

Deno.test("Guesses slow a named door down after five wrong guesses in ten minutes", () => {
  const clock = new FakeClock();
  const guesses = new Guesses(clock);
  for (let i = 0; i < NAMED_BURST; i++) {
    assert.equal(guesses.wait("door", "named"), 0);
    guesses.note(`a-${i}`, "door");
    clock.advance(PROOF_MS);
  }
  const wait = guesses.wait("door", "named");
  assert.ok(wait > 0 && wait <= SLOW_MS);
  assert.equal(guesses.wait("other", "named"), 0);
  assert.equal(guesses.wait("door", "invite"), 0);
  clock.advance(wait);
  assert.equal(guesses.wait("door", "named"), 0, "one more after the pause");
  guesses.note("b", "door");
  clock.advance(PROOF_MS);
  assert.ok(guesses.wait("door", "named") > 0, "and the next one waits again");
  clock.advance(WINDOW_MS);
  assert.equal(guesses.wait("door", "named"), 0);
});

Deno.test("Guesses count no attempt against a named door that was proven", () => {
  const guesses = new Guesses(new FakeClock());
  for (let i = 0; i < 50; i++) {
    guesses.note(`a-${i}`, "door");
    assert.ok(guesses.isOpen(`a-${i}`));
    guesses.clear(`a-${i}`);
    assert.equal(guesses.wait("door", "named"), 0);
  }
  assert.equal(guesses.count("door"), 0);
});

Deno.test("Guesses under way make a named door wait for their proofs only", () => {
  const clock = new FakeClock();
  const guesses = new Guesses(clock);
  for (let i = 0; i < NAMED_BURST; i++) guesses.note(`a-${i}`, "door");
  assert.equal(guesses.wait("door", "named"), PROOF_MS);
  guesses.clear("a-0");
  assert.equal(guesses.wait("door", "named"), 0);
});

Deno.test("Guesses end a spoken door after 1,000, whoever announced them", () => {
  const guesses = new Guesses(new FakeClock(), [["door", SPOKEN_LIFE - 2]]);
  guesses.note("a-1", "door");
  assert.equal(guesses.wait("door", "spoken"), 0);
  guesses.note("b-1", "door");
  assert.equal(guesses.count("door"), SPOKEN_LIFE);
  assert.equal(guesses.wait("door", "spoken"), Infinity);
  assert.deepEqual(guesses.totals(), [["door", SPOKEN_LIFE]]);
});

Deno.test("Guesses remember a bounded number of attempts one by one, and all of them in sum", () => {
  const guesses = new Guesses(new FakeClock());
  for (let i = 0; i <= MAX_ATTEMPTS; i++) guesses.note(`a-${i}`, "door");
  guesses.note("a-5", "door");
  assert.equal(guesses.isOpen("a-0"), false);
  assert.equal(guesses.isOpen("a-1"), true);
  assert.equal(guesses.count("door"), MAX_ATTEMPTS + 1);
});

Deno.test("Guesses are counted for 4,096 doors, those of which nothing was heard for longest go", () => {
  const guesses = new Guesses(new FakeClock());
  for (let i = 0; i < MAX_COUNTED; i++) guesses.note(`a${i}`, `door ${i}`);
  guesses.note("again", "door 0");
  guesses.note("one more", "new door");
  assert.deepEqual(["door 0", "door 1", "door 2", "new door"].map((door) => guesses.count(door)), [
    2,
    0,
    1,
    1,
  ]);
  assert.equal(guesses.totals().length, MAX_COUNTED);
});
