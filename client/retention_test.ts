import assert from "node:assert/strict";
import fc from "fast-check";
import { ContentKind } from "../crypto/content.ts";
import type { Pack } from "../crypto/pack.ts";
import { FakeClock } from "../tests/helpers.ts";
import { bytesOf } from "./ids.ts";
import { Retention, RETENTION_LIMITS } from "./retention.ts";

const ADA = "aa".repeat(16);
const BOB = "bb".repeat(16);
const CAROL = "cc".repeat(16);
const AWAY_MS = 3_600_000;
const WHOLE = { whole: true };
const EVERYTHING = { from: 1, to: Number.MAX_SAFE_INTEGER };

/** A pack of `count` contents from number `first` on; nothing here looks into the rest. */
function pack(
  author: string,
  first: number,
  { count = 1, kind = ContentKind.text, bytes = 10 }: { count?: number; kind?: number; bytes?: number } = {},
): Pack {
  const contents = Array.from({ length: count }, (_, i) => ({ content: { number: first + i, kind } }));
  const encoded = new Uint8Array(bytes);
  return { author: bytesOf(author), contents, encoded, signature: new Uint8Array(64) } as unknown as Pack;
}

class Kept {
  readonly clock = new FakeClock();
  readonly retention = new Retention(this.clock, { awayMs: AWAY_MS });

  keep(author: string, ...firsts: number[]): this {
    for (const first of firsts) this.retention.keep(pack(author, first), WHOLE);
    return this;
  }

  firsts(author: string, reader: string, range = EVERYTHING): number[] {
    return this.retention.find(author, { ...range, reader }).map(({ first }) => first);
  }
}

Deno.test("Retention.forget() forgets the pack of a content, with the rest of it, and nothing else; no statement", () => {
  const kept = new Kept();
  kept.retention.enter(BOB);
  kept.retention.keep(pack(ADA, 1), WHOLE);
  kept.retention.keep(pack(ADA, 2, { count: 3 }), WHOLE);
  kept.retention.keep(pack(ADA, 5), WHOLE);
  kept.retention.keep(pack(ADA, 6, { kind: ContentKind.topic }), WHOLE);
  kept.retention.forget(ADA, 3);
  assert.deepEqual(kept.firsts(ADA, BOB), [1, 5, 6]);
  for (const number of [3, 6, 7]) kept.retention.forget(ADA, number);
  kept.retention.forget(CAROL, 1);
  assert.deepEqual([kept.firsts(ADA, BOB), kept.retention.size, kept.retention.bytes], [[1, 5, 6], 3, 30]);
  assert.equal(kept.retention.messages(ADA, 1, 5), 5, "that there were messages is still known");
  kept.clock.advance(AWAY_MS + RETENTION_LIMITS.slackMs + 1);
  kept.keep(ADA, 7);
  assert.deepEqual([kept.firsts(ADA, BOB), kept.retention.size, kept.retention.bytes], [[7], 1, 10]);
});

Deno.test("Retention.forget() leaves nothing behind that takes the place of what is kept", () => {
  const kept = new Kept();
  kept.retention.enter(BOB);
  for (let first = 1; first <= 5_000; first++) {
    kept.keep(ADA, first);
    if (first % 10 !== 0) kept.retention.forget(ADA, first);
  }
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [500, 5_000]);
  assert.deepEqual(kept.firsts(ADA, BOB).slice(0, 2), [10, 20]);
  kept.clock.advance(AWAY_MS + RETENTION_LIMITS.slackMs + 1);
  assert.deepEqual([kept.firsts(ADA, BOB), kept.retention.size, kept.retention.bytes], [[], 0, 0]);
});

Deno.test("Retention.find() gives the packs with anything in the range, by number, however they came", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ gap: fc.nat(3), count: fc.integer({ min: 1, max: 5 }) }), { maxLength: 20 }),
      fc.nat(60),
      fc.nat(60),
      fc.infiniteStream(fc.nat()),
      (shape, a, b, random) => {
        const kept = new Kept();
        kept.retention.enter(BOB);
        let next = 1;
        const packs = shape.map(({ gap, count }) => {
          const one = { first: next + gap, last: next + gap + count - 1, count };
          next = one.last + 1;
          return one;
        });
        const order = packs.map((one) => ({ one, key: random.next().value as number }));
        order.sort((x, y) => x.key - y.key);
        for (const { one } of order) {
          kept.retention.keep(pack(ADA, one.first, { count: one.count }), WHOLE);
        }
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const found = kept.retention.find(ADA, { from, to, reader: BOB });
        assert.deepEqual(
          found.map(({ first, last }) => [first, last]),
          packs.filter(({ first, last }) => first <= to && last >= from).map((
            { first, last },
          ) => [first, last]),
        );
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("Retention gives a member what was said while it was in the room, and nothing else", () => {
  const kept = new Kept().keep(ADA, 1);
  kept.retention.enter(BOB);
  kept.retention.enter(BOB);
  kept.keep(ADA, 2, 3);
  kept.retention.exit(BOB);
  kept.retention.exit(BOB);
  kept.keep(ADA, 4);
  assert.deepEqual(kept.firsts(ADA, BOB), [2, 3]);
  kept.retention.enter(BOB);
  kept.keep(ADA, 5);
  assert.deepEqual(kept.firsts(ADA, BOB), [2, 3, 5]);
  assert.deepEqual(kept.firsts(ADA, BOB, { from: 4, to: 4 }), []);
  assert.deepEqual(kept.firsts(ADA, CAROL), [], "who never was in it reads nothing");
  kept.retention.exit(CAROL);
  assert.deepEqual(kept.firsts(ADA, CAROL), []);
});

Deno.test("Retention: any comings and goings, each reads exactly what came in its stays", () => {
  const step = fc.oneof(
    fc.constantFrom("say", "say", "say"),
    fc.constantFrom("in bb", "out bb", "in cc", "out cc"),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const kept = new Kept();
      const here = new Set<string>();
      const reads = new Map<string, number[]>([[BOB, []], [CAROL, []]]);
      let number = 0;
      for (const one of steps) {
        if (one === "say") {
          kept.keep(ADA, ++number);
          for (const id of here) reads.get(id)?.push(number);
          continue;
        }
        const [how = "", who = ""] = one.split(" ");
        const id = who.repeat(16);
        if (how === "in") kept.retention.enter(id), here.add(id);
        else kept.retention.exit(id), here.delete(id);
      }
      for (const [id, numbers] of reads) assert.deepEqual(kept.firsts(ADA, id), numbers);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Retention gives statements to everybody", () => {
  const kept = new Kept();
  kept.retention.keep(pack(ADA, 1, { kind: ContentKind.add }), WHOLE);
  kept.retention.keep(pack(ADA, 2, { kind: ContentKind.doorSecrets }), WHOLE);
  kept.keep(ADA, 3);
  assert.deepEqual(kept.firsts(ADA, BOB), [1], "what is no statement is for those who were there");
});

Deno.test("Retention does not pass on what came with a gap before it, but counts its messages", () => {
  const kept = new Kept();
  kept.retention.enter(BOB);
  kept.retention.keep(pack(ADA, 1, { count: 3 }), { whole: false });
  kept.keep(ADA, 4);
  assert.deepEqual(kept.firsts(ADA, BOB), [4]);
  assert.equal(kept.retention.messages(ADA, 1, 9), 4);
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [1, 10]);
});

Deno.test("Retention.messages() counts what people said, not what changes the room or its keys", () => {
  const kept = new Kept();
  const kinds = [
    ContentKind.text,
    ContentKind.found,
    ContentKind.away,
    ContentKind.attempt,
    ContentKind.text,
  ];
  kinds.forEach((kind, i) => kept.retention.keep(pack(ADA, i + 1, { kind }), WHOLE));
  assert.equal(kept.retention.messages(ADA, 1, 5), 3);
  assert.equal(kept.retention.messages(ADA, 2, 4), 1);
  assert.equal(kept.retention.messages(BOB, 1, 5), 0);
});

Deno.test("Retention keeps the first of two packs under one number, and nothing of an empty one", () => {
  const kept = new Kept();
  kept.retention.enter(BOB);
  kept.retention.keep(pack(ADA, 1, { bytes: 7 }), WHOLE);
  kept.retention.keep(pack(ADA, 1, { bytes: 8 }), WHOLE);
  kept.retention.keep(pack(ADA, 2, { count: 0 }), WHOLE);
  const found = kept.retention.find(ADA, { ...EVERYTHING, reader: BOB });
  assert.deepEqual(found.map(({ bytes }) => bytes.length), [7]);
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [1, 7]);
});

Deno.test("Retention holds 50,000 packs, of all authors together, the newest", () => {
  const kept = new Kept();
  kept.retention.enter(CAROL);
  const more = 5_000;
  for (let i = 1; i <= RETENTION_LIMITS.packs + more; i++) {
    kept.retention.keep(pack(i % 2 === 0 ? ADA : BOB, i, { bytes: 1 }), WHOLE);
  }
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [
    RETENTION_LIMITS.packs,
    RETENTION_LIMITS.packs,
  ]);
  const all = [...kept.firsts(ADA, CAROL), ...kept.firsts(BOB, CAROL)];
  assert.equal(all.length, RETENTION_LIMITS.packs);
  assert.equal(all.reduce((a, b) => Math.min(a, b)), more + 1);
});

Deno.test("Retention holds 64 MiB, and nothing that is larger by itself", () => {
  const kept = new Kept();
  kept.retention.enter(BOB);
  const quarter = RETENTION_LIMITS.bytes / 4;
  for (let i = 1; i <= 5; i++) kept.retention.keep(pack(ADA, i, { bytes: quarter }), WHOLE);
  assert.deepEqual(kept.firsts(ADA, BOB), [2, 3, 4, 5]);
  assert.equal(kept.retention.bytes, RETENTION_LIMITS.bytes);
  kept.keep(CAROL, 1);
  assert.deepEqual(kept.firsts(ADA, BOB), [3, 4, 5], "one byte more is too much");
  kept.retention.keep(pack(BOB, 1, { bytes: RETENTION_LIMITS.bytes + 1 }), WHOLE);
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [0, 0]);
});

Deno.test("Retention.early() tells what went for want of room, for as long as others may keep it", () => {
  const kept = new Kept();
  const keepMs = AWAY_MS + RETENTION_LIMITS.slackMs;
  const half = RETENTION_LIMITS.bytes / 2;
  const early = (): number[] => [ADA, BOB].map((author) => kept.retention.early(author));
  kept.keep(ADA, 1).keep(BOB, 1);
  kept.clock.advance(keepMs + 1);
  kept.keep(BOB, 2);
  assert.deepEqual(early(), [0, 0], "what went in its time is with nobody");
  kept.retention.keep(pack(ADA, 2, { count: 3, bytes: half }), WHOLE);
  kept.retention.keep(pack(ADA, 5, { bytes: half }), WHOLE);
  assert.deepEqual([kept.firsts(BOB, BOB).length, ...early()], [0, 0, 2]);
  kept.clock.advance(10_000);
  kept.retention.keep(pack(BOB, 3, { bytes: half }), WHOLE);
  assert.deepEqual(early(), [4, 2]);
  kept.clock.advance(keepMs - 10_000);
  assert.deepEqual(early(), [4, 2]);
  kept.clock.advance(1);
  assert.deepEqual(early(), [0, 0]);
  kept.retention.keep(pack(BOB, 4, { bytes: 2 * half + 1 }), WHOLE);
  kept.retention.clear();
  assert.deepEqual(early(), [0, 0]);
});

Deno.test("Retention keeps for the away time and two minutes more, asked or not", () => {
  const kept = new Kept().keep(ADA, 1);
  kept.retention.enter(BOB);
  kept.keep(ADA, 2);
  kept.clock.advance(AWAY_MS + RETENTION_LIMITS.slackMs);
  assert.deepEqual(kept.firsts(ADA, BOB), [2]);
  kept.clock.advance(1);
  assert.deepEqual(kept.firsts(ADA, BOB), []);
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [0, 0]);
  kept.keep(ADA, 3);
  kept.clock.advance(AWAY_MS + RETENTION_LIMITS.slackMs + 1);
  kept.keep(ADA, 4);
  assert.equal(kept.retention.size, 1, "also when nobody asks");
  assert.equal(kept.retention.messages(ADA, 1, 4), 4, "how many there were is known longer");
});

Deno.test("Retention remembers the last 16 stays of a member", () => {
  const kept = new Kept();
  const { stays } = RETENTION_LIMITS;
  for (let i = 1; i <= stays + 1; i++) {
    kept.retention.enter(BOB);
    kept.keep(ADA, i);
    kept.retention.exit(BOB);
  }
  assert.deepEqual(kept.firsts(ADA, BOB), Array.from({ length: stays }, (_, i) => i + 2));
  kept.retention.enter(BOB);
  kept.keep(ADA, 99);
  assert.equal(kept.firsts(ADA, BOB).at(-1), 99);
});

Deno.test("Retention remembers the numbers of 100,000 messages of an author at most", () => {
  const kept = new Kept();
  const { numbers } = RETENTION_LIMITS;
  const count = 250;
  for (let first = 1; first <= numbers; first += count) {
    kept.retention.keep(pack(ADA, first, { count }), WHOLE);
  }
  assert.equal(kept.retention.messages(ADA, 1, numbers), numbers);
  kept.retention.keep(pack(ADA, numbers + 1), WHOLE);
  assert.equal(kept.retention.messages(ADA, 1, numbers + 1), numbers / 2, "the newer half is left");
  assert.equal(kept.retention.messages(ADA, numbers, numbers + 1), 2);
});

Deno.test("Retention.clear() forgets packs, stays and numbers", () => {
  const kept = new Kept();
  kept.retention.enter(BOB);
  kept.keep(ADA, 1);
  kept.retention.clear();
  assert.deepEqual([kept.retention.size, kept.retention.bytes], [0, 0]);
  assert.equal(kept.retention.messages(ADA, 1, 1), 0);
  kept.keep(ADA, 1);
  assert.deepEqual(kept.firsts(ADA, BOB), [], "nobody is in the room any more");
});
