/** Members that send too much, and anybody that sends to the relay what is no frame. */
import { equal, ok } from "node:assert/strict";
import { BUFFER_LIMITS } from "../../client/buffer.ts";
import { PayloadKind } from "../../client/payload.ts";
import { type Bytes, concat, randomBytes, u32 } from "../../crypto/bytes.ts";
import { encodePresent } from "../../crypto/present.ts";
import { CloseCode, encodeClientFrame, ErrorCode, packBatch } from "../../wire/mod.ts";
import { until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";
import { Joiner, Raw } from "./outsider.ts";

/** A sealed frame of a chain that nobody has been given. */
function sealedUnderNothing(): Bytes {
  return concat(Uint8Array.of(1, 1), randomBytes(16), u32(0), randomBytes(32), randomBytes(272));
}

Deno.test("a member cannot flood the room beyond the relay's rate, and slows down itself alone", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const frame = await hostile.frame({ kind: "text", text: "flood" });
    for (let i = 0; i < 300; i++) hostile.send(frame);
    const refusal = await until(
      "the relay refuses",
      () => mallory.frames.find((f) => f.type === "error" && f.code === ErrorCode.rateLimited),
    );
    ok(refusal.type === "error" && refusal.retryAfterMs > 0, "and says for how long");
    const got = bob.payloads(PayloadKind.sealed, mallory).length;
    ok(got <= 60, `bob got ${got}`);
    equal(mallory.room.isOver, false);
    for (let i = 0; i < 10; i++) await alice.say(`unharmed ${i}`);
    await bob.hears("unharmed 9");
    equal(bob.texts.filter((text) => text === "flood").length, 1);
    equal(alice.frames.filter((f) => f.type === "error").length, 0);
  }, { rateCount: 50 }));

Deno.test("a member cannot flood another by frames that are for it alone", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (let i = 0; i < 3_000; i++) hostile.send(sealedUnderNothing(), bob);
    await hostile.readBy(bob);
    await crowd.pass(1_000);
    ok(bob.notices.includes("overflow"), "bob is told that there was too much");
    const asked = mallory.payloads(PayloadKind.noChain, bob).length;
    ok(asked <= BUFFER_LIMITS.framesPerPeer, `bob asks no more than he can hold: ${asked}`);
    await alice.say("unharmed");
    await bob.hears("unharmed");
    const carol = await crowd.join("carol", alice);
    await carol.say("I could come in");
    await bob.hears("I could come in");
  }));

Deno.test("a member cannot fill the place of newcomers by what strangers would send", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const at = concat(u32(mallory.peerId), mallory.room.parts.joined.roomEpoch, new Uint8Array(8));
    for (let i = 0; i < 2_000; i++) {
      hostile.send(concat(Uint8Array.of(1, PayloadKind.present), randomBytes(16), at, randomBytes(64)), bob);
    }
    await hostile.readBy(bob);
    const zed = await stranger("zed");
    const joiner = await Joiner.come(crowd, alice.room.doors.all[0]?.doorId ?? new Uint8Array(16));
    const { peerId, roomEpoch } = joiner.joined;
    joiner.send(await encodePresent(zed.identity, { room: hostile.room, peerId, roomEpoch, number: 1 }), bob);
    await until("bob has it", () => bob.frames.some((f) => f.type === "deliver" && f.from === peerId));
    await alice.room.say(adding(zed));
    await until("zed is in", () => bob.knows(zed.id)?.status === "in");
    await until("bob knows where zed is", () => bob.room.presence.peerOf(zed.id) === peerId);
    joiner.link.leave();
  }));

Deno.test("a member cannot send frames of nothing for nothing", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const { link } = mallory.room.parts;
    const parts = Array.from({ length: 1_000 }, () => ({ peerId: bob.peerId, bytes: new Uint8Array(0) }));
    for (let i = 0; i < 40; i++) link.sendTable(new Uint8Array(0), parts);
    const refusal = await until("the relay refuses", () =>
      mallory.frames.find((f) => f.type === "error" && f.code === ErrorCode.rateLimited));
    ok(refusal.type === "error" && refusal.retryAfterMs > 0);
    await alice.say("unharmed");
    await bob.hears("unharmed");
  }, { tableBurstBytes: 100_000, tableBytesRate: 1_000 }));

const hello = encodeClientFrame({ type: "hello", version: 1, auth: new Uint8Array(0) });
const nested = concat(new Uint8Array(50_000).fill(0x81), Uint8Array.of(0x80));

/** What is no message of a client, and the code that it is closed with. */
const broken: Record<string, [Uint8Array | string, number]> = {
  "text": ["hello", CloseCode.malformed],
  "a length that is cut short": [Uint8Array.of(0, 0, 0), CloseCode.malformed],
  "a frame that is cut short": [Uint8Array.of(0, 0, 0, 9, 4), CloseCode.malformed],
  "a length beyond all bounds": [
    concat(new Uint8Array(4).fill(0xff), new Uint8Array(64)),
    CloseCode.malformed,
  ],
  "a frame of no type": [packBatch([new Uint8Array(0)]), CloseCode.malformed],
  "a frame of an unknown type": [packBatch([Uint8Array.of(0x7f, 1, 2, 3)]), CloseCode.malformed],
  "a frame that only the relay sends": [
    packBatch([Uint8Array.of(0x85, ...new Uint8Array(12))]),
    CloseCode.malformed,
  ],
  "a second hello": [packBatch([hello]), CloseCode.malformed],
  "an `auth` that is cut short": [packBatch([Uint8Array.of(9, 0, 5)]), CloseCode.malformed],
  "a `ping` that is too long": [packBatch([Uint8Array.of(7, 0, 0, 0, 0, 0)]), CloseCode.malformed],
  "an unknown join mode": [packBatch([Uint8Array.of(2, ...new Uint8Array(16), 9)]), CloseCode.malformed],
  "structures nested too deeply": [nested, CloseCode.malformed],
  "a table that promises more than it holds": [
    packBatch([Uint8Array.of(4, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 2)]),
    CloseCode.malformed,
  ],
  "ten megabytes": [new Uint8Array(10_000_000), CloseCode.tooLarge],
  "ten megabytes in one frame": [
    packBatch([concat(Uint8Array.of(4), new Uint8Array(10_000_000))]),
    CloseCode.tooLarge,
  ],
  "five thousand frames": [
    packBatch(Array.from({ length: 5_000 }, () => Uint8Array.of(6))),
    CloseCode.tooLarge,
  ],
};

Deno.test("nobody can harm the relay or others by what is no frame: that connection is closed with a code", () =>
  withCrowd(async (crowd) => {
    const [alice, bob] = await crowd.party("alice", "bob");
    const { doorId } = alice.room.doors.all[0] ?? { doorId: new Uint8Array(16) };
    for (const [what, [bytes, code]] of Object.entries(broken)) {
      const raw = await Raw.open(crowd.relay.url, doorId);
      raw.send(bytes);
      equal(await raw.code(), code, what);
      ok(raw.frames.some((f) => f.type === "bye" && f.code === code), `${what}: it is told`);
      await alice.say(`after ${what}`);
      await bob.hears(`after ${what}`);
    }
    for (const person of [alice, bob]) {
      equal(person.room.isOver, false);
      equal(person.frames.filter((f) => f.type === "bye" || f.type === "error").length, 0);
    }
  }));

Deno.test("nobody can go on with the relay without a hello", () =>
  withCrowd(async (crowd) => {
    const first = [
      packBatch([Uint8Array.of(6)]),
      packBatch([randomBytes(64)]),
      new Uint8Array(10_000_000),
      "hello",
    ];
    for (const bytes of first) {
      const raw = await Raw.open(crowd.relay.url);
      raw.send(bytes);
      const code = await raw.code();
      ok(code === CloseCode.malformed || code === CloseCode.tooLarge, `${code}`);
    }
    const raw = await Raw.open(crowd.relay.url);
    raw.frame({ type: "hello", version: 99, auth: new Uint8Array(0) });
    equal(await raw.code(), CloseCode.version);
  }));
