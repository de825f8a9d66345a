import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { EXPIRY, Expiry } from "./expiry.ts";
import { messageId } from "./ids.ts";
import { Timers } from "./timers.ts";

const ADA = "aa".repeat(16);
const BOB = "bb".repeat(16);

class Stage {
  readonly clock = new FakeClock();
  timer: number | null = null;
  readonly forgotten: string[] = [];
  readonly told: string[][] = [];
  readonly expiry = new Expiry({
    clock: this.clock,
    timers: new Timers(this.clock),
    timer: () => this.timer,
    forget: (author, number) => void this.forgotten.push(`${author.slice(0, 2)} ${number}`),
    told: (ids) => void this.told.push(ids),
  });

  /** A message that is shown at once. */
  message(author: string, number: number, ms: number): void {
    this.expiry.note(author, number, { ms });
    this.expiry.shown(messageId(author, number));
  }
}

Deno.test("Expiry forgets each message when its own time is up, and tells so", () => {
  const stage = new Stage();
  stage.message(ADA, 1, 10_000);
  stage.message(BOB, 1, 5_000);
  stage.message(ADA, 2, 10_000);
  stage.clock.advance(4_999);
  assert.deepEqual(stage.told, []);
  stage.clock.advance(1 + EXPIRY.stepMs);
  assert.deepEqual(stage.told, [[messageId(BOB, 1)]]);
  stage.clock.advance(5_000);
  assert.deepEqual(stage.told.slice(1), [[messageId(ADA, 1), messageId(ADA, 2)]]);
  assert.deepEqual(stage.forgotten, ["bb 1", "aa 1", "aa 2"]);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Expiry keeps to 7 days, and looks at the clock after the machine has slept", () => {
  const stage = new Stage();
  stage.message(ADA, 1, 604_800_000);
  stage.clock.advance(604_799_999);
  assert.deepEqual(stage.told, []);
  stage.message(ADA, 2, 3_600_000);
  stage.clock.sleep(3_600_000);
  stage.clock.advance(EXPIRY.lookMs);
  assert.equal(stage.told.flat().length, 2);
});

Deno.test("Expiry: a message does not live longer because it comes twice or is edited, and no edit outlives it", () => {
  const stage = new Stage();
  stage.message(ADA, 1, 10_000);
  stage.clock.advance(9_000);
  stage.message(ADA, 1, 10_000);
  stage.expiry.note(ADA, 2, { ms: 10_000, edits: messageId(ADA, 1) });
  stage.expiry.note(ADA, 3, { ms: undefined, edits: messageId(ADA, 1) });
  stage.clock.advance(1_000 + EXPIRY.stepMs);
  assert.deepEqual(stage.forgotten, ["aa 1", "aa 2", "aa 3"]);
  assert.deepEqual(stage.told, [[messageId(ADA, 1)]], "an edit is not shown by itself");
});

Deno.test("Expiry: an edit without a time of a message without one stays", () => {
  const stage = new Stage();
  stage.expiry.note(ADA, 2, { ms: undefined, edits: messageId(ADA, 1) });
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Expiry: what is said after a timer was asked for carries it, also before that was sent", async () => {
  const stage = new Stage();
  stage.timer = 60_000;
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const asked = [stage.expiry.announce(5_000, first.promise), stage.expiry.announce(null, second.promise)];
  assert.equal(stage.expiry.ms, null);
  second.reject(new Error("it could not be said"));
  await assert.rejects(asked[1] as Promise<void>);
  assert.equal(stage.expiry.ms, 5_000);
  stage.timer = 5_000;
  first.resolve();
  await asked[0];
  assert.equal(stage.expiry.ms, 5_000);
});

Deno.test("Expiry waits for as many messages as the history keeps; the oldest go first", () => {
  const stage = new Stage();
  for (let number = 1; number <= EXPIRY.messages + 2; number++) stage.message(ADA, number, 600_000);
  assert.deepEqual(stage.forgotten, ["aa 1", "aa 2"]);
});
