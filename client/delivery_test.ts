import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, fromHex, toHex } from "../crypto/bytes.ts";
import { contentHash, ContentKind, encodeContent } from "../crypto/content.ts";
import { decodeContent } from "../crypto/content.ts";
import { FakeClock } from "../tests/helpers.ts";
import { type Delivered, Delivery, DELIVERY_LIMITS, type Pack, type PackedContent } from "./delivery.ts";
import { MAX_UNREAD_MS } from "./still_clock.ts";

const idOfAuthor = (author: number): string => (author + 1).toString(16).padStart(2, "0").repeat(16);
const bytesOfAuthor = (author: number): Uint8Array<ArrayBuffer> =>
  concat(fromHex(idOfAuthor(author)) ?? new Uint8Array(0));

interface Said {
  author: number;
  item: PackedContent;
  pack: Pack;
}

/** Authors that say things as they should. */
class Speakers {
  readonly #heads = new Map<number, { number: number; hash: Uint8Array; lamport: number }>();

  say(
    author: number,
    options: { deps?: [number, number][]; text?: string; lamport?: number; kind?: number } = {},
  ): Said {
    const head = this.#heads.get(author) ?? { number: 0, hash: new Uint8Array(32), lamport: 0 };
    const said = content(author, {
      number: head.number + 1,
      prevHash: head.hash,
      lamport: head.lamport + 1,
      ...options,
    });
    const { number, lamport } = said.item.content;
    this.#heads.set(author, { number, hash: said.item.hash, lamport });
    return said;
  }
}

function content(
  author: number,
  options: {
    number: number;
    prevHash: Uint8Array;
    lamport: number;
    deps?: [number, number][];
    text?: string;
    kind?: number;
  },
): Said {
  const deps = (options.deps ?? []).map(([who, number]) => ({ memberId: bytesOfAuthor(who), number }));
  deps.sort((a, b) => (toHex(a.memberId) < toHex(b.memberId) ? -1 : 1));
  const bytes = encodeContent({
    number: options.number,
    kind: options.kind ?? ContentKind.text,
    lamport: options.lamport,
    prevHash: concat(options.prevHash),
    deps,
    body: new TextEncoder().encode(options.text ?? ""),
  });
  const item = { content: decodeContent(bytes), bytes, hash: contentHash(bytes) };
  const pack = {
    author: bytesOfAuthor(author),
    contents: [item],
    signature: new Uint8Array(64),
    encoded: bytes,
  };
  return { author, item, pack };
}

/** A delivery whose events are written down in short. */
class Watched {
  readonly clock = new FakeClock();
  readonly delivered: Delivered[] = [];
  readonly told: string[] = [];
  readonly void = new Map<string, number>();
  readonly gone = new Set<string>();
  readonly away = new Set<string>();
  readonly expired = new Set<string>();
  readonly delivery = new Delivery(this.clock, {
    deliver: (one) => void this.delivered.push(one),
    voided: () => {},
    lost: (id, count) => void this.told.push(`lost ${count} of ${parseInt(id.slice(0, 2), 16) - 1}`),
    equivocation: (id, n) =>
      void this.told.push(`equivocation of ${parseInt(id.slice(0, 2), 16) - 1} at ${n}`),
    isVoid: (id, number) => number > (this.void.get(id) ?? Infinity),
    mayCome: (id) => this.asked || this.mayCome(id),
    awaited: () => this.awaitedMs,
    awaiting: (id, count) => void this.told.push(`awaiting ${count} of ${parseInt(id.slice(0, 2), 16) - 1}`),
    isAway: (id) => this.away.has(id),
    isGone: (id) => this.gone.has(id),
    isExpired: (id) => this.expired.has(id),
    knewUs: (_, { content }) => content.deps.some(({ memberId }) => toHex(memberId) === idOfAuthor(9)),
    unreadMs: () => this.unread === null ? 0 : this.clock.now() - this.unread,
    missing: () => {},
  });
  asked = false;
  mayCome: (id: string) => boolean = () => false;
  awaitedMs = 0;
  /** When the oldest came that has not been read. */
  unread: number | null = null;

  get order(): string[] {
    return this.delivered.map(({ author, item, gap }) =>
      `${parseInt(author.slice(0, 2), 16) - 1}:${item.content.number}${gap ? " gap" : ""}`
    );
  }

  take(...said: Said[]): this {
    for (const { pack } of said) this.delivery.accept(pack);
    return this;
  }
}

/** A conversation of three, each knowing what went before as far as `sees` says. */
const conversation = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.boolean()), { minLength: 1, maxLength: 25 })
  .map((turns) => {
    const speakers = new Speakers();
    const count = new Map<number, number>();
    return turns.map(([author, sees]) => {
      const deps = sees ? [...count].filter(([who]) => who !== author) : [];
      const said = speakers.say(author, { deps, text: `${count.size}` });
      count.set(author, said.item.content.number);
      return said;
    });
  });

Deno.test("Delivery: any order and any repeats give each content once, in its author's order, causally", () => {
  fc.assert(
    fc.property(conversation, fc.infiniteStream(fc.nat()), (said, random) => {
      const arrivals = [...said, ...said.filter(() => (random.next().value as number) % 3 === 0)]
        .map((one) => ({ one, key: random.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ one }) => one);
      const watched = new Watched().take(...arrivals);
      assert.equal(watched.delivered.length, said.length);
      const seen = new Map<string, number>();
      for (const { author, item, gap } of watched.delivered) {
        assert.equal(gap, false);
        assert.equal(item.content.number, (seen.get(author) ?? 0) + 1);
        for (const dep of item.content.deps) assert.ok((seen.get(toHex(dep.memberId)) ?? 0) >= dep.number);
        seen.set(author, item.content.number);
      }
      assert.deepEqual(watched.told, []);
      assert.equal(watched.clock.waiting, 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Delivery: what does not come is told as lost, exactly, and all that came is shown", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), (arrives) => {
      const speakers = new Speakers();
      const said = arrives.map(() => speakers.say(0));
      const watched = new Watched();
      said.forEach((one, i) => arrives[i] === true && watched.take(one));
      watched.delivery.claim(idOfAuthor(0), said.length);
      watched.clock.advance(DELIVERY_LIMITS.waitMs * (said.length + 1));
      assert.equal(watched.delivered.length, arrives.filter(Boolean).length);
      const lost = watched.told.map((line) => Number(/lost (\d+)/.exec(line)?.[1])).reduce(
        (a, b) => a + b,
        0,
      );
      assert.equal(lost, arrives.filter((one) => !one).length);
      assert.equal(watched.delivery.head(idOfAuthor(0))?.number, said.length);
      assert.equal(watched.clock.waiting, 0);
    }),
  );
});

Deno.test("Delivery waits waitMs for what is missing, and shows what comes late all the same", () => {
  const speakers = new Speakers();
  const [one, two, three] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  const watched = new Watched().take(one, three);
  watched.clock.advance(DELIVERY_LIMITS.waitMs - 1);
  assert.deepEqual(watched.order, ["0:1"]);
  watched.clock.advance(1);
  assert.deepEqual(watched.told, ["lost 1 of 0"]);
  assert.deepEqual(watched.order, ["0:1", "0:3"]);
  watched.take(two, two, three);
  assert.deepEqual(watched.order, ["0:1", "0:3", "0:2 gap"]);
  assert.deepEqual(watched.told, ["lost 1 of 0"]);
});

Deno.test("Delivery shows with a gap what depends on something that never came", () => {
  const speakers = new Speakers();
  speakers.say(1);
  const watched = new Watched().take(speakers.say(0, { deps: [[1, 1]] }));
  assert.deepEqual(watched.order, []);
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.deepEqual(watched.order, ["0:1 gap"]);
});

Deno.test("Delivery does not wait for what is void, nor show it", () => {
  const speakers = new Speakers();
  const said = [speakers.say(1), speakers.say(1)];
  const watched = new Watched();
  watched.void.set(idOfAuthor(1), 1);
  watched.take(...said, speakers.say(0, { deps: [[1, 2]] }));
  assert.deepEqual(watched.order, ["1:1", "0:1"]);
});

Deno.test("Delivery: what is void is not told as lost, and what depends on it has no gap", () => {
  const speakers = new Speakers();
  const [one, two, , four] = [1, 2, 3, 4].map(() => speakers.say(0)) as [Said, Said, Said, Said];
  const watched = new Watched().take(one, two);
  watched.void.set(idOfAuthor(0), 2);
  watched.take(four, speakers.say(1, { deps: [[0, 3]] }));
  assert.deepEqual(watched.order, ["0:1", "0:2", "1:1"]);
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs);
  watched.take(speakers.say(1, { deps: [[0, 3]] }));
  watched.delivery.claim(idOfAuthor(0), 9);
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs);
  assert.deepEqual(watched.told, []);
  assert.deepEqual(watched.order, ["0:1", "0:2", "1:1", "1:2"]);
});

Deno.test("Delivery: of what does not come, only what is not void is told as lost", () => {
  const speakers = new Speakers();
  const said = Array.from({ length: 9 }, () => speakers.say(0));
  const watched = new Watched().take(...said.slice(0, 2), ...said.slice(8));
  watched.void.set(idOfAuthor(0), 5);
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs);
  assert.deepEqual(watched.told, ["lost 3 of 0"]);
});

Deno.test("Delivery does not wait for what somebody said who went before it gave us its chain", () => {
  const speakers = new Speakers();
  const answers = [speakers.say(1, { deps: [[0, 4]] }), speakers.say(1, { deps: [[2, 1]] })];
  const watched = new Watched();
  watched.delivery.hint(idOfAuthor(0), 3);
  watched.delivery.setHead(idOfAuthor(2), { number: 0, hash: "", lamport: 0 });
  watched.take(...answers);
  assert.deepEqual(watched.order, [], "it may still introduce itself");
  watched.gone.add(idOfAuthor(0)).add(idOfAuthor(2));
  watched.delivery.look();
  assert.deepEqual(watched.order, ["1:1"], "what was for us is waited for");
  assert.deepEqual(watched.told, []);
});

Deno.test("Delivery names who says two things under one number, whether waiting, shown or chained", () => {
  const speakers = new Speakers();
  const [one, two, three] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  const other = content(0, { number: 3, prevHash: two.item.hash, lamport: 3, text: "other" });
  const watched = new Watched().take(three, other);
  assert.deepEqual(watched.told, ["equivocation of 0 at 3"]);
  watched.take(one, two, other);
  assert.deepEqual(watched.told, ["equivocation of 0 at 3", "equivocation of 0 at 3"]);
  const four = content(0, { number: 4, prevHash: other.item.hash, lamport: 4 });
  watched.take(four);
  assert.equal(watched.told.length, 3, "its past is another than ours");
  assert.deepEqual(watched.order, ["0:1", "0:2", "0:3", "0:4"]);
});

Deno.test("Delivery holds at most maxWaiting contents of an author, and none more than maxAhead away", () => {
  const speakers = new Speakers();
  speakers.say(0);
  const watched = new Watched();
  for (let i = 0; i < DELIVERY_LIMITS.maxWaiting + 10; i++) watched.take(speakers.say(0));
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.equal(watched.delivered.length, DELIVERY_LIMITS.maxWaiting);
  const far = content(2, { number: DELIVERY_LIMITS.maxAhead + 1, prevHash: new Uint8Array(32), lamport: 5 });
  watched.take(far);
  watched.delivery.claim(idOfAuthor(2), DELIVERY_LIMITS.maxAhead + 1);
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.equal(watched.delivery.head(idOfAuthor(2))?.number, 0);
});

Deno.test("Delivery remembers maxHashes hashes of an author", () => {
  const speakers = new Speakers();
  const first = speakers.say(0);
  const watched = new Watched().take(first);
  for (let i = 0; i < DELIVERY_LIMITS.maxHashes; i++) watched.take(speakers.say(0));
  const other = content(0, { number: 1, prevHash: new Uint8Array(32), lamport: 1, text: "other" });
  watched.take(other);
  assert.deepEqual(watched.told, [], "too long ago to tell");
  assert.equal(watched.delivered.length, DELIVERY_LIMITS.maxHashes + 1);
});

Deno.test("Delivery does not show what is dated back or far ahead, and nobody can run the time away", () => {
  const speakers = new Speakers();
  const watched = new Watched().take(speakers.say(0));
  watched.take(speakers.say(1, { lamport: 2 ** 50 }), speakers.say(1, { lamport: 2 ** 50 + 1 }));
  assert.deepEqual(watched.order, ["0:1"]);
  assert.equal(watched.delivery.lamport, 1);
  watched.take(speakers.say(2, { lamport: DELIVERY_LIMITS.maxLamportAhead }));
  assert.deepEqual(watched.order, ["0:1", "2:1"]);
  assert.equal(watched.delivery.lamport, 1 + DELIVERY_LIMITS.maxLamportStep);
  watched.take(speakers.say(0, { lamport: 1 }));
  assert.deepEqual(watched.order, ["0:1", "2:1"], "dated back");
});

Deno.test("Delivery.setHead(): an author's own word overrules a hint, and never moves a head back", () => {
  const speakers = new Speakers();
  const said = [1, 2, 3, 4].map(() => speakers.say(0));
  const [, two, three, four] = said;
  assert.ok(two && three && four);
  const watched = new Watched();
  watched.delivery.hint(idOfAuthor(0), 1_000);
  assert.equal(watched.delivery.vector().size, 0, "a hint is nothing that we have");
  watched.delivery.setHead(idOfAuthor(0), { number: 2, hash: toHex(two.item.hash), lamport: 2 });
  watched.delivery.hint(idOfAuthor(0), 9);
  watched.take(three);
  assert.deepEqual(watched.order, ["0:3"]);
  watched.delivery.setHead(idOfAuthor(0), { number: 1, hash: "", lamport: 1 });
  watched.take(two, four);
  assert.deepEqual(watched.order, ["0:3", "0:4"]);
  watched.delivery.setHead(idOfAuthor(1), { number: 5, hash: "", lamport: 5 });
  watched.delivery.setHead(idOfAuthor(1), { number: 5, hash: "ab", lamport: 5 });
  assert.equal(watched.delivery.head(idOfAuthor(1))?.hash, "ab");
});

Deno.test("Delivery.claim(): a chain that goes on loses nothing that waits for its cause", () => {
  const speakers = new Speakers();
  const cause = speakers.say(1);
  const waiting = speakers.say(0, { deps: [[1, 1]] });
  const watched = new Watched().take(waiting);
  watched.delivery.claim(idOfAuthor(0), 1);
  watched.take(cause);
  assert.deepEqual(watched.order, ["1:1", "0:1"]);
});

Deno.test("Delivery.drop() and dispose() forget what waits and leave no timer", () => {
  const speakers = new Speakers();
  speakers.say(0);
  const watched = new Watched().take(speakers.say(0));
  assert.equal(watched.clock.waiting, 1);
  watched.delivery.drop(idOfAuthor(0));
  watched.delivery.drop(idOfAuthor(7));
  assert.equal(watched.clock.waiting, 0);
  watched.delivery.claim(idOfAuthor(0), 9);
  watched.delivery.dispose();
  watched.take(speakers.say(3));
  assert.equal(watched.clock.waiting, 0);
  assert.deepEqual(watched.order, []);
});

Deno.test("Delivery waits as long for what is here and waits itself for what may still come, and marks nothing", () => {
  for (const order of [[0, 1, 2], [2, 1, 0]] as const) {
    const speakers = new Speakers();
    const [first, missing] = [speakers.say(order[0]), speakers.say(order[0])];
    const waits = speakers.say(order[1], { deps: [[order[0], 2]] });
    const last = speakers.say(order[2], { deps: [[order[1], 1]] });
    const watched = new Watched();
    watched.mayCome = (id) => id === idOfAuthor(order[0]);
    watched.take(first, last, waits);
    watched.clock.advance(DELIVERY_LIMITS.waitMs + 1);
    assert.deepEqual(watched.order, [`${order[0]}:1`]);
    watched.take(missing);
    assert.deepEqual(watched.order, [`${order[0]}:1`, `${order[0]}:2`, `${order[1]}:1`, `${order[2]}:1`]);
    assert.deepEqual([watched.told, watched.clock.waiting], [[], 0]);
  }
});

Deno.test("Delivery gives nothing up while what it waits for has come just now and waits itself", () => {
  const speakers = new Speakers();
  speakers.say(0);
  const waits = speakers.say(1, { deps: [[0, 1]] });
  const last = speakers.say(2, { deps: [[1, 1]] });
  const watched = new Watched();
  watched.mayCome = (id) => id === idOfAuthor(1);
  watched.take(last);
  watched.clock.advance(DELIVERY_LIMITS.waitMs + 1);
  watched.mayCome = () => false; // it has come, and of what it waits for itself nothing may come
  watched.take(waits);
  watched.clock.advance(DELIVERY_LIMITS.waitMs - 1);
  assert.deepEqual(watched.order, []);
  watched.clock.advance(1);
  assert.deepEqual(watched.order, ["1:1 gap", "2:1"]);
  assert.equal(watched.clock.waiting, 0);
});

Deno.test("Delivery marks what lacks something, not what only waits for that and is given up in the same moment", () => {
  for (const order of [[1, 2, 3], [3, 2, 1], [2, 3, 1]]) {
    const speakers = new Speakers();
    speakers.say(0);
    const said = [speakers.say(1, { deps: [[0, 1]] }), speakers.say(1)];
    said.push(speakers.say(2, { deps: [[1, 2]] }), speakers.say(3, { deps: [[2, 1]] }), speakers.say(3));
    const watched = new Watched();
    for (const who of order) watched.take(...said.filter(({ author }) => author === who));
    watched.clock.advance(DELIVERY_LIMITS.waitMs);
    assert.deepEqual(watched.order, ["1:1 gap", "1:2", "2:1", "3:1", "3:2"]);
    assert.equal(watched.clock.waiting, 0);
  }
});

Deno.test("Delivery looks at each author once when something comes, however many wait for one another", () => {
  const speakers = new Speakers();
  const watched = new Watched();
  let looks = 0;
  watched.mayCome = (id) => {
    looks++;
    return id === idOfAuthor(0);
  };
  for (let i = 1; i <= 100; i++) watched.take(speakers.say(i, { deps: [[i - 1, 1]] }));
  watched.clock.advance(DELIVERY_LIMITS.waitMs + 1);
  looks = 0;
  watched.take(speakers.say(101, { deps: [[100, 1]] }));
  assert.ok(looks > 0 && looks <= 101, `${looks} looks`);
  assert.deepEqual(watched.order, []);
  watched.take(speakers.say(0));
  assert.equal(watched.delivered.length, 102);
});

Deno.test("Delivery gives up what waits for each other, whatever else may come", () => {
  const speakers = new Speakers();
  const [a1, b1] = [speakers.say(0, { deps: [[1, 1]] }), speakers.say(1, { deps: [[0, 1]] })];
  const watched = new Watched().take(a1, b1);
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.deepEqual([watched.delivered.length, watched.clock.waiting], [2, 0]);
});

Deno.test("Delivery waits longer for what may still come, but never longer than maxWaitMs", () => {
  const speakers = new Speakers();
  const [one, other] = [speakers.say(0), speakers.say(1, { deps: [[0, 1]] })];
  const watched = new Watched().take(other);
  watched.asked = true;
  watched.delivery.look();
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs - 1);
  assert.deepEqual(watched.order, []);
  watched.take(one);
  assert.deepEqual(watched.order, ["0:1", "1:1"]);

  speakers.say(0);
  watched.take(speakers.say(1, { deps: [[0, 2]] }));
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs - 1);
  assert.equal(watched.order.length, 2);
  watched.clock.advance(1);
  assert.deepEqual([watched.order.slice(2), watched.told], [["1:2 gap"], []]);
  assert.equal(watched.clock.waiting, 0);
});

Deno.test("Delivery keeps an author's own words in order for orderMs while what is missing of them may come", () => {
  const speakers = new Speakers();
  const [one, two, three] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  const watched = new Watched().take(one, three, speakers.say(1, { deps: [[0, 3]] }));
  watched.asked = true;
  watched.delivery.look();
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs);
  assert.deepEqual([watched.order, watched.told], [["0:1", "1:1 gap"], []], "nobody else is held up");
  watched.clock.advance(DELIVERY_LIMITS.orderMs - DELIVERY_LIMITS.maxWaitMs - 1);
  assert.deepEqual([watched.order.length, watched.told], [2, []]);
  watched.take(two);
  assert.deepEqual(watched.order.slice(2), ["0:2", "0:3"]);

  speakers.say(0);
  watched.take(speakers.say(0));
  watched.clock.advance(DELIVERY_LIMITS.orderMs - 1);
  assert.deepEqual(watched.told, []);
  watched.clock.advance(1);
  assert.deepEqual(watched.told, ["lost 1 of 0"]);
  assert.equal(watched.clock.waiting, 0);
});

Deno.test("Delivery gives nothing up as long as what had come by then lies unread, but no longer than ten minutes", () => {
  for (const may of [false, true]) {
    const watched = new Watched();
    const speakers = new Speakers();
    const [one, two, three] = [speakers.say(0), speakers.say(0), speakers.say(0)];
    const wait = may ? DELIVERY_LIMITS.orderMs : DELIVERY_LIMITS.waitMs;
    watched.asked = may;
    watched.take(one);
    watched.clock.advance(1_000);
    watched.take(three);
    const since = watched.clock.now();
    watched.unread = since - 1_000; // it came just before that one, and is a long time being read
    watched.clock.advance(wait + MAX_UNREAD_MS - 1_001);
    watched.delivery.look();
    assert.deepEqual([watched.order, watched.told], [["0:1"], []]);
    watched.unread = since + wait - 1;
    watched.delivery.look();
    watched.clock.advance(500);
    assert.deepEqual(watched.told, [], "what came in the last moment counts");
    watched.take(two);
    assert.deepEqual([watched.order, watched.told], [["0:1", "0:2", "0:3"], []]);

    speakers.say(0);
    watched.unread = null;
    watched.take(speakers.say(0));
    watched.unread = watched.clock.now();
    watched.clock.advance(wait + MAX_UNREAD_MS - 1);
    assert.deepEqual(watched.told, []);
    watched.clock.advance(1);
    assert.deepEqual(watched.told, ["lost 1 of 0"]);
    assert.equal(watched.clock.waiting, 0);
  }
});

Deno.test("Delivery counts no time for which the machine slept, and waits anew when it wakes", () => {
  const speakers = new Speakers();
  const [one, , three] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  for (const look of [true, false]) {
    const watched = new Watched().take(one, three);
    watched.asked = true;
    watched.delivery.look();
    watched.clock.advance(DELIVERY_LIMITS.orderMs - 1_000);
    watched.clock.sleep(3_600_000);
    if (look) watched.delivery.look();
    watched.clock.advance(DELIVERY_LIMITS.orderMs - 1);
    assert.deepEqual([watched.order, watched.told], [["0:1"], []]);
    watched.clock.advance(1);
    assert.deepEqual(watched.told, ["lost 1 of 0"]);
    assert.equal(watched.clock.waiting, 0);
  }
});

Deno.test("Delivery.has(): what is here or was shown, the same to the byte", () => {
  const speakers = new Speakers();
  const [one, two, three] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  const watched = new Watched().take(one, three);
  const { delivery } = watched;
  assert.deepEqual([one, two, three].map(({ pack }) => delivery.has(pack)), [true, false, true]);
  const contents = [one, two].map(({ item }) => item);
  assert.equal(delivery.has({ ...one.pack, contents }), false, "not all of it");
  const [other] = [new Speakers().say(0, { text: "something else" })];
  assert.equal(delivery.has(other.pack), false);
  assert.equal(delivery.has(speakers.say(1).pack), false);
});

Deno.test("Delivery gives up as soon as nothing may come any more, if it has waited waitMs", () => {
  const speakers = new Speakers();
  speakers.say(0);
  const watched = new Watched();
  watched.asked = true;
  watched.take(speakers.say(0));
  watched.clock.advance(DELIVERY_LIMITS.waitMs - 1);
  watched.asked = false;
  watched.delivery.look();
  assert.deepEqual(watched.told, []);
  watched.clock.advance(1);
  assert.deepEqual([watched.told, watched.order], [["lost 1 of 0"], ["0:2"]]);
});

Deno.test("Delivery.pause() stops the clock of all that waits, also of what comes meanwhile", () => {
  const speakers = new Speakers();
  const said = [0, 1, 2, 3, 4].map(() => speakers.say(0));
  const [one, , three, four] = said;
  assert.ok(one && three && four);
  const watched = new Watched().take(one, three);
  watched.clock.advance(DELIVERY_LIMITS.waitMs - 100);
  watched.delivery.pause();
  watched.delivery.pause();
  assert.equal(watched.clock.waiting, 0);
  watched.clock.advance(50 * DELIVERY_LIMITS.maxWaitMs);
  watched.take(four);
  watched.delivery.claim(idOfAuthor(0), 5);
  watched.delivery.look();
  assert.deepEqual([watched.told, watched.clock.waiting], [[], 0]);
  watched.delivery.resume();
  watched.delivery.resume();
  watched.clock.advance(99);
  assert.deepEqual(watched.told, []);
  watched.clock.advance(1);
  assert.deepEqual([watched.told, watched.order], [["lost 1 of 0"], ["0:1", "0:3", "0:4"]]);
  watched.clock.advance(DELIVERY_LIMITS.waitMs - 101);
  assert.deepEqual(watched.told.length, 1, "the claim is counted from where the clock stood");
  watched.clock.advance(1);
  assert.deepEqual(watched.told, ["lost 1 of 0", "lost 1 of 0"]);
});

Deno.test("Delivery.rumour(): asked for, but nobody waits for it, and what comes is shown", () => {
  const speakers = new Speakers();
  const said = [1, 2, 3].map(() => speakers.say(0));
  const watched = new Watched();
  watched.delivery.setHead(idOfAuthor(0), { number: 0, hash: "", lamport: 0 });
  watched.delivery.rumour(idOfAuthor(0), 3);
  watched.delivery.rumour(idOfAuthor(9), 3);
  watched.delivery.rumour(idOfAuthor(0), DELIVERY_LIMITS.maxAhead + 1);
  assert.deepEqual(watched.delivery.missing(), [{ author: idOfAuthor(0), from: 1, to: 3 }]);
  watched.clock.advance(10 * DELIVERY_LIMITS.maxWaitMs);
  assert.deepEqual(watched.told, []);
  watched.take(...said);
  assert.deepEqual(watched.order, ["0:1", "0:2", "0:3"]);
  assert.deepEqual(watched.delivery.missing(), []);
});

Deno.test("Delivery.missing() gives the holes of each author and what its next content depends on", () => {
  const speakers = new Speakers();
  const said = Array.from({ length: 8 }, () => speakers.say(0));
  speakers.say(1);
  const watched = new Watched();
  for (const i of [0, 2, 5]) watched.take(said[i] as Said);
  watched.delivery.claim(idOfAuthor(0), 8);
  watched.delivery.setHead(idOfAuthor(1), { number: 0, hash: "", lamport: 0 });
  watched.take(speakers.say(2, { deps: [[1, 1]] }));
  assert.deepEqual(watched.delivery.missing(), [
    { author: idOfAuthor(0), from: 2, to: 2 },
    { author: idOfAuthor(0), from: 4, to: 5 },
    { author: idOfAuthor(0), from: 7, to: 8 },
    { author: idOfAuthor(1), from: 1, to: 1 },
  ]);
  watched.void.set(idOfAuthor(0), 1);
  assert.deepEqual(watched.delivery.missing().map(({ author }) => author), [idOfAuthor(1)]);
  const many = new Watched();
  for (let i = 0; i < 150; i++) many.take(speakers.say(3));
  const other = new Watched();
  for (let n = 0; n < 150; n++) {
    const one = speakers.say(4);
    if (n % 2 === 1) other.take(one);
  }
  assert.equal(other.delivery.missing().length, 64, "at most");
});

Deno.test("Delivery.gone() passes over what is gone at once, and tells how much of it were messages", () => {
  const speakers = new Speakers();
  const said = Array.from({ length: 9 }, () => speakers.say(0));
  const watched = new Watched().take(said[0] as Said, said[4] as Said);
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 4, messages: 2 });
  assert.deepEqual([watched.order, watched.told], [["0:1", "0:5"], ["lost 2 of 0"]]);
  watched.take(said[2] as Said);
  assert.deepEqual(watched.order, ["0:1", "0:5", "0:3 gap"], "shown all the same if it comes");

  watched.take(said[7] as Said);
  watched.delivery.gone(idOfAuthor(0), { from: 6, to: 7, messages: 0 });
  assert.deepEqual(watched.told, ["lost 2 of 0"], "what was no message is not told");
  assert.equal(watched.order.at(-1), "0:8");
  for (const [from, to] of [[9, 9], [9, 1_000], [20, 12], [1, 3]] as const) {
    watched.delivery.gone(idOfAuthor(0), { from, to, messages: 1 });
  }
  watched.delivery.gone(idOfAuthor(7), { from: 1, to: 1, messages: 1 });
  watched.take(said[8] as Said);
  assert.equal(watched.order.at(-1), "0:9", "nothing is gone that nobody has spoken of");
  assert.deepEqual(watched.told, ["lost 2 of 0"]);
});

Deno.test("Delivery.gone() that overlaps what is here loses nothing of it", () => {
  const speakers = new Speakers();
  const said = Array.from({ length: 6 }, () => speakers.say(0));
  const watched = new Watched().take(said[2] as Said, said[5] as Said);
  watched.delivery.gone(idOfAuthor(0), { from: 1, to: 5, messages: 5 });
  assert.deepEqual(watched.order, ["0:3", "0:6"]);
  assert.deepEqual(watched.told.map((line) => line.slice(0, 6)), ["lost 2", "lost 2"]);
});

Deno.test("Delivery remembers the last maxGone ranges of an author", () => {
  const speakers = new Speakers();
  const count = DELIVERY_LIMITS.maxGone + 1;
  const said = Array.from({ length: 2 * count + 1 }, () => speakers.say(0));
  const watched = new Watched();
  watched.delivery.claim(idOfAuthor(0), 2 * count + 1);
  for (let i = 0; i < count; i++) {
    watched.delivery.gone(idOfAuthor(0), { from: 2 * i + 2, to: 2 * i + 2, messages: 1 });
  }
  for (let i = 0; i <= count; i++) watched.take(said[2 * i] as Said);
  assert.deepEqual(watched.order, ["0:1"], "the first is forgotten");
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.equal(watched.delivered.length, count + 1);
  assert.equal(watched.told.length, count);
  assert.deepEqual(watched.delivery.missing(), []);
});

Deno.test("Delivery: however repair brings it, each content once in its author's order, and the rest is lost", () => {
  fc.assert(
    fc.property(
      conversation,
      fc.infiniteStream(fc.nat()),
      (said, random) => {
        const next = (n: number): number => (random.next().value as number) % n;
        const watched = new Watched();
        watched.asked = true;
        // What a member was told at first, what comes by repair, twice perhaps and in any order, and what is gone.
        const fates = said.map(() => ["live", "repaired", "gone", "both"][next(4)] ?? "live");
        const last = new Map<number, number>();
        for (const { author, item } of said) last.set(author, item.content.number);
        for (const [author, number] of last) {
          watched.delivery.setHead(idOfAuthor(author), { number: 0, hash: "", lamport: 0 });
          watched.delivery.claim(idOfAuthor(author), number);
        }
        said.forEach((one, i) => (fates[i] === "live" || fates[i] === "both") && watched.take(one));
        if (next(2) === 0) {
          watched.delivery.pause();
          watched.clock.advance(next(1_000_000));
          watched.delivery.resume();
        }
        const jobs = said.flatMap((one, i) => {
          const { author, item } = one;
          const { number } = item.content;
          if (fates[i] === "live") return [];
          if (fates[i] === "gone") {
            return [
              () => watched.delivery.gone(idOfAuthor(author), { from: number, to: number, messages: 1 }),
            ];
          }
          return Array.from({ length: 1 + next(2) }, () => () => void watched.take(one));
        });
        for (const { job } of jobs.map((job) => ({ job, key: next(1_000) })).sort((a, b) => a.key - b.key)) {
          watched.clock.advance(next(1_000));
          job();
        }
        watched.clock.advance(10 * DELIVERY_LIMITS.maxWaitMs);
        const shown = new Map<string, number[]>();
        for (const { author, item } of watched.delivered) {
          shown.set(author, [...shown.get(author) ?? [], item.content.number]);
        }
        for (const [author, number] of last) {
          const expected = said.filter((one, i) => one.author === author && fates[i] !== "gone");
          assert.deepEqual(
            shown.get(idOfAuthor(author)) ?? [],
            expected.map(({ item }) => item.content.number),
            "in order and once",
          );
          assert.equal(watched.delivery.head(idOfAuthor(author))?.number, number);
        }
        const lost = watched.told.map((line) => Number(/^lost (\d+)/.exec(line)?.[1]));
        assert.equal(lost.reduce((a, b) => a + b, 0), fates.filter((fate) => fate === "gone").length);
        assert.deepEqual([watched.delivery.missing(), watched.clock.waiting], [[], 0]);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("Delivery: what others promise and then call gone takes no number from its author", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const first = speakers.say(0);
  watched.delivery.accept(first.pack);
  watched.delivery.rumour(idOfAuthor(0), 900_000);
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 900_000, messages: 0 });
  assert.equal(watched.delivery.head(idOfAuthor(0))?.number, 1);
  const third = (speakers.say(0), speakers.say(0));
  watched.delivery.accept(third.pack);
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 900_000, messages: 7_000 });
  assert.deepEqual(watched.told, ["lost 1 of 0"]);
  assert.deepEqual(watched.delivered.map(({ item }) => item.content.number), [1, 3]);
});

Deno.test("Delivery waits for nothing of who is away and never introduced itself, once others have been asked for it", () => {
  const speakers = new Speakers();
  const watched = new Watched();
  for (const author of [1, 2]) watched.away.add(idOfAuthor(author));
  watched.take(speakers.say(0, { deps: [[1, 3]] }));
  watched.delivery.notForUs(idOfAuthor(1), 2);
  assert.deepEqual(watched.order, []);
  watched.delivery.notForUs(idOfAuthor(1), 3);
  assert.deepEqual(watched.order, ["0:1"]);
  // Whoever is there will say itself what it has said.
  watched.away.delete(idOfAuthor(2));
  watched.take(speakers.say(0, { deps: [[2, 1]] }));
  watched.delivery.notForUs(idOfAuthor(2), 1);
  assert.deepEqual(watched.order, ["0:1"]);
});

Deno.test("Delivery remembers 4,096 that never introduced themselves", () => {
  const speakers = new Speakers();
  const watched = new Watched();
  watched.away.add(idOfAuthor(1));
  watched.take(speakers.say(0, { deps: [[1, 1]] }));
  for (let i = 0; i < DELIVERY_LIMITS.maxStrangers; i++) {
    watched.delivery.notForUs(i.toString(16).padStart(32, "0"), 1);
  }
  watched.delivery.notForUs(idOfAuthor(1), 1);
  assert.deepEqual(watched.order, []);
});

Deno.test("Delivery.lacks() tells of what was given up, not of what has turned out to be void", () => {
  const speakers = new Speakers();
  const watched = new Watched();
  const [one, , three] = [speakers.say(1), speakers.say(1), speakers.say(1)];
  watched.take(one, three);
  assert.equal(watched.delivery.lacks(idOfAuthor(1)), false);
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.equal(watched.delivery.lacks(idOfAuthor(1)), true);
  watched.void.set(idOfAuthor(1), 2);
  assert.equal(watched.delivery.lacks(idOfAuthor(1)), true, "the second counts");
  watched.void.set(idOfAuthor(1), 1);
  assert.equal(watched.delivery.lacks(idOfAuthor(1)), false);
  // Somebody depends on more of another than has come.
  watched.take(speakers.say(2), speakers.say(0, { deps: [[2, 2]] }));
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.equal(watched.delivery.lacks(idOfAuthor(2)), true);
  watched.void.set(idOfAuthor(2), 1);
  assert.equal(watched.delivery.lacks(idOfAuthor(2)), false);
});

Deno.test("Delivery.end(): what waits up to the cut is shown, what is missing is told as lost, nothing above counts", () => {
  const speakers = new Speakers();
  const watched = new Watched();
  const [first, second, third, fourth, fifth] = [1, 2, 3, 4, 5].map(() => speakers.say(0)) as [
    Said,
    Said,
    Said,
    Said,
    Said,
  ];
  watched.delivery.setHead(idOfAuthor(0), { number: 0, hash: "", lamport: 0 });
  watched.take(first, third, fifth);
  watched.void.set(idOfAuthor(0), 4);
  watched.delivery.end(idOfAuthor(0), { cut: 4, from: 0, unmet: true });
  assert.deepEqual(watched.delivery.missing().map(({ from, to }) => [from, to]), [[2, 2], [4, 4]]);
  watched.take(second);
  assert.deepEqual(watched.order, ["0:1", "0:2", "0:3"]);
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.deepEqual(watched.told, ["lost 1 of 0"]);
  watched.take(fourth);
  assert.deepEqual(watched.order, ["0:1", "0:2", "0:3", "0:4 gap"]);
  assert.equal(watched.clock.waiting, 0);
});

Deno.test("Delivery.end(): of whom gave no chain, all counts from the first word that shows that it knew of us", () => {
  const speakers = new Speakers();
  const watched = new Watched();
  const said = [1, 2, 3, 4, 5, 6].map((n) => speakers.say(0, n === 4 ? { deps: [[9, 1]] } : {}));
  watched.delivery.setHead(idOfAuthor(9), { number: 1, hash: "", lamport: 1 });
  watched.delivery.hint(idOfAuthor(0), 1);
  watched.void.set(idOfAuthor(0), 6);
  watched.gone.add(idOfAuthor(0));
  watched.delivery.end(idOfAuthor(0), { cut: 6, from: 1, unmet: true });
  // Nobody waits for what may not have been for us.
  watched.take(speakers.say(1, { deps: [[0, 3]] }));
  assert.deepEqual(watched.order, ["1:1"]);
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 2, messages: 1 });
  watched.take(said[2] as Said, said[3] as Said, said[5] as Said);
  assert.deepEqual(watched.order, ["1:1", "0:4"]);
  assert.equal(watched.delivery.startOf(idOfAuthor(0)), 3);
  watched.delivery.gone(idOfAuthor(0), { from: 5, to: 5, messages: 1 });
  assert.deepEqual(watched.order, ["1:1", "0:4", "0:6"]);
  assert.deepEqual(watched.told, ["lost 1 of 0"]);
});

Deno.test("a dependency on the largest number there is keeps nobody busy", () => {
  for (const number of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1]) {
    for (const cut of [undefined, 1, number - 1]) {
      const watched = new Watched();
      const speakers = new Speakers();
      if (cut !== undefined) watched.void.set(idOfAuthor(0), cut);
      watched.take(speakers.say(0), speakers.say(1, { deps: [[0, number]] }));
      assert.deepEqual(watched.delivery.missing(), [], "nobody can give so much");
      watched.clock.advance(DELIVERY_LIMITS.waitMs);
      assert.equal(watched.delivered.length, 2);
    }
  }
});

Deno.test("Delivery.gone(): an author that is away may bring itself what others call gone", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const [first, second, third] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  watched.take(first, third);
  watched.away.add(idOfAuthor(0));
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 2, messages: 1 });
  watched.clock.advance(3_600_000);
  assert.deepEqual([watched.told, watched.order], [[], ["0:1"]]);
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 2, messages: 1, byAuthor: false });
  watched.take(second);
  assert.deepEqual([watched.told, watched.order], [[], ["0:1", "0:2", "0:3"]]);
  watched.take((speakers.say(0), speakers.say(0)));
  watched.delivery.gone(idOfAuthor(0), { from: 4, to: 4, messages: 1, byAuthor: true });
  assert.deepEqual(watched.told, ["lost 1 of 0"], "it knows best itself");
});

Deno.test("Delivery.gone(): what its author had no room for is passed over at once, and not lost while who has it is away", () => {
  const gone = { from: 2, to: 3, messages: 2, byAuthor: true };
  for (const awaitedMs of [0, 3_720_000]) {
    const watched = new Watched();
    const speakers = new Speakers();
    const [first, second, , fourth] = [1, 2, 3, 4].map(() => speakers.say(0)) as [Said, Said, Said, Said];
    watched.awaitedMs = awaitedMs;
    watched.take(first, fourth);
    watched.delivery.gone(idOfAuthor(0), { ...gone, notMine: true });
    assert.deepEqual(watched.order, ["0:1", "0:4"]);
    assert.deepEqual(watched.told, [awaitedMs === 0 ? "lost 2 of 0" : "awaiting 2 of 0"]);
    assert.equal(
      watched.delivery.lacks(idOfAuthor(0)),
      false,
      "it says itself that no statement is among them",
    );
    if (awaitedMs === 0) continue;
    assert.deepEqual(watched.delivery.missing(), [{ author: idOfAuthor(0), from: 2, to: 3 }]);
    watched.take(second);
    watched.awaitedMs = 0;
    watched.delivery.look();
    assert.deepEqual(watched.order, ["0:1", "0:4", "0:2 gap"]);
    assert.deepEqual(watched.told.slice(1), ["lost 1 of 0"]);
  }
  // What an author calls gone without more is with nobody, whoever is away.
  const watched = new Watched();
  const speakers = new Speakers();
  watched.awaitedMs = 3_720_000;
  watched.take(speakers.say(0), (speakers.say(0), speakers.say(0), speakers.say(0)));
  watched.delivery.gone(idOfAuthor(0), gone);
  assert.deepEqual([watched.order, watched.told], [["0:1", "0:4"], ["lost 2 of 0"]]);
});

Deno.test("Delivery.gone(): for whom something never was does not know that it is lost", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  watched.take(speakers.say(0), (speakers.say(0), speakers.say(0)));
  watched.delivery.gone(idOfAuthor(0), { from: 2, to: 2, messages: 1, notMine: true });
  assert.deepEqual([watched.told, watched.order], [[], ["0:1"]]);
  watched.clock.advance(DELIVERY_LIMITS.waitMs);
  assert.deepEqual([watched.told, watched.order], [["lost 1 of 0"], ["0:1", "0:3"]], "time tells");
});

Deno.test("Delivery.notOurs(): what an author said before it told us where it stands was never for us", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const ours = (): number => watched.delivery.notOurs(idOfAuthor(0));
  assert.equal(ours(), Infinity);
  watched.delivery.hint(idOfAuthor(0), 7);
  assert.equal(ours(), Infinity);
  watched.delivery.setHead(idOfAuthor(0), { number: 2, hash: "", lamport: 2 });
  for (let i = 0; i < 3; i++) watched.take(speakers.say(0));
  assert.deepEqual([watched.delivery.head(idOfAuthor(0))?.number, ours()], [3, 2]);
  watched.delivery.end(idOfAuthor(1), { cut: 9, from: 4, unmet: true });
  assert.equal(watched.delivery.notOurs(idOfAuthor(1)), Infinity, "nothing shows that it knew of us");
});

Deno.test("Delivery does not wait for what an author may bring that has said goodbye", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const [first, , third, goodbye] = [
    speakers.say(0),
    speakers.say(0),
    speakers.say(0),
    speakers.say(0, {
      kind: ContentKind.leave,
    }),
  ];
  watched.away.add(idOfAuthor(0)); // its connection is gone, and its goodbye has not had its turn
  watched.take(first, third);
  watched.clock.advance(3_600_000);
  assert.deepEqual([watched.told, watched.order], [[], ["0:1"]]);
  watched.take(goodbye);
  assert.deepEqual([watched.told, watched.order], [["lost 1 of 0"], ["0:1", "0:3", "0:4"]]);
});

Deno.test("Delivery.end(): what somebody said who left before we met is told as lost, but for what others know was not ours", () => {
  const speakers = new Speakers();
  for (const [gone, told] of [[{}, []], [{ notMine: true }, ["lost 2 of 0"]]] as const) {
    const watched = new Watched();
    const [, , goodbye] = [speakers.say(0), speakers.say(0), speakers.say(0, { kind: ContentKind.leave })];
    const { number } = goodbye.item.content;
    watched.delivery.hint(idOfAuthor(0), number - 3);
    watched.delivery.end(idOfAuthor(0), { cut: number, from: number - 3, unmet: true });
    assert.equal(watched.delivery.hasMet(idOfAuthor(0)), false);
    watched.take(goodbye);
    watched.delivery.gone(idOfAuthor(0), { from: number - 2, to: number - 1, messages: 2, ...gone });
    watched.clock.advance(DELIVERY_LIMITS.waitMs);
    assert.deepEqual([watched.told, watched.order], [told, [`0:${number}`]]);
  }
});

Deno.test("Delivery.begin(): nothing is passed over of whom others have given, and who comes back itself after all", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const said = [1, 2, 3, 4, 5].map((n) => speakers.say(0, n === 2 ? { deps: [[9, 1]] } : {}));
  watched.delivery.setHead(idOfAuthor(9), { number: 1, hash: "", lamport: 1 });
  watched.expired.add(idOfAuthor(0));
  watched.delivery.begin(idOfAuthor(0), { from: 0, unmet: true });
  watched.take(speakers.say(1, { deps: [[0, 3]] }));
  assert.deepEqual(watched.order, ["1:1"], "nobody waits for what may not have been for us");
  watched.take(said[0] as Said, said[1] as Said);
  assert.deepEqual(watched.order, ["1:1", "0:2"]);
  assert.equal(watched.delivery.notOurs(idOfAuthor(0)), 1);
  watched.delivery.gone(idOfAuthor(0), { from: 3, to: 5, messages: 3, notMine: true });
  watched.expired.clear();
  watched.delivery.setHead(idOfAuthor(0), { number: 4, hash: "", lamport: 4 }); // it gives us its chain
  assert.deepEqual([watched.delivery.hasMet(idOfAuthor(0)), watched.delivery.missing().length], [true, 1]);
  watched.take(said[4] as Said, said[3] as Said, said[2] as Said);
  assert.deepEqual([watched.order, watched.told], [["1:1", "0:2", "0:3", "0:4", "0:5"], []]);
});

Deno.test("Delivery.begin(): of whom nothing shows that it knew of us, all counts from where it says that it stands", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const said = [1, 2, 3, 4].map(() => speakers.say(0));
  watched.expired.add(idOfAuthor(0));
  watched.delivery.begin(idOfAuthor(0), { from: 1, unmet: true });
  watched.take(said[1] as Said, said[3] as Said);
  watched.delivery.gone(idOfAuthor(0), { from: 3, to: 3, messages: 1, notMine: true });
  assert.equal(
    watched.delivery.head(idOfAuthor(0))?.number,
    2,
    "for whom it never was does not know that it is gone",
  );
  watched.expired.clear();
  watched.delivery.setHead(idOfAuthor(0), { number: 2, hash: "", lamport: 2 });
  watched.take(said[2] as Said);
  assert.deepEqual([watched.order, watched.told], [["0:3", "0:4"], []]);
});

Deno.test("Delivery.begin(): a sponsor's wrong word on how far somebody had come does not silence who comes back", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const said = [1, 2, 3].map(() => speakers.say(0));
  watched.delivery.hint(idOfAuthor(0), 1_000);
  watched.expired.add(idOfAuthor(0));
  watched.delivery.begin(idOfAuthor(0), { from: 1_000, unmet: true });
  watched.expired.clear();
  watched.delivery.setHead(idOfAuthor(0), { number: 1, hash: "", lamport: 1 });
  watched.take(said[1] as Said, said[2] as Said);
  assert.deepEqual([watched.order, watched.told], [["0:2", "0:3"], []]);
});

Deno.test("Delivery passes over what somebody away may have, shows what comes of it, and tells the rest as lost in the end", () => {
  const keepMs = 3_720_000;
  for (const ends of ["all said no", "time"]) {
    const watched = new Watched();
    const speakers = new Speakers();
    const [first, second, , fourth] = [1, 2, 3, 4].map(() => speakers.say(0)) as [Said, Said, Said, Said];
    watched.awaitedMs = keepMs;
    watched.take(first, fourth);
    watched.delivery.gone(idOfAuthor(0), { from: 2, to: 3, messages: 2 });
    watched.clock.advance(DELIVERY_LIMITS.maxWaitMs - 1);
    assert.deepEqual([watched.order, watched.told], [["0:1"], []], "it may be back soon");
    watched.clock.advance(1);
    assert.deepEqual([watched.order, watched.told], [["0:1", "0:4"], ["awaiting 2 of 0"]]);
    assert.deepEqual(watched.delivery.missing(), [{ author: idOfAuthor(0), from: 2, to: 3 }]);
    watched.take(second);
    assert.deepEqual(watched.order, ["0:1", "0:4", "0:2 gap"]);
    watched.clock.advance(keepMs - 1);
    assert.deepEqual(watched.told, ["awaiting 2 of 0"]);
    if (ends === "time") watched.clock.advance(1);
    else watched.awaitedMs = 0;
    watched.delivery.look();
    assert.deepEqual([watched.told, watched.delivery.missing()], [["awaiting 2 of 0", "lost 1 of 0"], []]);
    assert.equal(watched.clock.waiting, 0);
  }
});

Deno.test("Delivery waits for at most maxWaiting of what it has passed over, of each author", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const { maxWaiting } = DELIVERY_LIMITS;
  watched.awaitedMs = 3_720_000;
  watched.take(speakers.say(0));
  watched.delivery.claim(idOfAuthor(0), maxWaiting + 11);
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs);
  assert.deepEqual(watched.told, ["lost 10 of 0", `awaiting ${maxWaiting} of 0`]);
  watched.delivery.claim(idOfAuthor(0), maxWaiting + 13);
  watched.clock.advance(DELIVERY_LIMITS.maxWaitMs);
  assert.deepEqual(watched.told.slice(2), ["lost 2 of 0"]);
  watched.awaitedMs = 0;
  watched.delivery.look();
  assert.deepEqual(watched.told.slice(3), [`lost ${maxWaiting} of 0`]);
});

Deno.test("Delivery asks whoever is back for what may have been ours of whom nothing shows that it knew of us", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const said = [1, 2, 3].map((n) => speakers.say(0, n === 2 ? { deps: [[9, 1]] } : {}));
  watched.delivery.setHead(idOfAuthor(9), { number: 1, hash: "", lamport: 1 });
  watched.gone.add(idOfAuthor(0));
  watched.void.set(idOfAuthor(0), 3);
  watched.awaitedMs = 3_720_000;
  watched.delivery.end(idOfAuthor(0), { cut: 3, from: 0, unmet: true });
  watched.delivery.gone(idOfAuthor(0), { from: 1, to: 3, messages: 3, notMine: true });
  assert.equal(watched.delivery.missing().length, 1);
  watched.take(said[0] as Said, said[1] as Said);
  assert.deepEqual([watched.order, watched.told], [["0:2 gap"], []]);
  watched.awaitedMs = 0;
  watched.delivery.look();
  assert.deepEqual(watched.told, [], "nobody knows that there was anything for us");
});

Deno.test("Delivery gives nothing up while it is paused, whatever comes and however long it has waited", () => {
  const watched = new Watched();
  const speakers = new Speakers();
  const [first, second, third] = [speakers.say(0), speakers.say(0), speakers.say(0)];
  const [other] = [speakers.say(1, { deps: [[0, second.item.content.number]] })];
  watched.take(first, third, other);
  watched.asked = true; // it may come
  watched.clock.advance(DELIVERY_LIMITS.waitMs + 5_000);
  watched.delivery.pause(); // the connection is lost, and so is whoever could be asked
  watched.asked = false;
  watched.take(speakers.say(2));
  watched.delivery.look();
  watched.clock.advance(600_000);
  assert.deepEqual([watched.told, watched.order], [[], ["0:1", "2:1"]]);
  watched.asked = true;
  watched.delivery.resume();
  watched.take(second);
  assert.deepEqual([watched.told, watched.order], [[], ["0:1", "2:1", "0:2", "0:3", "1:1"]]);
});
