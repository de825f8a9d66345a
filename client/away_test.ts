import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { AWAY, Away } from "./away.ts";
import { Timers } from "./timers.ts";

class Stage {
  readonly clock = new FakeClock();
  members = 3;
  readonly strangers = new Set<string>();
  readonly told: string[] = [];
  readonly away = new Away({
    clock: this.clock,
    timers: new Timers(this.clock),
    me: "me",
    size: () => this.members,
    counts: (id) => !this.strangers.has(id),
    send: ({ away, text }) => void this.told.push(`send ${away} ${text}`.trim()),
    told: (id, { away, text }) => void this.told.push(`${id} ${away} ${text}`.trim()),
  });

  news(): string[] {
    return this.told.splice(0);
  }
}

const LUNCH = { away: true, text: "lunch" };
const BACK = { away: false, text: "" };

Deno.test("Away says it at once, again every minute or so, and twice that one is back", () => {
  const stage = new Stage();
  stage.away.set(BACK);
  assert.deepEqual(stage.news(), [], "nobody was away");
  stage.away.set(LUNCH);
  assert.deepEqual(stage.news(), ["send true lunch", "me true lunch"]);
  stage.clock.advance(10 * AWAY.againMs);
  const again = stage.news();
  assert.ok(again.length >= 8 && again.length <= 13 && again.every((word) => word === "send true lunch"));
  stage.away.set(BACK);
  assert.deepEqual(stage.news(), ["send false", "me false"]);
  stage.clock.advance(10 * AWAY.againMs);
  assert.deepEqual([stage.news(), stage.clock.waiting], [["send false"], 0]);
});

Deno.test("Away is said again soon after somebody has come, and more rarely in a large room", () => {
  const stage = new Stage();
  stage.away.met();
  stage.away.set(LUNCH);
  stage.news();
  for (let i = 0; i < 5; i++) stage.away.met();
  stage.clock.advance(AWAY.soonMs + stage.members * AWAY.spreadMs);
  assert.deepEqual(stage.news(), ["send true lunch"]);
  stage.members = 500;
  stage.away.set(LUNCH);
  stage.news();
  stage.clock.advance(7 * AWAY.againMs);
  assert.deepEqual(stage.news(), []);
});

Deno.test("Away is shown until its author is back, or has not said it for long", () => {
  const stage = new Stage();
  stage.away.hear("bob", LUNCH);
  stage.away.hear("bob", LUNCH);
  assert.deepEqual(stage.news(), ["bob true lunch"]);
  stage.clock.advance(AWAY.staleMs - 1);
  stage.away.hear("bob", LUNCH);
  stage.clock.advance(AWAY.staleMs - 1);
  assert.deepEqual(stage.news(), []);
  stage.away.hear("bob", { away: true, text: "dinner" });
  assert.deepEqual(stage.news(), ["bob true dinner"]);
  stage.clock.advance(AWAY.staleMs);
  assert.deepEqual(stage.news(), ["bob false"]);
  stage.away.hear("bob", LUNCH);
  stage.clock.advance(AWAY.flickerMs);
  stage.away.hear("bob", BACK);
  stage.away.hear("bob", BACK);
  assert.deepEqual([stage.news(), stage.clock.waiting], [["bob true lunch", "bob false"], 0]);
});

Deno.test("Away does not flicker, and is not heard of those that do not count", () => {
  const stage = new Stage();
  stage.strangers.add("eve");
  stage.away.hear("eve", LUNCH);
  for (let ms = 0; ms < 10_000; ms += 10) {
    stage.away.hear("bob", { away: true, text: `${ms}` });
    stage.clock.advance(10);
  }
  assert.equal(stage.news().length, 10_000 / AWAY.flickerMs);
  stage.away.forget("bob");
  assert.deepEqual([stage.news(), stage.clock.waiting], [[], 0]);
});

Deno.test("Away that is not wanted is neither said nor shown, and what was said is taken back", () => {
  const stage = new Stage();
  stage.away.set(LUNCH);
  stage.away.hear("bob", LUNCH);
  stage.news();
  stage.away.want(false);
  assert.deepEqual(stage.news(), ["send false", "me false", "bob false"]);
  stage.away.hear("bob", { away: true, text: "dinner" });
  stage.clock.advance(AWAY.againMs);
  assert.deepEqual([stage.news(), stage.away.wanted], [["send false"], false]);
});
