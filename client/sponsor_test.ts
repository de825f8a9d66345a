import assert from "node:assert/strict";
import { type Bytes, toHex } from "../crypto/bytes.ts";
import { type Door, doorCommitment, type DoorKind } from "../crypto/doors.ts";
import { JoinerExchange } from "../crypto/join_handshake.ts";
import type { Pack } from "../crypto/pack.ts";
import { Author } from "../tests/client_helpers.ts";
import { cryptoAtRest } from "../tests/crypto_rest.ts";
import { FakeClock } from "../tests/helpers.ts";
import type { Body } from "./bodies.ts";
import { AGAIN_MS, GUARD_MS, MAX_GUARDED, MAX_PASSED } from "./guarding.ts";
import { Guesses, NAMED_BURST, PROOF_MS, SPOKEN_LIFE } from "./guesses.ts";
import { idOf } from "./ids.ts";
import type { RelayLink } from "./link.ts";
import { decodeRefused, encodeFailed, PayloadKind, payloadKind, RefusedCode } from "./payload.ts";
import type { Member, RoomState } from "./room_state.ts";
import { MAX_EXCHANGES, Sponsor } from "./sponsor.ts";
import { Timers } from "./timers.ts";
import { decodeRefusal, type WelcomeContent } from "./welcome.ts";

const ROOM: Bytes = new Uint8Array(16).fill(1);
const [ADA, BOB, CAROL] = await Promise.all([
  Author.create("ada"),
  Author.create("bob"),
  Author.create("carol"),
]);

type Draft = { -readonly [K in keyof RoomState]: RoomState[K] } & { members: Map<string, Member> };

function memberOf(who: Author, order: number): Member {
  const { id, bundle } = who;
  const rest = { expired: false, addedBy: id, addHashes: [], order, removedBy: null } as const;
  return { id, bundle, nick: bundle.nickname, operator: order === 0, status: "in", ...rest, addHashes: [] };
}

/** Ada at a door, and those who knock. */
class Porch {
  readonly clock = new FakeClock();
  readonly timers = new Timers(this.clock);
  readonly guesses = new Guesses(this.clock);
  readonly said: Body[] = [];
  readonly admitted: number[] = [];
  readonly failed: string[] = [];
  readonly sent: { to: number; bytes: Uint8Array }[] = [];
  readonly knows = new Set<string>();
  /** Done as each content takes effect. */
  onSaid: (body: Body) => void = () => {};
  readonly door: Door;
  readonly state: Draft;
  readonly sponsor: Sponsor;

  constructor(kind: DoorKind) {
    this.door = { kind, doorId: new Uint8Array(16).fill(3), w: new Uint8Array(32).fill(4), label: "" };
    this.state = {
      founder: ADA.id,
      members: new Map([[ADA.id, memberOf(ADA, 0)], [CAROL.id, memberOf(CAROL, 1)]]),
      locked: false,
      limit: null,
      steward: ADA.id,
      doors: new Set([toHex(doorCommitment(this.door))]),
    } as unknown as Draft;
    this.sponsor = new Sponsor({
      me: ADA.id,
      roomId: ROOM,
      timers: this.timers,
      guesses: this.guesses,
      link: {
        desk: { admit: (peerId: number) => this.admitted.push(peerId) },
        sendTable: (_common: Uint8Array, parts: { peerId: number; bytes: Uint8Array }[]) => {
          for (const { peerId, bytes } of parts) this.sent.push({ to: peerId, bytes });
        },
      } as unknown as RelayLink,
      doors: () => [this.door],
      state: () => this.state,
      online: (id) => id !== CAROL.id,
      say: (body) => {
        this.said.push(body);
        const number = this.said.length;
        if (body.kind === "attempt") this.guesses.note(`me-${number}`, toHex(body.doorId));
        if (body.kind === "add") this.state.members.set(BOB.id, memberOf(BOB, 2));
        this.onSaid(body);
        return Promise.resolve(number);
      },
      welcome: (): WelcomeContent => ({
        packs: [new Uint8Array(9)],
        presents: [],
        vector: [],
        doors: [],
        guesses: [],
      }),
      knows: (other) => this.knows.has(other),
      failed: (doorId) => void this.failed.push(doorId),
    });
  }

  get kinds(): string[] {
    return this.said.map(({ kind }) => kind);
  }

  /** Knocks; gives the exchange and what came back. */
  async knock(from = 7, door: Door = this.door): Promise<{ exchange: JoinerExchange; reply: Uint8Array }> {
    const exchange = await JoinerExchange.start(door, BOB.identity);
    await this.sponsor.receive(from, exchange.knock);
    return { exchange, reply: this.sent.at(-1)?.bytes ?? new Uint8Array(0) };
  }

  /** The code with which a knock is refused, or 0. */
  async refusal(from = 7, door: Door = this.door): Promise<number> {
    const { exchange, reply } = await this.knock(from, door);
    exchange.dispose();
    return payloadKind(reply) === PayloadKind.refused ? decodeRefused(reply).code : 0;
  }

  /** Proves to know the code; gives what the joiner is told. */
  async prove({ exchange, reply }: { exchange: JoinerExchange; reply: Uint8Array }): Promise<string> {
    const { prove } = await exchange.readAnswer(reply, { bundle: BOB.bundle });
    const before = this.sent.length;
    await this.sponsor.receive(7, prove);
    const chunk = this.sent[before];
    if (chunk === undefined) return "nothing";
    const { type, bytes } = await exchange.readWelcome(chunk.bytes);
    return type === "welcome" ? "welcome" : decodeRefusal(bytes);
  }

  close(): void {
    this.sponsor.dispose();
    this.timers.dispose();
  }
}

async function at(kind: DoorKind, play: (porch: Porch) => Promise<void>): Promise<void> {
  const porch = new Porch(kind);
  try {
    await play(porch);
  } finally {
    porch.close();
    assert.equal(porch.clock.waiting, 0);
  }
}

Deno.test("Sponsor announces, answers, adds, admits and welcomes who knows the code", () =>
  at("spoken", async (porch) => {
    assert.equal(await porch.prove(await porch.knock()), "welcome");
    assert.deepEqual(porch.kinds, ["attempt", "add"]);
    assert.deepEqual(porch.admitted, [7]);
    const [, add] = porch.said;
    assert.ok(add?.kind === "add" && add.attempt === 1);
    assert.deepEqual(porch.failed, []);
  }));

Deno.test("Sponsor calls it no guess when no proof comes at an invite, which cannot be guessed", () =>
  at("invite", async (porch) => {
    await porch.knock();
    porch.clock.advance(2 * PROOF_MS);
    await porch.knock(8);
    assert.deepEqual([porch.kinds, porch.failed], [[], []]);
  }));

Deno.test("Sponsor tells of an invite's guess only once it has failed", () =>
  at("invite", async (porch) => {
    const { exchange } = await porch.knock();
    assert.deepEqual(porch.kinds, []);
    await porch.sponsor.receive(7, encodeFailed(exchange.exchangeId));
    assert.deepEqual(porch.kinds, ["attempt"]);
    assert.deepEqual(porch.failed, [toHex(porch.door.doorId)]);
    await porch.sponsor.receive(7, encodeFailed(exchange.exchangeId));
    assert.equal(porch.said.length, 1, "an exchange ends once");
  }));

Deno.test("Sponsor counts nothing when its answer came too late: whoever is in by another shows that it knows the code", async () => {
  for (const kind of ["spoken", "named", "invite"] as const) {
    await at(kind, async (porch) => {
      const { exchange, reply } = await porch.knock();
      await porch.sponsor.receive(7, exchange.withdraw(reply));
      const cleared = [{ kind: "attemptCleared", number: 1 }];
      assert.deepEqual(porch.said.slice(1), kind === "invite" ? [] : cleared);
      porch.clock.advance(2 * PROOF_MS);
      assert.deepEqual([porch.failed, porch.admitted, porch.sent.length], [[], [], 1]);
    });
  }
});

Deno.test("Sponsor counts a guess that says it is in by another and does not know the code, or that another speaks for", () =>
  at("spoken", async (porch) => {
    const honest = await porch.knock();
    const guess = await porch.knock(8);
    const withdraw = honest.exchange.withdraw(honest.reply);
    const borrowed = withdraw.slice();
    borrowed.set(guess.exchange.exchangeId, 2);
    await porch.sponsor.receive(9, withdraw);
    assert.deepEqual(
      [porch.kinds, porch.failed.length],
      [["attempt", "attempt"], 0],
      "not over another's line",
    );
    await porch.sponsor.receive(8, borrowed);
    assert.deepEqual([porch.kinds, porch.failed.length], [["attempt", "attempt"], 1], "it is told at once");
    await porch.sponsor.receive(8, guess.exchange.withdraw(guess.reply));
    assert.equal(porch.failed.length, 1, "an exchange ends once");
    await porch.sponsor.receive(7, withdraw);
    assert.deepEqual(porch.said.slice(2), [{ kind: "attemptCleared", number: 1 }], "and no other is cleared");
    const cut = await porch.knock();
    await porch.sponsor.receive(7, cut.exchange.withdraw(cut.reply).subarray(0, 49));
    assert.equal(porch.failed.length, 2);
  }));

Deno.test("Sponsor takes one proof, and no proof for 15 s is a failed guess", () =>
  at("spoken", async (porch) => {
    const { exchange, reply } = await porch.knock();
    const { prove } = await exchange.readAnswer(reply, { bundle: BOB.bundle });
    const wrong = prove.slice();
    wrong[20] = (wrong[20] ?? 0) ^ 1;
    await porch.sponsor.receive(7, wrong);
    await porch.sponsor.receive(7, prove);
    assert.deepEqual([porch.kinds, porch.failed.length, porch.admitted.length], [["attempt"], 1, 0]);
    await porch.knock();
    porch.clock.advance(PROOF_MS - 1);
    assert.equal(porch.failed.length, 1);
    porch.clock.advance(1);
    assert.equal(porch.failed.length, 2);
  }));

Deno.test("Sponsor sends away who knocks at no door of ours, and at a limited room that another stewards", () =>
  at("spoken", async (porch) => {
    const elsewhere = { ...porch.door, doorId: new Uint8Array(16).fill(9) };
    assert.equal(await porch.refusal(7, elsewhere), RefusedCode.noSuchDoor);
    porch.state.limit = 9;
    porch.state.steward = CAROL.id;
    assert.equal(await porch.refusal(), RefusedCode.notSponsor);
    porch.state.limit = null;
    porch.state.doors = new Set();
    assert.equal(await porch.refusal(), RefusedCode.noSuchDoor);
    assert.deepEqual(porch.said, []);
  }));

Deno.test("Sponsor holds eight exchanges at once and is busy to the ninth, whoever it is", () =>
  at("invite", async (porch) => {
    for (let from = 1; from <= MAX_EXCHANGES; from++) assert.equal(await porch.refusal(from), 0);
    assert.equal(await porch.refusal(99), RefusedCode.busy);
    porch.clock.advance(PROOF_MS);
    assert.equal(await porch.refusal(99), 0);
  }));

Deno.test("Sponsor has room again when somebody is in by another", () =>
  at("invite", async (porch) => {
    const { exchange, reply } = await porch.knock();
    for (let from = 11; from < 10 + MAX_EXCHANGES; from++) assert.equal(await porch.refusal(from), 0);
    assert.equal(await porch.refusal(99), RefusedCode.busy);
    await porch.sponsor.receive(7, exchange.withdraw(reply));
    assert.equal(await porch.refusal(99), 0);
  }));

Deno.test("Sponsor answers a knock that comes twice once", () =>
  at("invite", async (porch) => {
    const { exchange } = await porch.knock();
    await porch.sponsor.receive(7, exchange.knock);
    assert.equal(porch.sent.length, 1);
  }));

Deno.test("Sponsor slows a named door down, also for knocks that come all at once, and ends a spoken one", async () => {
  await at("named", async (porch) => {
    const knocks = Array.from({ length: NAMED_BURST + 3 }, (_, from) => porch.knock(from));
    await Promise.all(knocks);
    const kinds = porch.sent.map(({ bytes }) => payloadKind(bytes));
    assert.equal(kinds.filter((kind) => kind === PayloadKind.answer).length, NAMED_BURST);
    const refused = porch.sent.filter(({ bytes }) => payloadKind(bytes) === PayloadKind.refused);
    assert.ok(refused.length === 3);
    for (const { bytes } of refused) {
      const { code, retryAfterSeconds } = decodeRefused(bytes);
      assert.ok(code === RefusedCode.slowDown && retryAfterSeconds > 0);
    }
  });
  await at("spoken", async (porch) => {
    for (let i = 0; i < SPOKEN_LIFE; i++) porch.guesses.note(`them-${i}`, toHex(porch.door.doorId));
    assert.equal(await porch.refusal(), RefusedCode.usedUp);
  });
});

Deno.test("Sponsor tells who knows the code why it may not come in, and the guess does not count", async () => {
  const changes: [string, (state: Draft) => void][] = [
    ["door_turned", (state) => state.doors = new Set()],
    ["locked", (state) => state.locked = true],
    ["room_full", (state) => state.limit = 2],
    ["nick_taken", (state) => state.members.set(ADA.id, { ...memberOf(ADA, 0), nick: "Bob" })],
  ];
  for (const [reason, change] of changes) {
    await at("spoken", async (porch) => {
      const knocked = await porch.knock();
      change(porch.state);
      assert.equal(await porch.prove(knocked), reason);
      assert.deepEqual(porch.said.slice(1), [{ kind: "attemptCleared", number: 1 }]);
      assert.deepEqual([porch.failed, porch.admitted], [[], []]);
    });
  }
});

Deno.test("Sponsor gives away the nickname of a member that is not connected", () =>
  at("spoken", async (porch) => {
    porch.state.members.set(CAROL.id, { ...memberOf(CAROL, 1), nick: "bob" });
    assert.equal(await porch.prove(await porch.knock()), "welcome");
  }));

Deno.test("Sponsor: an ADD that turns out to be void lets nobody in", () =>
  at("spoken", async (porch) => {
    porch.onSaid = (body) => {
      if (body.kind !== "add") return;
      porch.state.members.delete(BOB.id);
      porch.state.locked = true;
    };
    assert.equal(await porch.prove(await porch.knock()), "locked");
    assert.deepEqual(porch.admitted, []);
  }));

Deno.test("Sponsor passes on for a minute what its newcomer cannot have been told", () =>
  at("spoken", async (porch) => {
    await porch.prove(await porch.knock());
    const statements = (): number =>
      porch.sent.filter(({ bytes }) => payloadKind(bytes) === PayloadKind.statements).length;
    const pack = await CAROL.says(ROOM, { kind: "topic", topic: "x" });
    await porch.sponsor.guarding.pass(pack, null);
    assert.equal(statements(), 1);
    assert.equal(idOf(porch.sent.at(-1)?.bytes.slice(2, 18) ?? ROOM), ADA.id);
    await porch.sponsor.guarding.pass(await BOB.says(ROOM, { kind: "topic", topic: "x" }), null);
    await porch.sponsor.guarding.pass(await ADA.says(ROOM, { kind: "topic", topic: "x" }), null);
    porch.knows.add(CAROL.id);
    await porch.sponsor.guarding.pass(pack, null);
    assert.equal(statements(), 1);
    await porch.sponsor.guarding.pass(pack, BOB.id);
    assert.equal(statements(), 2, "its own removal in any case");
    porch.knows.clear();
    porch.clock.advance(GUARD_MS);
    await porch.sponsor.guarding.pass(pack, null);
    assert.equal(statements(), 2);
  }));

Deno.test("Sponsor passes on once more, to a newcomer that is back, all that it had passed on", () =>
  at("spoken", async (porch) => {
    await porch.prove(await porch.knock());
    const { guarding } = porch.sponsor;
    const told = (): number[] =>
      porch.sent.splice(0).filter(({ bytes }) => payloadKind(bytes) === PayloadKind.statements)
        .map(({ to }) => to);
    const topic = (text: string): Promise<Pack> => CAROL.says(ROOM, { kind: "topic", topic: text });
    const again = async (ms = AGAIN_MS): Promise<number[]> => {
      await porch.clock.pass(ms);
      await cryptoAtRest();
      return told();
    };
    await guarding.pass(await topic("a"), null);
    assert.deepEqual(told(), [7]);
    guarding.there(BOB.id, 7); // where it has been all the time
    assert.deepEqual(await again(), []);

    guarding.gone(7);
    await guarding.pass(await topic("b"), null);
    assert.deepEqual(await again(), [], "nobody is there");
    guarding.there(BOB.id, 7);
    assert.deepEqual(await again(AGAIN_MS - 1), [], "who has just come may not know us yet");
    assert.deepEqual(await again(1), [7], "both together");

    porch.sponsor.reset();
    guarding.there(BOB.id, 3);
    guarding.gone(3);
    guarding.there(BOB.id, 4);
    assert.deepEqual(await again(), [4], "once, where it is now");
    for (let i = 0; i < 2; i++) await guarding.pass(await topic("c".repeat(40_000)), null);
    told();
    guarding.gone(4);
    guarding.there(BOB.id, 5);
    assert.deepEqual(await again(), [5, 5], "not too much at once");
  }));

Deno.test("Sponsor remembers the first 256 that it passed on to a newcomer", () =>
  at("spoken", async (porch) => {
    await porch.prove(await porch.knock());
    const { guarding } = porch.sponsor;
    const large = await CAROL.says(ROOM, { kind: "topic", topic: "c".repeat(70_000) });
    for (let i = 0; i <= MAX_PASSED; i++) await guarding.pass(large, null);
    porch.sponsor.reset();
    guarding.there(BOB.id, 8);
    const last = porch.sent.length + MAX_PASSED;
    await porch.clock.pass(AGAIN_MS);
    while (porch.sent.length < last) await cryptoAtRest();
    await cryptoAtRest();
    assert.equal(porch.sent.length, last);
  }));

Deno.test("Sponsor passes nothing on to a newcomer that has been put out, but for its removal", () =>
  at("spoken", async (porch) => {
    await porch.prove(await porch.knock());
    const { guarding } = porch.sponsor;
    porch.state.members.set(BOB.id, { ...memberOf(BOB, 2), status: "removed" });
    porch.sent.length = 0;
    const pack = await CAROL.says(ROOM, { kind: "topic", topic: "x" });
    await guarding.pass(pack, BOB.id);
    assert.equal(porch.sent.length, 1);
    await guarding.pass(pack, null);
    guarding.gone(7);
    guarding.there(BOB.id, 8);
    await porch.clock.pass(AGAIN_MS);
    await cryptoAtRest();
    assert.equal(porch.sent.length, 1);
  }));

Deno.test("Sponsor looks after 64 newcomers at a time", () =>
  at("invite", async (porch) => {
    for (let i = 0; i <= MAX_GUARDED; i++) {
      const dave = await Author.create(`dave${i}`);
      porch.onSaid = (body) => {
        if (body.kind === "add") porch.state.members.set(dave.id, memberOf(dave, 3 + i));
      };
      const exchange = await JoinerExchange.start(porch.door, dave.identity);
      await porch.sponsor.receive(100 + i, exchange.knock);
      const { prove } = await exchange.readAnswer(porch.sent.at(-1)?.bytes ?? ROOM, { bundle: dave.bundle });
      await porch.sponsor.receive(100 + i, prove);
    }
    assert.equal(porch.admitted.length, MAX_GUARDED + 1);
    porch.sent.length = 0;
    await porch.sponsor.guarding.pass(await CAROL.says(ROOM, { kind: "topic", topic: "x" }), null);
    assert.equal(porch.sent.length, MAX_GUARDED);
  }));
