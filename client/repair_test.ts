import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, turns } from "../tests/helpers.ts";
import { ASKING, Repair } from "./repair.ts";
import {
  type GoneRange,
  type Range,
  REPAIR_LIMITS,
  type RepairAnswer,
  type RepairAsk,
} from "./repair_frames.ts";
import { Timers } from "./timers.ts";

const ADA = "aa".repeat(16);
const BOB = "bb".repeat(16);
const CAROL = "cc".repeat(16);
const DAVE = "dd".repeat(16);
const EVE = "ee".repeat(16);
const PACK = new Uint8Array(4);

/** The longest that the first ask may take with everybody on this stage. */
const FIRST_MS = 2 * ASKING.firstMs + 10 * ASKING.spreadMs;
/** The longest from one ask to the next. */
const NEXT_MS = ASKING.answerMs + ASKING.againMs[1];

interface Asked extends RepairAsk {
  to: string;
  at: number;
}

/** A room in which things are missing. */
class Stage {
  readonly clock = new FakeClock();
  readonly timers = new Timers(this.clock);
  missing: Range[] = [];
  reachable: string[] = [ADA, BOB, CAROL];
  absent: string[] = [];
  readonly asked: Asked[] = [];
  readonly gone: string[] = [];
  /** Of each of these, whether its author has said so. */
  readonly byAuthor: boolean[] = [];
  readonly heard: string[] = [];
  readonly taken: { packs: number; authors: string[] }[] = [];
  changes = 0;
  silences = 0;
  readonly refuted: string[] = [];
  /** Who is asked before any other but the author. */
  prefers = "";
  /** Whether what comes is news. */
  news = false;
  /** What has come and has not been read, if any has. */
  unread: Promise<void> | null = null;
  onTake: () => void = () => {};
  onChanged: () => void = () => {};
  /** What an ask ends with. */
  sealing: (to: string) => Promise<void> = () => Promise.resolve();
  readonly room = {
    timers: this.timers,
    now: (): number => this.clock.now(),
    unreadOf: (): Promise<void> | null => this.unread,
    missing: (): Range[] => this.missing,
    reachable: (): string[] => this.reachable,
    absent: (): string[] => this.absent,
    first: (_author: string, those: readonly string[]): string[] =>
      those.includes(this.prefers) ? [this.prefers] : [...those],
    ask: (to: string, ask: RepairAsk): Promise<void> => {
      this.asked.push({ ...ask, to, at: this.clock.now() });
      return this.sealing(to);
    },
    take: (packs: RepairAnswer["packs"], authors: ReadonlySet<string>): Promise<boolean> => {
      this.taken.push({ packs: packs.length, authors: [...authors] });
      this.onTake();
      return Promise.resolve(this.news);
    },
    gone: ({ author, from, to, messages, notMine, byAuthor }: GoneRange & { byAuthor: boolean }) => {
      this.gone.push(`${author.slice(0, 2)} ${from}-${to} ${messages}${notMine === true ? " not mine" : ""}`);
      this.byAuthor.push(byAuthor);
    },
    heard: (from: string, vector: NonNullable<RepairAnswer["vector"]>) =>
      void this.heard.push(`${from.slice(0, 2)} ${vector.length}`),
    changed: (): void => {
      this.changes++;
      this.onChanged();
    },
    silent: () => void this.silences++,
    refuted: (author: string) => void this.refuted.push(author),
  };
  readonly repair: Repair = new Repair(this.room);

  /** Something is missing of `author`. */
  lack(...authors: string[]): this {
    this.missing = authors.map((author) => ({ author, from: 3, to: 5 }));
    this.repair.look();
    return this;
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    assert.ok(last, "nobody has been asked");
    return last;
  }

  /** Whom has been asked since the last time this was called. */
  targets(): string[] {
    return this.asked.splice(0).map(({ to }) => to);
  }

  answer(part: Partial<RepairAnswer> = {}, from = this.last.to): Promise<boolean> {
    const { ask } = this.last;
    return this.repair.answered(from, { ask, packs: [], gone: [], vector: null, last: true, ...part });
  }
}

Deno.test("Repair waits a moment, then asks the author for what is missing of it", () => {
  for (let i = 0; i < 50; i++) {
    const stage = new Stage().lack(ADA);
    const may = (): boolean[] => [ADA, BOB].map((id) => stage.repair.mayCome(id));
    assert.deepEqual(may(), [true, false], "what is missing will be asked for");
    stage.clock.advance(ASKING.firstMs - 1);
    assert.deepEqual(stage.asked, []);
    assert.deepEqual(may(), [true, false]);
    stage.clock.advance(FIRST_MS - ASKING.firstMs + 1);
    const { to, ranges, all } = stage.last;
    assert.deepEqual([stage.asked.length, to, all], [1, ADA, false]);
    assert.deepEqual(ranges, stage.missing);
    assert.equal(stage.repair.mayCome(ADA), true);
  }
});

Deno.test("Repair asks nobody when all has come by itself, or when nobody is there", () => {
  const stage = new Stage().lack(ADA);
  stage.missing = [];
  stage.clock.advance(600_000);
  assert.deepEqual(stage.asked, []);
  stage.reachable = [];
  stage.lack(ADA);
  stage.clock.advance(600_000);
  assert.deepEqual(stage.asked, []);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Repair never has two asks for one loss under way, however often it is told to look", () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  for (let i = 0; i < 100; i++) {
    stage.repair.look();
    stage.repair.renew();
    stage.clock.advance(10);
  }
  assert.equal(stage.asked.length, 1);
});

Deno.test("Repair asks the author first, then others at random, each once and one at a time", () => {
  const seconds = new Set<string>();
  for (let i = 0; i < 60; i++) {
    const stage = new Stage();
    stage.reachable = [BOB, CAROL, ADA];
    stage.lack(ADA);
    while (stage.asked.length < 3) stage.clock.advance(50);
    const [first, ...others] = stage.asked;
    assert.equal(first?.to, ADA);
    assert.deepEqual(others.map(({ to }) => to).sort(), [BOB, CAROL]);
    let before = first.at;
    for (const { at } of others) {
      const ms = at - before;
      assert.ok(ms >= ASKING.answerMs + ASKING.againMs[0] && ms <= NEXT_MS, `${ms} ms`);
      before = at;
    }
    assert.equal(new Set(stage.asked.map(({ ask }) => ask)).size, 3, "each ask has its number");
    seconds.add(others[0]?.to ?? "");
    assert.equal(stage.silences, 2, "and each is told to be silent");
    while (stage.asked.length < 4) stage.clock.advance(50);
    assert.equal(stage.last.to, ADA, "from the beginning, when nobody else is left");
  }
  assert.deepEqual([...seconds].sort(), [BOB, CAROL]);
});

Deno.test("Repair asks another at once whom the author's absence leaves, one known to have it rather", () => {
  const firsts = new Set<string>();
  for (let i = 0; i < 60; i++) {
    const stage = new Stage();
    stage.reachable = [BOB, CAROL, DAVE];
    stage.repair.holds(ADA, CAROL, 9);
    stage.repair.holds(ADA, DAVE, 9);
    stage.repair.holds(ADA, EVE, 9);
    stage.lack(ADA);
    stage.clock.advance(FIRST_MS);
    firsts.add(stage.last.to);
    stage.repair.forget(CAROL);
    stage.repair.forget(DAVE);
    while (stage.asked.length < 3) stage.clock.advance(50);
    assert.equal(new Set(stage.targets()).size, 3, "then those of whom nothing is known");
  }
  assert.deepEqual([...firsts].sort(), [CAROL, DAVE]);
});

Deno.test("Repair remembers who has what for 4,096 authors", () => {
  const stage = new Stage();
  for (let i = 0; i < ASKING.authors; i++) stage.repair.holds(i.toString(16).padStart(32, "0"), BOB, 1);
  stage.repair.holds(ADA, CAROL, 1);
  const others = Array.from({ length: 30 }, (_, i) => `${(i + 16).toString(16)}`.repeat(16));
  stage.reachable = [CAROL, ...others];
  let known = 0;
  for (let i = 0; i < 20; i++) {
    stage.lack(ADA);
    stage.clock.advance(1_000);
    if (stage.last.to === CAROL) known++;
    stage.repair.reset();
  }
  assert.ok(known < 20, "it is not remembered of one more");
});

Deno.test("Repair asks four that do not have it before it is left to time; renew() lets it ask again", async () => {
  const stage = new Stage();
  stage.reachable = [ADA, BOB, CAROL, DAVE, EVE];
  stage.lack(ADA);
  for (let i = 0; i < ASKING.tries; i++) {
    assert.equal(i === 0 || stage.repair.mayCome(ADA), true);
    stage.clock.advance(FIRST_MS);
    await stage.answer();
  }
  stage.clock.advance(600_000);
  assert.equal(new Set(stage.targets()).size, ASKING.tries);
  assert.equal(stage.repair.mayCome(ADA), false);
  assert.equal(stage.clock.waiting, 0);
  stage.repair.look();
  stage.clock.advance(600_000);
  assert.equal(stage.targets().length, 0);
  stage.repair.renew();
  stage.clock.advance(FIRST_MS);
  assert.deepEqual(stage.targets(), [ADA]);
});

Deno.test("Repair keeps on with whom it has asked as long as that brings news", async () => {
  const stage = new Stage();
  stage.reachable = [ADA];
  stage.lack(ADA);
  stage.news = true;
  for (let i = 0; i < 3 * ASKING.tries; i++) {
    stage.clock.advance(FIRST_MS);
    assert.equal(stage.asked.length, i + 1);
    await stage.answer({ packs: [PACK] });
  }
  stage.news = false;
  stage.clock.advance(FIRST_MS);
  await stage.answer();
  stage.clock.advance(600_000);
  assert.equal(stage.asked.length, 3 * ASKING.tries + 1);
  assert.equal(stage.repair.mayCome(ADA), false);
});

Deno.test("Repair: more may come as long as the last answer brought news, or somebody new is there", async () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  stage.news = true;
  const may: boolean[] = [];
  stage.onChanged = () => may.push(stage.repair.mayCome(ADA));
  await stage.answer({ packs: [PACK] });
  assert.deepEqual(may, [true], "what is left will be asked for");
  stage.clock.advance(FIRST_MS + ASKING.answerMs);
  stage.repair.renew();
  assert.equal(stage.repair.mayCome(ADA), true, "whoever came may have it");
  stage.repair.reset();
  assert.equal(stage.repair.mayCome(ADA), true, "and so may who is there when we are back");
  stage.reachable = [];
  assert.equal(stage.repair.mayCome(ADA), false);
});

Deno.test("Repair gives an answer four seconds, and each part that helps as long again", async () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  stage.news = true;
  stage.changes = 0;
  stage.clock.advance(stage.last.at + ASKING.answerMs - 1 - stage.clock.now());
  for (let i = 0; i < 5; i++) {
    await stage.answer({ packs: [PACK], last: false });
    if (i < 4) stage.clock.advance(ASKING.answerMs - 1);
  }
  assert.equal(stage.changes, 0);
  assert.equal(stage.asked.length, 1);
  stage.clock.advance(ASKING.answerMs - 1);
  assert.equal(stage.changes, 0);
  stage.clock.advance(1);
  assert.equal(stage.changes, 1, "it has failed");
  const { ask, to } = stage.last;
  stage.clock.advance(ASKING.againMs[1]);
  assert.equal(stage.asked.length, 2, "others are asked");
  await stage.repair.answered(to, { ask, packs: [PACK], gone: [], vector: null, last: true });
  assert.equal(stage.taken.length, 6, "what comes late is taken all the same");
  await stage.repair.answered(to, { ask, packs: [PACK], gone: [], vector: null, last: true });
  assert.equal(stage.taken.length, 6, "once");
});

Deno.test("Repair: what is in an answer that comes late may come until all of it has been taken", async () => {
  const stage = new Stage().lack(ADA, BOB);
  stage.reachable = [CAROL];
  stage.clock.advance(600_000);
  assert.equal(stage.repair.mayCome(ADA), false, "nobody is left to ask");
  const seen: boolean[] = [];
  stage.onTake = () => void seen.push(stage.repair.mayCome(ADA), stage.repair.mayCome(BOB));
  stage.news = true;
  stage.reachable = [];
  await stage.answer({ packs: [PACK], last: false });
  assert.deepEqual(seen, [true, true], "while the first of its packs are shown");
  assert.equal(stage.repair.mayCome(ADA), false, "one that is late holds nobody up");
});

Deno.test("Repair asks twelve times in vain those who do not answer, and again when it is told to", () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(600_000);
  assert.equal(stage.targets().length, ASKING.failures);
  assert.deepEqual([stage.repair.mayCome(ADA), stage.clock.waiting], [false, 0]);
  stage.repair.renew();
  stage.clock.advance(FIRST_MS);
  assert.deepEqual(stage.targets(), [ADA]);
});

Deno.test("Repair calls nobody silent as long as something of it lies unread that had come in time", async () => {
  const stage = new Stage().lack(ADA);
  const { promise, resolve } = Promise.withResolvers<void>();
  stage.clock.advance(FIRST_MS);
  stage.unread = promise;
  stage.clock.advance(60_000);
  await turns();
  assert.deepEqual([stage.asked.length, stage.silences, stage.repair.mayCome(ADA)], [1, 0, true]);
  stage.unread = null;
  stage.news = true;
  await stage.answer({ packs: [PACK], last: false }); // the next to be read
  resolve();
  await turns();
  assert.equal(stage.silences, 0, "it has just given something");
  stage.clock.advance(ASKING.slowMs);
  assert.equal(stage.silences, 1);

  const other = new Stage().lack(ADA);
  other.clock.advance(FIRST_MS);
  other.unread = Promise.resolve();
  other.clock.advance(ASKING.answerMs);
  await turns();
  assert.equal(other.silences, 1, "it was not in what has been read");
});

Deno.test("Repair gives whoever has helped late half as long again the next time, but at most half a minute", async () => {
  for (const [took, patience] of [[10_000, 15_000], [100_000, ASKING.slowMs], [3_000, ASKING.answerMs]]) {
    const stage = new Stage();
    stage.reachable = [ADA];
    stage.lack(ADA);
    stage.clock.advance(FIRST_MS);
    const [first] = stage.asked as [Asked];
    stage.news = true;
    stage.clock.advance(first.at + (took ?? 0) - stage.clock.now());
    await stage.repair.answered(ADA, { ask: first.ask, packs: [PACK], gone: [], vector: null, last: true });
    stage.news = false;
    if (stage.asked.length > 1) await stage.answer();
    stage.asked.length = stage.silences = 0;
    stage.repair.renew();
    while (stage.asked.length === 0) stage.clock.advance(10);
    const { at } = stage.last;
    stage.clock.advance(at + (patience ?? 0) - 1 - stage.clock.now());
    assert.deepEqual([stage.asked.length, stage.silences], [1, 0]);
    stage.clock.advance(1);
    assert.equal(stage.silences, 1);
  }
});

Deno.test("Repair: what somebody has been asked for may come late for five minutes, as long as that one is there", async () => {
  const stage = new Stage();
  stage.reachable = [BOB];
  stage.lack(ADA);
  stage.clock.advance(ASKING.failures * NEXT_MS);
  assert.equal(stage.asked.length, ASKING.failures, "nobody is left to ask");
  assert.equal(stage.repair.mayCome(ADA), true);
  stage.reachable = [CAROL];
  assert.equal(stage.repair.mayCome(ADA), false);
  stage.reachable = [BOB];
  await stage.answer();
  assert.equal(stage.repair.mayCome(ADA), false, "who has answered the last has answered all");

  const other = new Stage();
  other.reachable = [BOB];
  other.lack(ADA);
  other.clock.advance(ASKING.failures * NEXT_MS);
  other.clock.advance(other.last.at + ASKING.lateMs - 1 - other.clock.now());
  assert.equal(other.repair.mayCome(ADA), true);
  other.clock.advance(1);
  assert.equal(other.repair.mayCome(ADA), false);
});

Deno.test("Repair.askOnce() asks one member, 64 ranges at a time, and takes what comes of it", async () => {
  const stage = new Stage();
  stage.reachable = [BOB];
  const ranges = Array.from({ length: 70 }, (_, i) => ({ author: ADA, from: 2 * i + 1, to: 2 * i + 1 }));
  stage.repair.askOnce(ranges);
  assert.deepEqual(stage.asked.map(({ to, ranges }) => [to, ranges.length]), [[BOB, 64], [BOB, 6]]);
  await stage.answer({ packs: [PACK] });
  assert.deepEqual(stage.taken, [{ packs: 1, authors: [ADA] }]);
  stage.reachable = [];
  stage.repair.askOnce(ranges);
  assert.equal(stage.asked.length, 2);
});

Deno.test("Repair remembers 512 asks whose answer is late", async () => {
  const stage = new Stage().lack(ADA);
  const count = ASKING.late + 2;
  for (let i = 0; stage.asked.length < count + 1; i++) {
    assert.ok(i < 20_000, "it asks on when it is told to");
    stage.repair.renew();
    stage.clock.advance(500);
  }
  for (const { ask, to } of stage.asked.slice(0, 3)) {
    await stage.repair.answered(to, { ask, packs: [PACK], gone: [], vector: null, last: false });
  }
  assert.equal(stage.taken.length, 1, "the two oldest are forgotten");
});

Deno.test("Repair asks somebody once more who says that it has got what it did not have when it was asked", async () => {
  const stage = new Stage();
  stage.reachable = [BOB, CAROL];
  stage.repair.holds(ADA, CAROL, 3); // the first that is missing is among it
  stage.lack(ADA);
  for (let i = 0; i < 2; i++) {
    stage.clock.advance(FIRST_MS);
    await stage.answer();
  }
  assert.deepEqual(stage.targets().sort(), [BOB, CAROL]);
  const again = async (holder: string, number: number): Promise<string[]> => {
    stage.repair.holds(ADA, holder, number);
    stage.clock.advance(FIRST_MS);
    if (stage.asked.length > 0) await stage.answer();
    stage.clock.advance(FIRST_MS);
    return stage.targets();
  };
  assert.deepEqual(await again(CAROL, 9), [], "it had it, and did not give it");
  assert.deepEqual(await again(BOB, 4), [BOB]);
  assert.deepEqual(await again(BOB, 4), [], "that is no news");
  assert.deepEqual(await again(BOB, 9), [], "nor would it give it by having more");
  assert.deepEqual(await again(DAVE, 9), [], "who is not there is not asked");
});

Deno.test("Repair: one that answers without end and without news holds nobody up", async () => {
  const stage = new Stage();
  stage.reachable = [BOB, CAROL];
  stage.lack(ADA);
  stage.clock.advance(FIRST_MS);
  const liar = stage.last.to;
  for (let i = 0; i < 20; i++) {
    await stage.repair.answered(liar, {
      ask: stage.asked[0]?.ask ?? 0,
      packs: [PACK],
      gone: [{ author: ADA, from: 3, to: 5, messages: 3 }],
      vector: null,
      last: false,
    });
    stage.clock.advance(1_000);
  }
  assert.deepEqual(stage.targets().slice(0, 2), [liar, liar === BOB ? CAROL : BOB]);
});

Deno.test("Repair asks for 64 ranges at once, and for the rest afterwards, of whoever is there", async () => {
  const stage = new Stage();
  stage.reachable = [BOB];
  stage.news = true;
  const authors = Array.from(
    { length: REPAIR_LIMITS.ranges + 6 },
    (_, i) => (i + 16).toString(16).repeat(16),
  );
  stage.lack(...authors);
  stage.clock.advance(FIRST_MS);
  assert.equal(stage.last.ranges.length, REPAIR_LIMITS.ranges);
  const rest = authors.filter((author) => stage.last.ranges.every((range) => range.author !== author));
  stage.onTake = () => stage.missing = stage.missing.filter(({ author }) => rest.includes(author));
  await stage.answer({ packs: [PACK] });
  stage.clock.advance(FIRST_MS);
  assert.equal(stage.asked.length, 2);
  assert.deepEqual(stage.last.ranges.map(({ author }) => author), rest);
});

Deno.test("Repair puts what is missing of several into one ask for each that is asked", () => {
  const stage = new Stage();
  stage.reachable = [ADA, BOB];
  stage.lack(ADA, BOB, CAROL);
  stage.missing.push({ author: ADA, from: 9, to: 9 });
  stage.clock.advance(FIRST_MS);
  assert.deepEqual(stage.targets().sort(), [ADA, BOB]);
});

Deno.test("Repair: what nobody has asked for changes nothing", async () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  const { ask } = stage.last;
  stage.news = true;
  stage.changes = 0;
  const part = {
    packs: [PACK],
    gone: [{ author: ADA, from: 3, to: 5, messages: 3 }],
    vector: [{ id: BOB, number: 9, hash: "" }],
  };
  await stage.answer(part, BOB);
  await stage.answer({ ...part, ask: ask + 1 });
  await stage.answer({ ...part, ask: 0 });
  assert.deepEqual([stage.taken, stage.gone, stage.heard, stage.changes], [[], [], [], 0]);
  await stage.answer(part);
  assert.deepEqual(stage.heard, ["aa 1"]);
  assert.deepEqual(stage.taken, [{ packs: 1, authors: [ADA] }], "and of those alone that were asked for");
  await stage.answer(part);
  assert.equal(stage.taken.length, 1, "an answer counts once");
});

Deno.test("Repair: a part that does not verify leaves the ask to run out, and then another is asked", async () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  stage.onTake = () => {
    throw new Error("not signed by its author");
  };
  await assert.rejects(stage.answer({ packs: [PACK], gone: [{ author: ADA, from: 3, to: 5, messages: 3 }] }));
  assert.deepEqual(stage.gone, []);
  stage.clock.advance(NEXT_MS);
  assert.ok(new Set(stage.targets()).size >= 2);
});

Deno.test("Repair believes an author at once about what is gone, others when nobody is left to ask", async () => {
  const gone = [{ author: ADA, from: 3, to: 5, messages: 3 }, { author: BOB, from: 1, to: 9, messages: 9 }];
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  await stage.answer({ gone });
  assert.deepEqual(stage.gone, ["aa 3-5 3"], "nor of anybody that was not asked for");

  const others = new Stage();
  others.reachable = [BOB, CAROL];
  others.lack(ADA);
  others.clock.advance(FIRST_MS);
  await others.answer({ gone });
  assert.deepEqual(others.gone, []);
  others.clock.advance(FIRST_MS);
  assert.equal(others.asked.length, 2, "somebody else may have it");
  await others.answer();
  assert.deepEqual(others.gone, []);
  others.clock.advance(FIRST_MS);
  assert.deepEqual(others.gone, ["aa 3-5 3"]);
  others.repair.look();
  others.clock.advance(FIRST_MS);
  assert.equal(others.gone.length, 1, "once");
});

Deno.test("Repair asks others for what its author had no room for, and believes the author when nobody is left", async () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  assert.deepEqual(stage.targets(), [ADA]);
  await stage.repair.answered(ADA, {
    ask: 1,
    packs: [],
    gone: [{ author: ADA, from: 3, to: 5, messages: 2, notMine: true }],
    vector: null,
    last: true,
  });
  assert.deepEqual(stage.gone, []);
  for (const others of [1, 2]) {
    assert.equal(stage.repair.mayCome(ADA), true);
    stage.clock.advance(FIRST_MS);
    assert.equal(stage.asked.length, others);
    await stage.answer();
  }
  stage.clock.advance(FIRST_MS);
  assert.deepEqual([stage.gone, stage.byAuthor], [["aa 3-5 2 not mine"], [true]]);
});

Deno.test("Repair forgets what others call gone when the next one gives it after all", async () => {
  const stage = new Stage();
  stage.reachable = [BOB, CAROL];
  stage.lack(ADA);
  stage.clock.advance(FIRST_MS);
  await stage.answer({ gone: [{ author: ADA, from: 3, to: 5, messages: 3 }] });
  stage.clock.advance(FIRST_MS);
  stage.news = true;
  await stage.answer({ packs: [PACK] });
  stage.missing = [];
  stage.clock.advance(600_000);
  assert.deepEqual(stage.gone, []);
});

Deno.test("Repair: however much others call gone, little of it is kept", async () => {
  const stage = new Stage();
  stage.reachable = [BOB];
  stage.lack(ADA);
  stage.clock.advance(FIRST_MS);
  const gone = Array.from({ length: 64 }, (_, i) => ({ author: ADA, from: i, to: i, messages: 1 }));
  for (let i = 0; i < 50; i++) await stage.answer({ gone, last: false });
  await stage.answer({ gone });
  stage.clock.advance(FIRST_MS);
  assert.equal(stage.gone.length, REPAIR_LIMITS.ranges);
});

Deno.test("Repair.all() asks one member for all that it has, with what is known to be missing", () => {
  const stage = new Stage();
  stage.repair.all();
  stage.clock.advance(FIRST_MS);
  assert.deepEqual([stage.asked.length, stage.last.all, stage.last.ranges], [1, true, []]);
  assert.equal(stage.changes, 0, "nobody waits for anything");

  const named = new Stage();
  named.repair.all(CAROL);
  named.repair.all(BOB);
  named.clock.advance(FIRST_MS);
  assert.deepEqual([named.asked.length, named.last.to], [1, CAROL]);

  const lacking = new Stage().lack(BOB);
  lacking.repair.all();
  lacking.clock.advance(FIRST_MS);
  assert.deepEqual([lacking.asked.length, lacking.last.to, lacking.last.all], [1, BOB, true]);
  assert.deepEqual(lacking.last.ranges, lacking.missing);
});

Deno.test("Repair.all() waits until somebody is there", async () => {
  const stage = new Stage();
  stage.reachable = [];
  stage.repair.all();
  stage.clock.advance(60_000);
  stage.repair.reset();
  stage.reachable = [BOB];
  stage.repair.renew();
  stage.clock.advance(FIRST_MS);
  assert.deepEqual([stage.last.to, stage.last.all], [BOB, true], "a connection later too");
  stage.clock.advance(NEXT_MS);
  assert.deepEqual([stage.asked.length, stage.last.all], [2, true], "and of another when there is no answer");
  stage.clock.advance(stage.last.at + FIRST_MS - stage.clock.now());
  await stage.answer({ vector: [] });
  stage.clock.advance(60_000);
  assert.equal(stage.asked.length, 2, "but once is enough");
});

Deno.test("Repair.reset() leaves no timer, asks anew afterwards, and takes what had come by then", async () => {
  const stage = new Stage().lack(ADA);
  stage.clock.advance(FIRST_MS);
  stage.repair.look();
  stage.repair.reset();
  assert.equal(stage.clock.waiting, 0);
  stage.news = true;
  await stage.answer({ packs: [PACK] });
  assert.equal(stage.taken.length, 1);
  await stage.answer({ packs: [PACK] });
  assert.equal(stage.taken.length, 1, "once");
  stage.repair.renew();
  stage.clock.advance(FIRST_MS);
  assert.deepEqual(stage.targets(), [ADA, ADA]);
});

Deno.test("Repair asks another when an ask cannot be sealed", async () => {
  const stage = new Stage();
  stage.sealing = (to) => to === ADA ? Promise.reject(new Error("its key is bad")) : Promise.resolve();
  stage.lack(ADA);
  stage.clock.advance(FIRST_MS);
  await turns();
  stage.clock.advance(ASKING.againMs[1]);
  assert.equal(stage.asked.length, 2);
  assert.notEqual(stage.last.to, ADA);
});

/** What a member does when it is asked: nothing, or answer so. */
const behaviour = fc.constantFrom("silent", "empty", "lies", "gives", "gone");

Deno.test("Repair: whatever those asked do, one ask at a time, nobody twice in vain, and an end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 8 }), async (behaviours) => {
      const stage = new Stage();
      const members = behaviours.map((_, i) => (i + 16).toString(16).repeat(16));
      stage.reachable = members;
      const author = members[0] ?? ADA;
      const saysGone = (id: string): boolean => does.get(id) === "gone";
      const does = new Map(members.map((id, i) => [id, behaviours[i] ?? "silent"]));
      let given = false;
      stage.lack(author);
      const end = stage.clock.now() + 90_000;
      for (let asks = 0, quiet = 0; quiet < 10_000 && stage.clock.now() < end;) {
        stage.clock.advance(50);
        assert.ok(stage.asked.length <= asks + 1, "one at a time");
        const silentFor = stage.clock.now() - (stage.asked[asks - 1]?.at ?? 0);
        if (stage.asked.length > asks && asks > 0 && does.get(stage.asked[asks - 1]?.to ?? "") === "silent") {
          assert.ok(silentFor >= ASKING.answerMs);
        }
        quiet = stage.asked.length === asks ? quiet + 50 : 0;
        if (stage.asked.length === asks) continue;
        asks = stage.asked.length;
        const what = does.get(stage.last.to);
        stage.news = what === "gives";
        if (what === "gives") {
          given = true;
          stage.missing = [];
        }
        const gone = [{ author, from: 3, to: 5, messages: 3 }];
        if (what === "silent") continue;
        if (what === "lies") await stage.answer({ ask: stage.last.ask + 7, gone });
        else await stage.answer({ packs: [PACK], gone: what === "gone" ? gone : [] });
      }
      const targets = stage.asked.map(({ to }) => to);
      assert.equal(targets[0], author);
      const answering = targets.filter((id) => !["silent", "lies"].includes(does.get(id) ?? ""));
      assert.equal(new Set(answering).size, answering.length, "who has answered in vain is not asked again");
      assert.ok(answering.length <= ASKING.tries);
      const inVain = targets.indexOf(answering[ASKING.tries - 1] ?? "") + 1;
      const first = targets.slice(0, inVain > 0 ? inVain : members.length);
      assert.equal(
        new Set(first).size,
        first.length,
        "nobody twice before everybody, or enough in vain, once",
      );
      const more = inVain > 0 ? targets.slice(inVain) : [];
      assert.deepEqual(more.filter((id) => id !== author), [], "after four in vain the author alone");
      if (given) assert.equal(does.get(targets.at(-1) ?? ""), "gives");
      if (does.get(author) === "gone") assert.ok(stage.gone.length > 0, "its own word counts");
      const open = members.some((id) => ["silent", "lies"].includes(does.get(id) ?? ""));
      if (open) return;
      assert.equal(
        stage.gone.length,
        given ? (does.get(author) === "gone" ? 1 : 0) : targets.filter(saysGone).length,
      );
      assert.equal(stage.clock.waiting, 0);
    }),
    { numRuns: 150 },
  );
});

Deno.test("Repair asks those first that the room names first", () => {
  for (let i = 0; i < 20; i++) {
    const stage = new Stage();
    stage.prefers = CAROL;
    stage.lack(DAVE).clock.advance(FIRST_MS);
    assert.deepEqual(stage.targets(), [CAROL]);
  }
});

Deno.test("Repair asks on past those for whom it never was, twelve of them at most, each once", async () => {
  const stage = new Stage();
  const came = Array.from({ length: 30 }, (_, i) => (i + 32).toString(16).repeat(16));
  stage.reachable = came;
  stage.lack(ADA);
  const gone = [{ author: ADA, from: 3, to: 5, messages: 0, notMine: true }];
  for (let i = 0; i < ASKING.failures + ASKING.tries; i++) {
    stage.clock.advance(FIRST_MS + came.length * ASKING.spreadMs);
    assert.equal(stage.asked.length, i + 1);
    await stage.answer({ gone, last: false });
    await stage.answer({ gone });
  }
  stage.clock.advance(600_000);
  assert.equal(new Set(stage.targets()).size, ASKING.failures + ASKING.tries);
  assert.equal(stage.repair.mayCome(ADA), false);
  assert.equal(stage.gone[0], "aa 3-5 3 not mine");
  assert.equal(new Set(stage.gone).size, 1);
});

Deno.test("Repair: who says that it never was for it, and then is silent, is counted once", async () => {
  const stage = new Stage();
  stage.reachable = [BOB, CAROL, DAVE, EVE, "ff".repeat(16)];
  stage.lack(ADA);
  const gone = [{ author: ADA, from: 3, to: 5, messages: 0, notMine: true }];
  stage.clock.advance(FIRST_MS);
  await stage.answer({ gone, last: false });
  for (let i = 0; i < ASKING.tries; i++) {
    stage.clock.advance(NEXT_MS);
    await stage.answer();
  }
  stage.clock.advance(600_000);
  assert.equal(new Set(stage.targets()).size, ASKING.tries + 1);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Repair: who is away is awaited until it is back and has answered, or been silent three times", async () => {
  for (const silent of [false, true]) {
    const stage = new Stage();
    stage.reachable = [BOB, CAROL];
    stage.absent = [DAVE];
    stage.lack(ADA);
    stage.clock.advance(FIRST_MS);
    await stage.answer();
    stage.clock.advance(FIRST_MS);
    await stage.answer();
    stage.clock.advance(60_000);
    assert.deepEqual([stage.repair.mayCome(ADA), stage.repair.awaited(ADA, 5)], [false, [DAVE]]);
    stage.targets();
    stage.absent = [];
    stage.reachable = [BOB, CAROL, DAVE];
    stage.repair.renew();
    for (let silences = 0; silences < 3; silences++) {
      for (let ms = 0; ms < NEXT_MS && stage.asked.length === silences; ms++) stage.clock.advance(1);
      assert.deepEqual([stage.asked.length, stage.last.to], [silences + 1, DAVE], "before all others");
      assert.deepEqual(stage.repair.awaited(ADA, 5), [DAVE]);
      if (!silent) await stage.answer();
      if (!silent) break;
      stage.clock.advance(ASKING.answerMs);
      stage.repair.renew();
    }
    assert.deepEqual(stage.repair.awaited(ADA, 5), []);
    stage.reachable = [BOB, CAROL];
    stage.absent = [DAVE];
    stage.repair.renew();
    assert.deepEqual(stage.repair.awaited(ADA, 5), [], "coming and going gives no second chance");
    const more = stage.repair.awaited(ADA, 6); // of what it has not been asked for
    assert.deepEqual(more, silent ? [] : [DAVE]);
    stage.timers.dispose();
  }
});

Deno.test("Repair asks an author that was slow again, also when four others have been asked in vain", async () => {
  for (const answers of [true, false]) {
    const stage = new Stage();
    stage.reachable = [ADA, ..."123456"].map((id) => id.padEnd(32, id));
    stage.lack(ADA);
    stage.clock.advance(FIRST_MS);
    assert.equal(stage.last.to, ADA);
    stage.clock.advance(NEXT_MS);
    for (let i = 0; i < ASKING.tries; i++) {
      assert.notEqual(stage.last.to, ADA);
      await stage.answer();
      assert.equal(stage.repair.mayCome(ADA), true, "the author has it");
      stage.clock.advance(FIRST_MS);
    }
    assert.deepEqual([stage.asked.length, stage.last.to], [2 + ASKING.tries, ADA]);
    if (answers) await stage.answer();
    else stage.clock.advance(600_000);
    assert.equal(stage.repair.mayCome(ADA), false);
    assert.equal(new Set(stage.targets()).size, 1 + ASKING.tries, "and nobody else");
    stage.timers.dispose();
  }
});

Deno.test("Repair asks who was away and is back also when four others have been asked in vain", async () => {
  const stage = new Stage();
  const others = [..."123456"].map((digit) => digit.repeat(32));
  stage.reachable = [...others];
  stage.absent = [DAVE];
  assert.deepEqual(stage.repair.awaited(ADA, 5), [DAVE]);
  stage.lack(ADA);
  for (let i = 0; i < ASKING.tries; i++) {
    stage.clock.advance(FIRST_MS);
    await stage.answer();
  }
  stage.absent = [];
  stage.reachable = [...others, DAVE];
  stage.targets();
  stage.repair.look();
  stage.clock.advance(FIRST_MS);
  assert.deepEqual(stage.targets(), [DAVE]);
  stage.timers.dispose();
});

Deno.test("Repair: an ask for something else says nothing about who has what is missing", async () => {
  const stage = new Stage();
  stage.reachable = [];
  stage.absent = [BOB];
  assert.deepEqual(stage.repair.awaited(ADA, 5), [BOB]);
  stage.absent = [];
  stage.reachable = [BOB];
  stage.repair.askOnce([{ author: ADA, from: 6, to: 9 }]);
  await stage.answer();
  assert.deepEqual(stage.repair.awaited(ADA, 5), [BOB]);
  stage.timers.dispose();
});
