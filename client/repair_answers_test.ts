import assert from "node:assert/strict";
import { ContentKind } from "../crypto/content.ts";
import type { Pack } from "../crypto/pack.ts";
import { FakeClock } from "../tests/helpers.ts";
import { bytesOf } from "./ids.ts";
import { ANSWERING, RepairAnswers } from "./repair_answers.ts";
import { type Range, REPAIR_LIMITS, type RepairAnswer } from "./repair_frames.ts";
import { Retention, RETENTION_LIMITS } from "./retention.ts";
import type { Room } from "./room.ts";

const ADA = "aa".repeat(16);
const BOB = "bb".repeat(16);
const CAROL = "cc".repeat(16);
const DAVE = "dd".repeat(16);

/** A room that has retained what Ada said; Bob was there for all of it. */
class Stage {
  readonly clock = new FakeClock();
  readonly retention = new Retention(this.clock, { awayMs: 3_600_000 });
  readonly statements: { author: string; number: number; pack: Uint8Array }[] = [];
  head = 0;
  notOurs = 0;
  readonly answers = new RepairAnswers({
    me: DAVE,
    receipts: { gone: () => {} },
    retention: this.retention,
    delivery: {
      vector: () => new Map([ADA, DAVE].map((id) => [id, { number: this.head, hash: "", lamport: 0 }])),
      notOurs: () => this.notOurs,
    },
    parts: {
      clock: this.clock,
      log: {
        between: (author: string, from: number, to: number) =>
          this.statements.filter((s) => s.author === author && s.number >= from && s.number <= to),
      },
    },
  } as unknown as Room);

  constructor() {
    this.retention.enter(BOB);
  }

  /** Ada, or another, says `count` things in one pack. */
  said({ count = 1, bytes = 8, whole = true, by = ADA } = {}): void {
    const contents = Array.from({ length: count }, () => ({
      content: { number: ++this.head, kind: ContentKind.text },
    }));
    const encoded = new Uint8Array(bytes).fill(contents[0]?.content.number ?? 0);
    const pack = { author: bytesOf(by), contents, encoded, signature: new Uint8Array(64) };
    this.retention.keep(pack as unknown as Pack, { whole });
  }

  ask(ranges: Partial<Range>[], reader = BOB, all = false): RepairAnswer[] {
    const full = ranges.map((range) => ({ author: ADA, from: 1, to: 1_000_000, ...range }));
    return [...this.answers.answer(reader, { ask: 3, all, ranges: full })];
  }
}

const goneOf = (parts: RepairAnswer[]): number[][] =>
  parts.flatMap(({ gone }) => gone.map(({ from, to, messages }) => [from, to, messages]));
const marks = (parts: RepairAnswer[]): (number | undefined)[] =>
  parts.flatMap(({ packs }) => packs.map(([mark]) => mark));

Deno.test("RepairAnswers gives what it has, and names what is gone and how much of it were messages", () => {
  const stage = new Stage();
  stage.said();
  stage.said({ count: 2, whole: false });
  stage.said({ count: 3 });
  stage.said({ whole: false });
  const parts = stage.ask([{}]);
  assert.deepEqual(marks(parts), [1, 4]);
  assert.deepEqual(goneOf(parts), [[2, 3, 2], [7, 7, 1]], "and nothing beyond what it has heard of");
  assert.deepEqual(parts.map(({ ask, vector, last }) => [ask, vector, last]), [[3, null, true]]);
  assert.deepEqual(goneOf(stage.ask([{ from: 5, to: 6 }])), []);
  assert.deepEqual(marks(stage.ask([{ from: 5, to: 6 }])), [4], "the pack that holds it");
  assert.deepEqual(stage.ask([{ author: CAROL }]), [{
    ask: 3,
    packs: [],
    gone: [],
    vector: null,
    last: true,
  }]);
});

Deno.test("RepairAnswers does not call gone what was never for it, and says so", () => {
  const stage = new Stage();
  stage.head = 4;
  stage.notOurs = 4;
  stage.statements.push({ author: ADA, number: 2, pack: Uint8Array.of(2) });
  stage.said({ whole: false });
  stage.said();
  const parts = stage.ask([{ from: 1, to: 9 }]);
  const [part] = parts;
  assert.deepEqual([parts.length, marks(parts)], [1, [2, 6]]);
  assert.deepEqual(part?.gone, [
    { author: ADA, from: 1, to: 1, messages: 0, notMine: true },
    { author: ADA, from: 3, to: 4, messages: 0, notMine: true },
    { author: ADA, from: 5, to: 5, messages: 1 },
  ]);
  stage.notOurs = Infinity; // it has not introduced itself
  assert.deepEqual(stage.ask([{ from: 3, to: 5 }]).flatMap(({ gone }) => gone), [
    { author: ADA, from: 3, to: 5, messages: 0, notMine: true },
  ]);
});

Deno.test("RepairAnswers says of its own that it had no room for that others may have it, and of the rest that it is gone", () => {
  const stage = new Stage();
  stage.said({ by: DAVE, count: 2 });
  stage.said({ by: DAVE, bytes: RETENTION_LIMITS.bytes - 8 });
  stage.said({ by: DAVE, whole: false });
  stage.said({ by: DAVE });
  const gone = (ranges: Partial<Range>): RepairAnswer["gone"] =>
    stage.ask([{ author: DAVE, ...ranges }]).flatMap((part) => part.gone);
  const [from, to] = [1, 2];
  assert.deepEqual(gone({ to: 4 }), [
    { author: DAVE, from, to, messages: 2, notMine: true },
    { author: DAVE, from: 4, to: 4, messages: 1 },
  ]);
  stage.clock.advance(3_720_001);
  assert.deepEqual(gone({ to: 4 }), [{ author: DAVE, from, to: 4, messages: 4 }], "nobody has it any more");
});

Deno.test("RepairAnswers gives a member what it may read, and calls the rest gone; statements to everybody", () => {
  const stage = new Stage();
  stage.said();
  stage.retention.enter(CAROL);
  stage.said();
  stage.head++;
  stage.statements.push({ author: ADA, number: 3, pack: Uint8Array.of(33) });
  const parts = stage.ask([{}], CAROL);
  assert.deepEqual(marks(parts), [2, 33]);
  assert.deepEqual(goneOf(parts), [[1, 1, 1]]);
  assert.deepEqual(marks(stage.ask([{}], "ee".repeat(16))), [33]);
});

Deno.test("RepairAnswers gives its vector in the first part, when it is asked for all", () => {
  const stage = new Stage();
  stage.said();
  const [part] = stage.ask([], BOB, true);
  assert.deepEqual(part?.vector, [ADA, DAVE].map((id) => ({ id, number: 1, hash: "" })));
  assert.equal(part?.last, true);
});

Deno.test("RepairAnswers splits an answer into parts, and cuts it at 2 MiB without calling the rest gone", () => {
  const stage = new Stage();
  const bytes = 100_000;
  for (let i = 0; i < 40; i++) stage.said({ bytes });
  const parts = stage.ask([{}], BOB, true);
  const given = parts.map(({ packs }) => packs.reduce((sum, pack) => sum + pack.length, 0));
  assert.ok(given.every((part) => part <= REPAIR_LIMITS.bytes), `${given}`);
  const total = given.reduce((a, b) => a + b);
  assert.ok(total <= ANSWERING.bytes && total > ANSWERING.bytes - bytes);
  assert.deepEqual(
    marks(parts),
    Array.from({ length: total / bytes }, (_, i) => i + 1),
    "from the beginning",
  );
  assert.deepEqual(goneOf(parts), []);
  assert.deepEqual(parts.map(({ last }) => last), [...parts.slice(1).map(() => false), true]);
  assert.deepEqual(parts.map(({ vector }) => vector !== null), parts.map((_, i) => i === 0));
});

Deno.test("RepairAnswers gives one pack that is larger than a part by itself", () => {
  const stage = new Stage();
  for (let i = 0; i < 3; i++) stage.said({ bytes: 512 * 1024 });
  assert.deepEqual(stage.ask([{}]).map(({ packs }) => packs.length), [1, 1, 1]);
});

Deno.test("RepairAnswers names 64 ranges in a part at most", () => {
  const stage = new Stage();
  for (let i = 0; i < 80; i++) {
    stage.said({ whole: false });
    stage.said();
  }
  const parts = stage.ask([{}]);
  assert.equal(parts.length, 1);
  assert.equal(goneOf(parts).length, REPAIR_LIMITS.ranges);
});

Deno.test("RepairAnswers answers a member 16 times at once and twice a second, each member apart", () => {
  const stage = new Stage();
  stage.said();
  const count = (reader = BOB): number => {
    let answered = 0;
    while (stage.ask([{}], reader).length > 0) answered++;
    return answered;
  };
  assert.equal(count(), ANSWERING.burst);
  assert.equal(count(CAROL), ANSWERING.burst);
  stage.clock.advance(1_000);
  assert.equal(count(), ANSWERING.perSecond);
  stage.answers.forget(BOB);
  assert.equal(count(), ANSWERING.burst);
});
