import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../tests/helpers.ts";
import { Absence, TELL_AWAY_MS } from "./absence.ts";
import { Timers } from "./timers.ts";

const BOB = "bb".repeat(16);
const CAROL = "cc".repeat(16);
const AWAY_MS = 100_000;
/** The most jitter there is. */
const MAX_SPREAD_MS = 60_000;

/** A room that writes down what it is told, and when. */
class Stage {
  readonly clock = new FakeClock();
  readonly start = this.clock.now();
  readonly told: string[] = [];
  readonly timers = new Timers(this.clock);
  readonly absence: Absence;

  constructor({ awayMs = AWAY_MS, size = 0 } = {}) {
    this.absence = new Absence({
      clock: this.clock,
      timers: this.timers,
      awayMs,
      size: () => size,
      told: (id, away) => this.#write(id, away ? "away" : "back"),
      over: (id) => this.#write(id, "over"),
    });
  }

  after(ms: number): string[] {
    this.clock.advance(ms);
    return this.told.splice(0);
  }

  #write(id: string, what: string): void {
    this.told.push(`${id.slice(0, 2)} ${what} ${this.clock.now() - this.start}`);
  }
}

Deno.test("Absence tells after 5 s, and that the member is over after the away time", () => {
  const stage = new Stage();
  stage.absence.begin(BOB);
  assert.deepEqual(stage.after(TELL_AWAY_MS - 1), []);
  assert.deepEqual(stage.after(1), [`bb away ${TELL_AWAY_MS}`]);
  assert.deepEqual(stage.after(AWAY_MS - TELL_AWAY_MS - 1), []);
  assert.deepEqual(stage.after(1), [`bb over ${AWAY_MS}`]);
  stage.absence.end(BOB, { back: true });
  assert.deepEqual(stage.after(10 * AWAY_MS), [], "what is over is forgotten");
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Absence does not tell of a short one, and tells the end of a long one once", () => {
  const stage = new Stage();
  stage.absence.begin(BOB);
  stage.clock.advance(TELL_AWAY_MS - 1);
  stage.absence.end(BOB, { back: true });
  assert.deepEqual(stage.after(AWAY_MS), []);
  stage.absence.begin(BOB);
  stage.after(TELL_AWAY_MS);
  stage.absence.end(BOB, { back: true });
  stage.absence.end(BOB, { back: true });
  assert.equal(stage.told.length, 1);
  assert.match(stage.told.splice(0)[0] ?? "", /^bb back/);
  stage.absence.begin(BOB);
  stage.after(TELL_AWAY_MS);
  stage.absence.end(BOB, { back: false });
  assert.deepEqual(stage.after(AWAY_MS), [], "who is no longer a member is not back");
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Absence counts anew after a return, and not twice what is told twice", () => {
  const stage = new Stage();
  stage.absence.begin(BOB);
  stage.after(AWAY_MS - 1);
  stage.absence.begin(BOB);
  assert.deepEqual(stage.after(1), [`bb over ${AWAY_MS}`], "its first loss counts");
  stage.absence.begin(BOB);
  stage.after(AWAY_MS - 1);
  stage.absence.end(BOB, { back: true });
  stage.absence.begin(BOB);
  assert.deepEqual(stage.after(AWAY_MS - 1).filter((line) => line.includes("over")), []);
});

Deno.test("Absence counts members apart, and tells away before over when the away time is short", () => {
  const stage = new Stage({ awayMs: 2_000 });
  stage.absence.begin(BOB);
  stage.clock.advance(500);
  stage.absence.begin(CAROL);
  assert.deepEqual(stage.after(10_000), [
    "bb away 2000",
    "bb over 2000",
    "cc away 2500",
    "cc over 2500",
  ]);
});

Deno.test("Absence stands still while we are cut off ourselves, and for those who go meanwhile", () => {
  const stage = new Stage();
  stage.absence.begin(BOB);
  stage.clock.advance(2_000);
  stage.absence.pause();
  stage.absence.begin(CAROL);
  assert.equal(stage.clock.waiting, 0);
  assert.deepEqual(stage.after(50 * AWAY_MS), []);
  stage.absence.pause();
  stage.absence.resume();
  stage.absence.resume();
  const back = 2_000 + 50 * AWAY_MS;
  assert.deepEqual(stage.after(AWAY_MS), [
    `bb away ${back + TELL_AWAY_MS - 2_000}`,
    `cc away ${back + TELL_AWAY_MS}`,
    `bb over ${back + AWAY_MS - 2_000}`,
    `cc over ${back + AWAY_MS}`,
  ]);
});

Deno.test("Absence.end() in a pause forgets a member; one that was told is told to be back", () => {
  const stage = new Stage();
  stage.absence.begin(BOB);
  stage.absence.begin(CAROL);
  stage.after(TELL_AWAY_MS);
  stage.absence.pause();
  stage.absence.end(BOB, { back: true });
  assert.deepEqual(stage.told.map((line) => line.slice(0, 7)), ["bb back"]);
  stage.absence.resume();
  stage.absence.end(CAROL, { back: true });
  stage.told.splice(0);
  assert.deepEqual(stage.after(10 * AWAY_MS), []);
});

Deno.test("Absence: however often we are cut off, only time with a connection counts", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20_000), fc.nat(500_000)), { maxLength: 20 }), (cuts) => {
      const stage = new Stage();
      stage.absence.begin(BOB);
      let connected = 0;
      for (const [online, offline] of cuts) {
        const here = Math.min(online, AWAY_MS - 1 - connected);
        stage.clock.advance(here);
        connected += here;
        stage.absence.pause();
        stage.clock.advance(offline);
        stage.absence.resume();
        assert.ok(!stage.told.some((line) => line.includes("over")));
        assert.equal(stage.told.length, connected >= TELL_AWAY_MS ? 1 : 0);
      }
      stage.clock.advance(AWAY_MS - connected - 1);
      assert.ok(!stage.told.some((line) => line.includes("over")));
      stage.clock.advance(1);
      assert.deepEqual(stage.told.map((line) => line.slice(0, 7)), ["bb away", "bb over"]);
      assert.equal(stage.clock.waiting, 0);
    }),
  );
});

Deno.test("Absence takes longer at random: 500 ms for each member, a minute at most, and never less", () => {
  for (const size of [1, 10, 1_000]) {
    const most = Math.min(MAX_SPREAD_MS, size * 500);
    const late: number[] = [];
    for (let i = 0; i < 200; i++) {
      const stage = new Stage({ size });
      stage.absence.begin(BOB);
      stage.clock.advance(AWAY_MS + most);
      const over = stage.told.find((line) => line.includes("over"));
      late.push(Number(over?.split(" ")[2]) - AWAY_MS);
    }
    assert.ok(late.every((ms) => ms >= 0 && ms <= most), `${size}: ${late}`);
    assert.ok(Math.min(...late) < most / 4 && Math.max(...late) > most * 3 / 4, "spread over all of it");
  }
});

Deno.test("Absence ends with the timers of its owner", () => {
  const stage = new Stage();
  stage.absence.begin(BOB);
  stage.timers.dispose();
  stage.absence.begin(CAROL);
  assert.deepEqual(stage.after(10 * AWAY_MS), []);
});
