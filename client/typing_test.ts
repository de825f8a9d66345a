import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { Timers } from "./timers.ts";
import { TYPING, Typing } from "./typing.ts";

class Stage {
  readonly clock = new FakeClock();
  readonly timers = new Timers(this.clock);
  members = 3;
  spare = 1;
  readonly strangers = new Set<string>();
  readonly told: string[] = [];
  readonly typing = new Typing({
    clock: this.clock,
    timers: this.timers,
    size: () => this.members,
    spare: () => this.spare,
    counts: (id) => !this.strangers.has(id),
    send: (on) => void this.told.push(`send ${on}`),
    told: (id, on) => void this.told.push(`${id} ${on}`),
  });

  news(): string[] {
    return this.told.splice(0);
  }
}

Deno.test("Typing says at most one `on` in 4 s, however fast is typed, and `off` when the line is emptied", () => {
  const stage = new Stage();
  for (let i = 0; i < 80; i++) {
    stage.typing.type(true);
    stage.clock.advance(100);
  }
  assert.deepEqual(stage.news(), ["send true", "send true"]);
  stage.typing.type(false);
  stage.typing.type(false);
  stage.typing.type(true);
  assert.deepEqual(stage.news(), ["send false", "send true"]);
  stage.typing.type(false);
  stage.typing.type(true);
  assert.deepEqual(stage.news(), ["send false"], "too soon for another");
  stage.clock.advance(TYPING.againMs);
  stage.typing.type(true);
  assert.deepEqual(stage.news(), ["send true"]);
  stage.clock.advance(TYPING.shownMs);
  stage.typing.type(false);
  assert.deepEqual(stage.news(), [], "by now nobody shows it any more");
});

Deno.test("Typing says nothing more about what has been sent: the message itself does", () => {
  const stage = new Stage();
  stage.typing.type(true);
  assert.equal(stage.typing.said, true);
  stage.typing.spoke();
  assert.equal(stage.typing.said, false);
  stage.typing.type(false);
  assert.deepEqual(stage.news(), ["send true"]);
});

Deno.test("Typing shows a member for 6 s after its last `on`, and until it says something", () => {
  const stage = new Stage();
  stage.typing.hear("bob", true);
  stage.clock.advance(TYPING.shownMs - 1);
  stage.typing.hear("bob", true);
  stage.clock.advance(TYPING.shownMs - 1);
  assert.deepEqual(stage.news(), ["bob true"]);
  stage.clock.advance(1);
  assert.deepEqual(stage.news(), ["bob false"]);
  stage.typing.hear("bob", true);
  stage.typing.stop("bob");
  stage.typing.stop("bob");
  stage.typing.hear("bob", false);
  stage.clock.advance(TYPING.shownMs);
  assert.deepEqual(stage.news(), ["bob true", "bob false"]);
});

Deno.test("Typing does not flicker, whoever says on and off as fast as it can", () => {
  const stage = new Stage();
  for (let ms = 0; ms < 10_000; ms += 10) {
    stage.typing.hear("bob", true);
    stage.typing.hear("bob", false);
    stage.clock.advance(10);
  }
  assert.equal(stage.news().length, 2 * 10_000 / TYPING.flickerMs);
});

Deno.test("Typing is neither said nor shown in a large room, and not of those that do not count", () => {
  const stage = new Stage();
  stage.strangers.add("eve");
  stage.typing.hear("eve", true);
  stage.members = TYPING.members;
  stage.typing.type(true);
  stage.typing.hear("bob", true);
  assert.deepEqual(stage.news(), ["send true", "bob true"]);
  stage.members++;
  stage.clock.advance(60_000);
  stage.news();
  stage.typing.type(true);
  stage.typing.hear("bob", true);
  assert.deepEqual(stage.news(), []);
});

Deno.test("Typing leaves the relay's rate to words when little of it is left", () => {
  const stage = new Stage();
  stage.spare = TYPING.spare - 0.01;
  stage.typing.type(true);
  assert.deepEqual(stage.news(), []);
});

Deno.test("Typing that is not wanted is neither said nor shown, and what was said is taken back", () => {
  const stage = new Stage();
  stage.typing.type(true);
  stage.typing.hear("bob", true);
  stage.news();
  stage.typing.want(false);
  assert.deepEqual(stage.news(), ["send false", "bob false"]);
  stage.clock.advance(60_000);
  stage.typing.type(true);
  stage.typing.hear("bob", true);
  assert.deepEqual([stage.news(), stage.typing.wanted, stage.clock.waiting], [[], false, 0]);
  stage.typing.want(true);
  stage.typing.type(true);
  stage.typing.hear("bob", true);
  assert.deepEqual(stage.news(), ["send true", "bob true"]);
  stage.typing.forget("bob");
  assert.deepEqual([stage.news(), stage.clock.waiting], [["bob false"], 0]);
});
