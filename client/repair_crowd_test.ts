/** Repair in a room of 200, each with its own: how often one loss, and a loss of everybody, is asked for and answered. */
import assert from "node:assert/strict";
import { ContentKind } from "../crypto/content.ts";
import type { Pack } from "../crypto/pack.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import { Random } from "../tests/model/random.ts";
import { bytesOf } from "./ids.ts";
import { ASKING, Repair } from "./repair.ts";
import { RepairAnswers } from "./repair_answers.ts";
import type { Range, RepairAsk } from "./repair_frames.ts";
import { Retention } from "./retention.ts";
import type { Room } from "./room.ts";
import { Timers } from "./timers.ts";

const MEMBERS = 200;
/** How long an ask, and an answer, is on its way, in milliseconds. */
const WAY_MS = 20;
const STEP_MS = 5;
const LOST = 3;

interface Asked {
  at: number;
  by: string;
  to: string;
}

/** A room whose first member, Ada, has said five things. */
class Crowd {
  readonly clock = new FakeClock();
  readonly timers = new Timers(this.clock);
  readonly ids = Array.from({ length: MEMBERS }, (_, i) => (i + 256).toString(16).repeat(11).slice(0, 32));
  readonly ada = this.ids[0] as string;
  readonly lacks = new Set<string>();
  readonly asked: Asked[] = [];
  /** When a part of an answer was sealed, by whom and for whom. */
  readonly sealed: Asked[] = [];
  readonly #repairs = new Map<string, Repair>();
  readonly #answers = new Map<string, RepairAnswers>();

  constructor() {
    for (const id of this.ids) {
      this.#answers.set(id, this.#answersOf(id));
      this.#repairs.set(id, this.#repairOf(id));
    }
  }

  /** These have not got one of the five. */
  lose(...ids: string[]): void {
    for (const id of ids) this.lacks.add(id);
    for (const id of ids) this.#repairs.get(id)?.look();
  }

  /** Lets time pass; what is asked and answered goes its way. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.clock.advance(STEP_MS);
      await turns(1);
    }
  }

  #answersOf(id: string): RepairAnswers {
    const retention = new Retention(this.clock, { awayMs: 3_600_000 });
    for (const other of this.ids) retention.enter(other);
    for (let number = 1; number <= 5; number++) {
      const contents = [{ content: { number, kind: ContentKind.text } }];
      const pack = { author: bytesOf(this.ada), contents, encoded: new Uint8Array(300).fill(number) };
      retention.keep({ ...pack, signature: new Uint8Array(64) } as unknown as Pack, { whole: true });
    }
    return new RepairAnswers({
      me: id,
      receipts: { gone: () => {} },
      retention,
      delivery: {
        vector: () => new Map([[this.ada, { number: 5, hash: "", lamport: 0 }]]),
        notOurs: () => 0,
      },
      parts: { clock: this.clock, log: { between: () => [] } },
    } as unknown as Room);
  }

  #repairOf(id: string): Repair {
    const others = this.ids.filter((other) => other !== id);
    const missing = (): Range[] => this.lacks.has(id) ? [{ author: this.ada, from: LOST, to: LOST }] : [];
    return new Repair({
      timers: this.timers,
      now: () => this.clock.now(),
      unreadOf: () => null,
      missing,
      reachable: () => others,
      absent: () => [],
      first: (_author, those) => [...those],
      ask: (to, ask) => {
        this.asked.push({ at: this.clock.now(), by: id, to });
        this.timers.after(WAY_MS, () => this.#answer(to, id, ask));
        return Promise.resolve();
      },
      take: (packs) => Promise.resolve(packs.length > 0 && this.lacks.delete(id)),
      gone: () => assert.fail("nothing is gone"),
      heard: () => {},
      changed: () => {},
      silent: () => assert.fail("nobody is silent"),
      refuted: () => {},
    });
  }

  /** As `answerAsk()` does it: each part is sealed for the one that has asked. */
  #answer(by: string, to: string, ask: RepairAsk): void {
    for (const part of this.#answers.get(by)?.answer(to, ask) ?? []) {
      this.sealed.push({ at: this.clock.now(), by, to });
      assert.deepEqual([part.last, part.packs.map(([mark]) => mark)], [true, [LOST]]);
      this.timers.after(WAY_MS, () => void this.#repairs.get(to)?.answered(by, part));
    }
  }
}

/** Runs `work` with the same luck each time. */
async function withLuck(seed: number, work: () => Promise<void>): Promise<void> {
  const random = new Random(seed);
  const before = Math.random;
  Math.random = () => random.next();
  try {
    await work();
  } finally {
    Math.random = before;
  }
}

/** The most of these that fall into any `ms`. */
function most(times: readonly number[], ms: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(...sorted.map((from, i) => sorted.slice(i).filter((at) => at < from + ms).length));
}

Deno.test("In a room of 200, what one reader has lost is asked for once and answered once", async () => {
  for (const seed of [1, 2, 3]) {
    await withLuck(seed, async () => {
      const crowd = new Crowd();
      const reader = crowd.ids[77] as string;
      crowd.lose(reader);
      await crowd.pass(2_000);
      await crowd.pass(30_000);
      const who = ({ by, to }: Asked): string[] => [by, to];
      assert.deepEqual(crowd.asked.map(who), [[reader, crowd.ada]]);
      assert.deepEqual(crowd.sealed.map(who), [[crowd.ada, reader]]);
      assert.equal(crowd.lacks.size, 0);
      crowd.timers.dispose();
    });
  }
});

Deno.test("In a room of 200, what all have lost is asked for once by each, spread over a second, and all get it", async () => {
  for (const seed of [1, 2, 3]) {
    await withLuck(seed, async () => {
      const crowd = new Crowd();
      const readers = crowd.ids.slice(1);
      const lostAt = crowd.clock.now();
      crowd.lose(...readers);
      const longest = 2 * ASKING.firstMs + (MEMBERS - 1) * ASKING.spreadMs;
      await crowd.pass(longest + 2 * WAY_MS + STEP_MS);
      assert.equal(crowd.lacks.size, 0, "all have it");
      await crowd.pass(30_000);
      assert.deepEqual(crowd.asked.map(({ by }) => by).sort(), [...readers].sort(), "each asks once");
      assert.deepEqual(new Set(crowd.asked.map(({ to }) => to)), new Set([crowd.ada]));
      assert.equal(crowd.sealed.length, readers.length, "and is answered once, by the author alone");
      const times = crowd.asked.map(({ at }) => at - lostAt);
      assert.ok(Math.min(...times) >= ASKING.firstMs && Math.max(...times) <= longest, `${times}`);
      // The author is never to seal a good part of the room's answers at once: evenly it were one every 5 ms.
      const sealings = crowd.sealed.map(({ at }) => at);
      assert.ok(most(sealings, 50) <= 25, `${most(sealings, 50)} answers within 50 ms`);
      assert.ok(most(sealings, 250) <= 75, `${most(sealings, 250)} answers within 250 ms`);
      crowd.timers.dispose();
    });
  }
});
