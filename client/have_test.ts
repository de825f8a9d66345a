import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import type { Head } from "./delivery.ts";
import { HaveKeeper, LOOKERS, PERIOD_MS, QUIET_MS, SOON_MS, SPREAD_MS } from "./have.ts";
import { type Have, vectorDigest } from "./side.ts";

const ME = "aa".repeat(16);
const BOB = "bb".repeat(16);
const CAROL = "cc".repeat(16);
const HASH = "12".repeat(32);
const OTHER_HASH = "34".repeat(32);
const head = (number: number, hash = HASH): Head => ({ number, hash, lamport: number });

/** A room of which one keeps track. */
class Stage {
  readonly clock = new FakeClock();
  readonly start = this.clock.now();
  vector = new Map<string, Head>([[ME, head(5)], [BOB, head(3)], [CAROL, head(2)]]);
  members = 3;
  here = new Set([ME, BOB, CAROL]);
  readonly sent: { have: Have; at: number }[] = [];
  readonly told: string[] = [];
  readonly keeper: HaveKeeper;

  constructor(members = 3) {
    this.members = members;
    const tell = (...words: unknown[]): void => void this.told.push(words.join(" "));
    const short = (id: string): string => id.slice(0, 2);
    this.keeper = new HaveKeeper({
      clock: this.clock,
      me: ME,
      size: () => this.members,
      vector: () => this.vector,
      send: (have) => void this.sent.push({ have, at: this.clock.now() - this.start }),
      covered: (id, number) => tell("covered", short(id), number),
      claimed: (id, number) => tell("claimed", short(id), number),
      here: () => this.here,
      ahead: (author, number, holder) => tell("ahead", short(author), number, short(holder)),
      unlike: (from) => tell("unlike", short(from)),
      differs: (author, number, witness) => tell("differs", short(author), number, short(witness)),
    });
  }

  /** The digest of what is here. */
  get digest(): Have["digest"] {
    return vectorDigest(new Map([...this.here].map((id) => [id, this.vector.get(id) ?? head(0, "")])));
  }

  /** What Bob says; by default the same as is here. */
  bob(change: Partial<Have> = {}): string[] {
    const { digest } = this;
    const bob = this.vector.get(BOB) ?? head(0);
    this.keeper.hear(BOB, {
      number: bob.number,
      hash: bob.hash,
      digest,
      full: false,
      entries: [],
      ...change,
    });
    return this.told.splice(0);
  }

  news(): string[] {
    return this.told.splice(0);
  }
}

const FOREIGN = new Uint8Array(32).fill(1);
const entry = (id: string, number: number, hash = HASH): Have["entries"][0] => ({ id, number, hash });

Deno.test("HaveKeeper says soon after news what has changed, and once more, for either may be dropped", () => {
  const stage = new Stage();
  stage.keeper.news();
  stage.keeper.news();
  stage.clock.advance(SOON_MS - 1);
  assert.equal(stage.sent.length, 0);
  stage.clock.advance(1);
  const [first] = stage.sent;
  assert.deepEqual([first?.have.number, first?.have.hash], [5, HASH]);
  assert.deepEqual(first?.have.entries, [entry(BOB, 3), entry(CAROL, 2)]);
  assert.deepEqual(first?.have.digest, vectorDigest(stage.vector));
  stage.vector.set(CAROL, head(4));
  for (const expected of [[entry(BOB, 3), entry(CAROL, 4)], [entry(CAROL, 4)], []]) {
    stage.keeper.news();
    stage.clock.advance(SOON_MS);
    assert.deepEqual(stage.sent.at(-1)?.have.entries, expected);
  }
  stage.keeper.dispose();
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("HaveKeeper.anew() tells at once all that there is, also what has been told twice", () => {
  const stage = new Stage();
  for (let i = 0; i < 3; i++) {
    stage.keeper.news();
    stage.clock.advance(SOON_MS);
  }
  assert.deepEqual(stage.sent.at(-1)?.have.entries, []);
  stage.keeper.anew();
  stage.clock.advance(0);
  assert.equal(stage.sent.length, 4);
  assert.deepEqual(stage.sent.at(-1)?.have.entries, [entry(BOB, 3), entry(CAROL, 2)]);
  stage.keeper.dispose();
});

Deno.test("HaveKeeper speaks every 30 s or so without news, more rarely and spread out in a large room", () => {
  for (const [members, factor] of [[3, 1], [50, 1], [500, 10]] as const) {
    const gaps: number[] = [];
    for (let i = 0; i < 40; i++) {
      const stage = new Stage(members);
      stage.clock.advance(1.25 * factor * PERIOD_MS + 1);
      gaps.push(stage.sent[0]?.at ?? 0);
      stage.keeper.dispose();
    }
    assert.ok(gaps.every((ms) => ms >= 0.75 * factor * PERIOD_MS && ms <= 1.25 * factor * PERIOD_MS + 1));
    assert.ok(Math.max(...gaps) - Math.min(...gaps) > 0.2 * factor * PERIOD_MS, "not in step");
  }
  const late: number[] = [];
  for (let i = 0; i < 60; i++) {
    const stage = new Stage(108);
    stage.keeper.news();
    stage.clock.advance(SOON_MS + 100 * SPREAD_MS);
    late.push((stage.sent[0]?.at ?? 0) - SOON_MS);
    stage.keeper.dispose();
  }
  assert.ok(late.every((ms) => ms >= 0 && ms <= 100 * SPREAD_MS));
  assert.ok(Math.max(...late) > 50 * SPREAD_MS && Math.min(...late) < 50 * SPREAD_MS);
});

Deno.test("HaveKeeper takes an author's own word, and what covers ours, each once", () => {
  const stage = new Stage();
  assert.deepEqual(stage.bob({ entries: [entry(ME, 4)] }), ["claimed bb 3", "covered bb 4"]);
  assert.deepEqual(stage.bob({ entries: [entry(ME, 4)] }), ["claimed bb 3"]);
  assert.deepEqual(
    stage.bob({ entries: [entry(ME, 99)] }),
    ["claimed bb 3", "covered bb 5"],
    "not what we have not said",
  );
  assert.equal(stage.keeper.coveredBy(BOB), 5);
  assert.equal(stage.keeper.coveredBy(CAROL), 0);
});

Deno.test("HaveKeeper tells who is ahead of us, and who holds another content under the same number", () => {
  const stage = new Stage();
  assert.deepEqual(stage.bob({ entries: [entry(CAROL, 2), entry(CAROL, 1)] }), ["claimed bb 3"]);
  assert.deepEqual(stage.bob({ entries: [entry(CAROL, 3)] }), ["claimed bb 3", "ahead cc 3 bb"]);
  assert.deepEqual(stage.bob({ entries: [entry(CAROL, 2, OTHER_HASH)] }), [
    "claimed bb 3",
    "differs cc 2 bb",
  ]);
  assert.deepEqual(
    stage.bob({ entries: [entry(CAROL, 2, "0".repeat(64))] }),
    ["claimed bb 3"],
    "no hash is none",
  );
  assert.deepEqual(stage.bob({ hash: OTHER_HASH }), ["claimed bb 3", "differs bb 3 bb"]);
  stage.keeper.hearVector(BOB, [entry(CAROL, 9), entry(ME, 2)]);
  assert.deepEqual(stage.news(), ["ahead cc 9 bb", "covered bb 2"], "and so does a whole vector");
});

Deno.test("HaveKeeper: two that have different things compare all of it when the room is quiet, once", () => {
  const stage = new Stage();
  stage.keeper.news();
  stage.clock.advance(QUIET_MS - 1);
  const unlike = (change: Partial<Have> = { digest: FOREIGN }): boolean =>
    stage.bob(change).includes("unlike bb");
  assert.equal(unlike(), false, "it may be on its way");
  stage.clock.advance(1);
  assert.equal(unlike({}), false, "the same");
  assert.equal(unlike(), true);
  assert.equal(unlike(), false, "the same difference");
  assert.equal(unlike({ digest: new Uint8Array(32).fill(2) }), true, "another");
  stage.vector.set(CAROL, head(3));
  stage.keeper.news();
  assert.equal(unlike(), false, "news");
  stage.clock.advance(QUIET_MS);
  stage.keeper.stir();
  stage.clock.advance(QUIET_MS - 1);
  assert.equal(unlike(), false, "somebody has come in");
  stage.clock.advance(1);
  assert.equal(unlike(), true);
  stage.keeper.dispose();
});

Deno.test("HaveKeeper: in a room of 400 about eight compare what they have with one that has something else", () => {
  const stage = new Stage(400);
  stage.clock.advance(QUIET_MS);
  let asked = 0;
  // Each time somebody else might hear of it: the keeper remembers nothing of those that chance does not choose.
  for (let i = 0; i < 40 * 400; i++) {
    const digest = new Uint8Array(32).fill(3);
    new DataView(digest.buffer).setUint32(0, i);
    if (stage.bob({ digest }).includes("unlike bb")) asked++;
  }
  assert.ok(asked > 20 * LOOKERS && asked < 80 * LOOKERS, `${asked} in 40 such rooms`);
  let tries = 1;
  while (!stage.bob({ digest: FOREIGN }).includes("unlike bb")) tries++;
  assert.ok(tries < 5_000, "and each of them does sooner or later");
  stage.keeper.dispose();
});

Deno.test("HaveKeeper compares what those say who are in the room, and nothing of those who have gone", () => {
  const stage = new Stage();
  stage.here.delete(CAROL);
  stage.clock.advance(QUIET_MS);
  const digest = vectorDigest(new Map([[ME, head(5)], [BOB, head(3)]]));
  assert.deepEqual(stage.bob({ digest }), ["claimed bb 3"]);
  stage.keeper.news();
  stage.clock.advance(SOON_MS);
  assert.deepEqual(stage.sent.at(-1)?.have.digest, digest);
  stage.keeper.dispose();
});

Deno.test("HaveKeeper compares also who is there without having said anything: its last word may have been its first", () => {
  const stage = new Stage(4);
  const bobs = stage.digest; // to whom dave has said goodbye
  stage.here.add("dd".repeat(16));
  stage.clock.advance(QUIET_MS);
  assert.deepEqual(stage.bob({ digest: bobs }), ["claimed bb 3", "unlike bb"]);
  assert.deepEqual(stage.bob(), ["claimed bb 3"], "whoever knows as little is asked nothing");
  stage.keeper.dispose();
});

Deno.test("HaveKeeper says no more than 1,000 entries at once, and the rest afterwards", () => {
  const stage = new Stage();
  for (let i = 0; i < 1_100; i++) stage.vector.set((i + 4_096).toString(16).padStart(32, "0"), head(1));
  const said = new Set<string>();
  for (let i = 0; i < 3; i++) {
    stage.keeper.news();
    stage.clock.advance(SOON_MS);
    const entries = stage.sent.at(-1)?.have.entries ?? [];
    assert.ok(entries.length <= 1_000);
    for (const { id } of entries) said.add(id);
  }
  assert.equal(said.size, 1_102);
  stage.keeper.dispose();
});
