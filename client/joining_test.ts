import assert from "node:assert/strict";
import { type Bytes, toHex } from "../crypto/bytes.ts";
import type { Door } from "../crypto/doors.ts";
import { SponsorExchange } from "../crypto/join_handshake.ts";
import { Author } from "../tests/client_helpers.ts";
import { FakeClock, keysAtRest, refusalOf } from "../tests/helpers.ts";
import { ClientError } from "./errors.ts";
import { HELD_BEFORE } from "./held.ts";
import {
  ANSWER_MS,
  knockAtRoom,
  type Knocked,
  LATE_MS,
  MAX_EXCHANGES,
  WELCOME_MS,
  WHOLE_WELCOME_MS,
} from "./joining.ts";
import { SOON_MS } from "./patience.ts";
import { WAIT_MS } from "./late_answers.ts";
import type { Joined, LinkEvents, RelayLink } from "./link.ts";
import { encodeRefused, payloadId, PayloadKind, payloadKind, RefusedCode } from "./payload.ts";
import { encodeRefusal, encodeWelcome, MAX_WELCOME, type WelcomeContent } from "./welcome.ts";

const ROOM: Bytes = new Uint8Array(16).fill(1);
const SPONSOR: Bytes = new Uint8Array(16).fill(2);
const DOOR: Door = {
  kind: "spoken",
  doorId: new Uint8Array(16).fill(3),
  w: new Uint8Array(32).fill(4),
  label: "",
};
const BOB = await Author.create("bob");
const WELCOME: WelcomeContent = {
  packs: [new Uint8Array(100_000).fill(5)],
  presents: [],
  vector: [],
  doors: [],
  guesses: [],
};

/** What a member does with what a newcomer sends it. */
type Member = (payload: Uint8Array, say: (...payloads: Uint8Array[]) => void) => void | Promise<void>;

/** A room whose members do what the test says, and a newcomer before it. */
class Porch {
  readonly clock = new FakeClock();
  readonly asked: number[] = [];
  /** What the newcomer is told of its waiting. */
  readonly told: string[] = [];
  readonly stop = new AbortController();
  events: LinkEvents | undefined;
  /** Of the exchange under way. */
  exchangeId: Bytes = new Uint8Array(16);
  readonly #members: Member[];

  /** The first of `members` is the first one asked, whoever that is, and the last goes on for all others. */
  constructor(...members: Member[]) {
    this.#members = members;
  }

  say(from: number, ...payloads: Uint8Array[]): void {
    for (const payload of payloads) this.events?.deliver({ type: "deliver", seq: 0, from, payload });
  }

  knock(peers = [1, 2, 3, 4, 5], options: { roomId?: Uint8Array; door?: Door } = {}): Promise<Knocked> {
    const link = {
      listen: (events: LinkEvents) => this.events = events,
      fail: (error: ClientError) => this.events?.closed(error),
      sendTable: (_common: Uint8Array, [part]: { peerId: number; bytes: Uint8Array }[]) => {
        assert.ok(part);
        const { peerId, bytes } = part;
        if (payloadKind(bytes) === PayloadKind.knock) this.asked.push(peerId);
        this.exchangeId = payloadId(bytes);
        const at = Math.min(this.asked.indexOf(peerId), this.#members.length - 1);
        void this.#members[at]?.(bytes, (...payloads) => this.say(peerId, ...payloads));
      },
    } as unknown as RelayLink;
    return knockAtRoom({
      link,
      clock: this.clock,
      joined: { peers } as unknown as Joined,
      door: DOOR,
      identity: BOB.identity,
      bundle: BOB.bundle,
      signal: this.stop.signal,
      tell: (message) => void this.told.push(message),
      ...options,
    });
  }

  /** Gives `work` its time: all that waits runs out. */
  async until<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const done = work.finally(() => over = true);
    done.catch(() => {});
    while (!over) {
      await keysAtRest();
      if (!over) this.clock.advance(ANSWER_MS);
    }
    return await done;
  }
}

/** A member that lets in; `change` has the last word about what it sends in the end. */
function sponsor(
  change: (chunks: Uint8Array[]) => Uint8Array[] = (chunks) => chunks,
  bytes: Bytes = encodeWelcome(WELCOME),
  type: "welcome" | "refusal" = "welcome",
): Member {
  let exchange: SponsorExchange | undefined;
  return async (payload, say) => {
    if (payloadKind(payload) === PayloadKind.knock) {
      exchange = await SponsorExchange.answer(payload, { door: DOOR, roomId: ROOM, memberId: SPONSOR });
      say(exchange.answer);
    } else if (payloadKind(payload) === PayloadKind.prove) {
      await exchange?.readProve(payload);
      say(...change(await exchange?.sealWelcome(bytes, { type }) ?? []));
    }
  };
}

const silent: Member = () => {};
const refusing = (code: number, seconds = 0): Member => (payload, say) =>
  say(encodeRefused(payloadId(payload), code, seconds));

Deno.test("knockAtRoom() comes in, keeps what others say meanwhile, and who went", async () => {
  const porch = new Porch(async (payload, say) => {
    if (payloadKind(payload) === PayloadKind.prove) {
      porch.say(9, Uint8Array.of(1, PayloadKind.sealed, 7));
      porch.events?.peerOut(4, "left");
      porch.events?.admitted();
    }
    await letIn(payload, say);
  });
  const letIn = sponsor();
  const knocked = await porch.until(porch.knock([1]));
  assert.equal(toHex(knocked.sponsor), toHex(SPONSOR));
  assert.deepEqual(knocked.welcome, WELCOME);
  assert.deepEqual([knocked.held.map(({ from }) => from), knocked.peersOut, knocked.admitted], [
    [9],
    [4],
    true,
  ]);
  assert.equal(porch.clock.waiting, 0);
});

Deno.test("knockAtRoom() asks the next member when one says nothing for 5 s", async () => {
  const porch = new Porch(silent, sponsor());
  const knocking = porch.knock();
  await keysAtRest();
  porch.clock.advance(ANSWER_MS - 1);
  await keysAtRest();
  assert.equal(porch.asked.length, 1);
  await porch.until(knocking);
  assert.equal(porch.asked.length, 2);
});

Deno.test("knockAtRoom() takes a late answer, while it asks another member and when nobody is left to ask", async () => {
  for (const peers of [[1, 2], [1]]) {
    const letIn = sponsor();
    let answerLate = (): void | Promise<void> => {};
    const slow: Member = (payload, say) => {
      if (payloadKind(payload) === PayloadKind.knock) answerLate = () => letIn(payload, say);
      else return letIn(payload, say);
    };
    const porch = new Porch(slow, silent);
    const knocking = porch.knock(peers);
    await keysAtRest();
    porch.clock.advance(ANSWER_MS);
    await keysAtRest();
    assert.equal(porch.asked.length, peers.length);
    porch.clock.advance(ANSWER_MS - 1);
    await answerLate();
    assert.deepEqual((await porch.until(knocking)).welcome, WELCOME);
    assert.equal(porch.clock.waiting, 0);
  }
});

Deno.test("knockAtRoom() shows a sponsor whose answer came too late that it knew the code, in by another already", async () => {
  for (
    const [when, refusal] of [["while", null], ["after", null], ["while", encodeRefusal("locked")]] as const
  ) {
    const heard: (number | undefined)[] = [];
    let withdrawn = 0;
    let answerLate = (): void => {};
    let exchange: SponsorExchange | undefined;
    const slow: Member = async (payload, say) => {
      heard.push(payloadKind(payload));
      if (payloadKind(payload) === PayloadKind.withdraw) {
        exchange?.readWithdraw(payload);
        withdrawn++;
      } else if (payloadKind(payload) === PayloadKind.knock) {
        exchange = await SponsorExchange.answer(payload, { door: DOOR, roomId: ROOM, memberId: SPONSOR });
        answerLate = () => say(exchange?.answer ?? ROOM);
      }
    };
    const quick = refusal === null ? sponsor() : sponsor((chunks) => chunks, refusal, "refusal");
    const porch = new Porch(slow, async (payload, say) => {
      if (when === "while" && payloadKind(payload) === PayloadKind.prove) answerLate();
      await quick(payload, say);
    });
    const knocking = porch.knock([1, 2]);
    await keysAtRest();
    porch.clock.advance(ANSWER_MS);
    if (refusal !== null) assert.match(await refusalOf(knocking), /^locked/);
    else {
      const { late, welcome } = await knocking;
      assert.deepEqual(welcome, WELCOME);
      if (when === "after") answerLate();
      answerLate();
      assert.deepEqual([late.open.length, late.wrong], [0, false]);
    }
    assert.deepEqual([heard, withdrawn], [[PayloadKind.knock, PayloadKind.withdraw], 1], when);
    assert.equal(porch.clock.waiting, 0);
  }
});

Deno.test("knockAtRoom() goes on with a late answer when whoever answered first breaks off, unless that takes too long", async () => {
  for (const ms of [WAIT_MS - 1, WAIT_MS]) {
    const heard: (number | undefined)[] = [];
    const letIn = sponsor();
    let answerLate = (): void | Promise<void> => {};
    const slow: Member = (payload, say) => {
      heard.push(payloadKind(payload));
      if (payloadKind(payload) === PayloadKind.knock) answerLate = () => letIn(payload, say);
      else if (payloadKind(payload) === PayloadKind.prove) return letIn(payload, say);
    };
    const broken = sponsor(() => []);
    const porch = new Porch(slow, async (payload, say) => {
      await broken(payload, say);
      if (payloadKind(payload) !== PayloadKind.prove) return;
      porch.clock.advance(WELCOME_MS - ms);
      await answerLate();
    });
    const knocking = porch.knock([1, 2]);
    knocking.catch(() => {});
    await keysAtRest();
    porch.clock.advance(ANSWER_MS);
    await keysAtRest();
    porch.clock.advance(ms);
    await keysAtRest();
    const inTime = ms < WAIT_MS;
    assert.deepEqual(heard, [PayloadKind.knock, inTime ? PayloadKind.prove : PayloadKind.withdraw]);
    if (inTime) assert.deepEqual((await knocking).welcome, WELCOME);
    else assert.match(await refusalOf(knocking), /^nobody_answers 1: .*went away/);
    assert.equal(porch.clock.waiting, 0);
  }
});

Deno.test("knockAtRoom() gives whoever answers late one guess at the code, and the user is told", async () => {
  const kinds: (number | undefined)[] = [];
  const wrong = { ...DOOR, w: new Uint8Array(32).fill(5) };
  const answers: (() => void)[] = [];
  const guessing: Member = async (payload, say) => {
    kinds.push(payloadKind(payload));
    if (payloadKind(payload) !== PayloadKind.knock) return;
    const { answer } = await SponsorExchange.answer(payload, {
      door: wrong,
      roomId: ROOM,
      memberId: SPONSOR,
    });
    answers.push(() => say(answer));
  };
  const porch = new Porch(guessing, guessing, sponsor());
  const knocking = porch.knock([1, 2, 3]);
  for (let i = 0; i < 2; i++) {
    await keysAtRest();
    porch.clock.advance(ANSWER_MS);
  }
  const { late } = await knocking;
  let told = 0;
  late.onWrong(() => told++);
  for (const answer of answers) answer();
  assert.deepEqual([late.wrong, told, late.open.length], [true, 1, 0]);
  const { knock, failed } = PayloadKind;
  assert.deepEqual(kinds, [knock, knock, failed], "the second is not looked at");
  assert.equal(porch.clock.waiting, 0);
});

Deno.test("knockAtRoom() tells after two seconds what is waited for, and in how long another is asked or it is given up", async () => {
  const porch = new Porch(silent);
  const refused = refusalOf(porch.knock([1, 2]));
  await keysAtRest();
  porch.clock.advance(SOON_MS - 1);
  assert.deepEqual(porch.told, []);
  const nobody = "You are at the door, and nobody has answered yet";
  for (
    const [ms, text] of [
      [1, `${nobody}: another member is asked in 3 s`],
      [ANSWER_MS, `${nobody}: this is given up in 13 s`],
      [ANSWER_MS, `${nobody}: this is given up in 8 s`],
    ] as const
  ) {
    for (let passed = 0; passed < ms; passed += 1_000) {
      porch.clock.advance(Math.min(1_000, ms));
      await keysAtRest();
    }
    assert.deepEqual(porch.told.splice(0), [text]);
  }
  await porch.until(refused);
  assert.deepEqual([porch.told, porch.clock.waiting], [[], 0]);
});

Deno.test("knockAtRoom() tells once that a member that has answered is slow to give the room, and says nothing of a quick one", async () => {
  let chunks: Uint8Array[] = [];
  const slow = sponsor((all) => {
    chunks = all;
    return [];
  });
  const porch = new Porch(slow);
  const knocking = porch.knock([1]);
  await keysAtRest();
  assert.ok(chunks.length > 1);
  for (const chunk of chunks) {
    porch.clock.advance(SOON_MS);
    await keysAtRest();
    porch.say(1, chunk);
    await keysAtRest();
  }
  await knocking;
  const told = "A member is letting you in: waiting up to 18 s for the next part of what it gives you";
  assert.deepEqual(porch.told, [told]);
  const quick = new Porch(sponsor());
  await quick.knock([1]);
  quick.clock.advance(60_000);
  assert.deepEqual(quick.told, []);
});

Deno.test("knockAtRoom() gives up when nobody has answered 10 s after the last was asked in vain", async () => {
  const porch = new Porch(silent);
  const started = porch.clock.now();
  let over = 0;
  const refused = refusalOf(porch.knock([1, 2])).finally(() => over = porch.clock.now() - started);
  while (over === 0) {
    await keysAtRest();
    porch.clock.advance(500);
  }
  assert.match(await refused, /^nobody_answers 1: .*do not answer/);
  assert.ok(over >= 2 * ANSWER_MS + LATE_MS && over <= 2 * ANSWER_MS + LATE_MS + 1_500, `${over} ms`);
});

Deno.test("knockAtRoom() makes three exchanges at most, and those it is sent away from do not count", async () => {
  const deaf = new Porch(silent);
  assert.match(await refusalOf(deaf.until(deaf.knock())), /^nobody_answers 1: .*do not answer/);
  assert.equal(deaf.asked.length, MAX_EXCHANGES);
  const away = refusing(RefusedCode.noSuchDoor);
  const porch = new Porch(away, refusing(RefusedCode.notSponsor), away, away, sponsor());
  await porch.until(porch.knock());
  assert.equal(porch.asked.length, 5);
  const steward = new Porch(refusing(RefusedCode.notSponsor));
  assert.match(await refusalOf(steward.until(steward.knock())), /^no_sponsor 1/);
  const none = new Porch(away);
  assert.match(await refusalOf(none.until(none.knock())), /^nobody_answers 1: .*nobody in the room answers/);
  const empty = new Porch(silent);
  assert.match(await refusalOf(empty.until(empty.knock([]))), /^nobody_answers/);
});

Deno.test("knockAtRoom() tells why it is sent away for now", async () => {
  for (
    const [code, seconds, sentence] of [
      [RefusedCode.usedUp, 42, /^code_used_up 1: .*Ask for a new one/],
      [RefusedCode.slowDown, 42, /^slow_down 1: .*password was wrong too often\. Try again in 42 s$/],
      [RefusedCode.slowDown, 541, /^slow_down 1: .*Try again in 10 minutes$/],
      [RefusedCode.busy, 42, /^busy 1: .*too many are coming in at once\. Try again in 42 s$/],
    ] as const
  ) {
    const porch = new Porch(refusing(code, seconds));
    assert.match(await refusalOf(porch.until(porch.knock())), sentence);
  }
});

Deno.test("knockAtRoom() goes on to the next member when an answer or a refusal is malformed", async () => {
  const garbled = (kind: number, length: number): Member => (payload, say) => {
    if (payloadKind(payload) !== PayloadKind.knock) return;
    const bytes = new Uint8Array(length);
    bytes.set([1, kind]);
    bytes.set(payloadId(payload), 2);
    say(bytes);
  };
  const porch = new Porch(garbled(PayloadKind.answer, 40), garbled(PayloadKind.refused, 19), sponsor());
  await porch.until(porch.knock());
  assert.equal(porch.asked.length, 3);
  const all = new Porch(garbled(PayloadKind.answer, 40));
  assert.match(await refusalOf(all.until(all.knock())), /^bad_answer 1/);
});

Deno.test("knockAtRoom() ends with the first sponsor that does not know the code, and tells it so", async () => {
  const heard: (number | undefined)[] = [];
  const answer = sponsor();
  const porch = new Porch((payload, say) => {
    heard.push(payloadKind(payload));
    return answer(payload, say);
  });
  const door = { ...DOOR, w: new Uint8Array(32).fill(5) };
  assert.match(await refusalOf(porch.until(porch.knock([1, 2], { door }))), /^wrong_code 1: .*word by word/);
  assert.deepEqual(heard, [PayloadKind.knock, PayloadKind.failed]);
  const other = new Porch(sponsor());
  const roomId = new Uint8Array(16).fill(8);
  assert.match(await refusalOf(other.until(other.knock([1], { roomId }))), /^wrong_code/);
});

Deno.test("knockAtRoom() takes parts of a welcome in order, and what was changed on the way is not one", async () => {
  const flipped = (chunk: Uint8Array): Uint8Array => {
    const copy = chunk.slice();
    copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
    return copy;
  };
  const porch = new Porch(sponsor((chunks) => {
    const [first, second] = chunks;
    assert.ok(first && second && chunks.length === 2);
    return [second, flipped(first), first, first, flipped(second), second];
  }));
  assert.deepEqual((await porch.until(porch.knock([1]))).welcome, WELCOME);
  const changed = new Porch(sponsor((chunks) => chunks.map(flipped)));
  assert.match(await refusalOf(changed.until(changed.knock([1]))), /^nobody_answers 1: .*went away/);
});

Deno.test("knockAtRoom(): parts that do not open buy no time", async () => {
  const porch = new Porch(sponsor(() => []));
  const started = porch.clock.now();
  let over = false;
  const refused = refusalOf(porch.knock([1])).finally(() => over = true);
  while (!over && porch.clock.now() - started < 4 * WELCOME_MS) {
    await keysAtRest();
    porch.clock.advance(WELCOME_MS / 4);
    porch.say(1, Uint8Array.of(1, PayloadKind.welcome, ...porch.exchangeId, ...new Uint8Array(60)));
  }
  assert.match(over ? await refused : "it waits on", /^nobody_answers/);
  assert.ok(porch.clock.now() - started <= 2 * WELCOME_MS);
  porch.stop.abort();
});

Deno.test("knockAtRoom() waits for a whole welcome for five minutes at most, however it is doled out", async () => {
  let chunks: Uint8Array[] = [];
  const slow = sponsor((all) => {
    chunks = all;
    return [];
  }, encodeWelcome({ ...WELCOME, packs: Array.from({ length: 6 }, () => new Uint8Array(200_000)) }));
  const porch = new Porch(slow, silent);
  const started = porch.clock.now();
  let over = false;
  const refused = refusalOf(porch.knock([1])).finally(() => over = true);
  while (!over && (chunks.length > 0 || porch.clock.now() === started)) {
    await keysAtRest();
    porch.clock.advance(WELCOME_MS - 1);
    const next = chunks.shift();
    if (next !== undefined) porch.say(1, next);
    await keysAtRest();
  }
  assert.match(over ? await refused : "it has waited for all of it", /^nobody_answers 1: .*went away/);
  const waited = porch.clock.now() - started;
  assert.ok(waited >= WHOLE_WELCOME_MS && waited <= WHOLE_WELCOME_MS + WELCOME_MS, `${waited} ms`);
});

Deno.test("knockAtRoom() tells why a room that it knows the code of does not take it", async () => {
  for (
    const [refusal, sentence] of [
      ["room_full", /^room_full 1: .*the room is full$/],
      ["bad_nick", /^bad_nick 1: .*Choose another$/],
      ["door_turned", /^door_turned 1: .*no longer valid/],
    ] as const
  ) {
    const porch = new Porch(sponsor((chunks) => chunks, encodeRefusal(refusal), "refusal"));
    assert.match(await refusalOf(porch.until(porch.knock([1]))), sentence);
  }
  const garbage = new Porch(sponsor((chunks) => chunks, Uint8Array.of(1, 2, 3)));
  assert.match(await refusalOf(garbage.until(garbage.knock([1]))), /^bad_welcome 1: .*not understood/);
});

Deno.test("knockAtRoom() takes no welcome of more than 16 MiB", async () => {
  const porch = new Porch(sponsor((chunks) => chunks, new Uint8Array(MAX_WELCOME + 1)));
  assert.match(await refusalOf(porch.until(porch.knock([1]))), /^bad_welcome 1: .*too large/);
});

Deno.test("knockAtRoom() stops when it is told to, and when the connection is gone", async () => {
  const porch = new Porch(silent);
  const refused = refusalOf(porch.knock());
  await keysAtRest();
  porch.stop.abort();
  assert.match(await refused, /^aborted 1/);
  assert.equal(porch.clock.waiting, 0);
  const again = new Porch(silent);
  again.stop.abort();
  assert.match(await refusalOf(again.knock()), /^aborted 1/);
  const lost = new Porch(silent);
  const gone = refusalOf(lost.knock());
  await keysAtRest();
  lost.events?.closed(new ClientError("connection_lost", "Lost", { status: 3 }));
  assert.equal(await gone, "connection_lost 3: Lost");
  assert.equal(lost.clock.waiting, 0);
});

Deno.test("knockAtRoom() ends rather than pass over what comes meanwhile", async () => {
  const letIn = sponsor();
  const porch = new Porch(async (payload, say) => {
    if (payloadKind(payload) === PayloadKind.prove) {
      for (let i = 0; i <= HELD_BEFORE.frames; i++) porch.say(9, Uint8Array.of(1, PayloadKind.sealed, 7));
    }
    await letIn(payload, say);
  });
  assert.match(await refusalOf(porch.until(porch.knock([1]))), /^too_much 3: Cannot come in/);
});
