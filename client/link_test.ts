import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ClientFrame,
  decodeClientFrame,
  encodeRelayFrame,
  packBatch,
  type RelayFrame,
  unpackBatch,
} from "../wire/mod.ts";
import { FakeClock, MemorySocket, refusalOf, turns } from "../tests/helpers.ts";
import { WELCOME } from "../tests/welcome.ts";
import { CONNECTION_LIMITS } from "./connection.ts";
import { Held, HELD_BEFORE } from "./held.ts";
import { type LinkEvents, RelayLink } from "./link.ts";

const URL = "ws://relay.test/ws";
const ID = new Uint8Array(16);

const JOINED: RelayFrame = {
  type: "joined",
  roomEpoch: ID,
  peerId: 1,
  seq: 0,
  member: true,
  created: true,
  complete: true,
  token: new Uint8Array(32),
  resumeWindowMs: 60_000,
  peers: [],
};

/** A relay that says what it is told to. */
class Script {
  readonly clock = new FakeClock();
  readonly socket = new MemorySocket();
  readonly told: string[] = [];
  #read = 0;

  readonly events: LinkEvents = {
    deliver: ({ from }) => void this.told.push(`deliver ${from}`),
    peerIn: (peerId) => void this.told.push(`in ${peerId}`),
    peerOut: (peerId, reason) => void this.told.push(`out ${peerId} ${reason}`),
    acked: (sendId) => void this.told.push(`acked ${sendId}`),
    admitted: () => void this.told.push("admitted"),
    paused: (ms) => void this.told.push(`paused ${ms}`),
    closed: ({ code }) => void this.told.push(`closed ${code}`),
  };

  open(signal?: AbortSignal): Promise<RelayLink> {
    return RelayLink.open(URL, {
      connect: () => Promise.resolve(this.socket),
      clock: this.clock,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async opened(): Promise<RelayLink> {
    const opening = this.open();
    await turns(1);
    this.say(WELCOME);
    const link = await opening;
    link.listen(this.events);
    this.frames();
    return link;
  }

  say(...frames: RelayFrame[]): void {
    this.socket.onMessage(packBatch(frames.map(encodeRelayFrame)));
  }

  /** What the link has sent since the last time. */
  frames(): ClientFrame[] {
    const batches = this.socket.sent.slice(this.#read);
    this.#read = this.socket.sent.length;
    return batches
      .flatMap((bytes) => unpackBatch(bytes, { maxBytes: 1e9, maxFrames: 1e6 }))
      .map((bytes) => decodeClientFrame(bytes));
  }

  sendIds(): number[] {
    return this.frames().map((frame) => ("sendId" in frame ? frame.sendId : 0));
  }

  error(code: number, sendId = 0, retryAfterMs = 0): void {
    this.say({ type: "error", code, sendId, retryAfterMs, sentence: "x" });
  }
}

Deno.test("RelayLink.open() greets, and gathers what is written in one turn into one batch", async () => {
  const script = new Script();
  const opening = script.open();
  await turns(1);
  assert.deepEqual(script.frames().map(({ type }) => type), ["hello"]);
  script.say(WELCOME);
  const link = await opening;
  assert.equal(link.welcome.maxMessage, 1_000);
  const before = script.socket.sent.length;
  link.send(new Uint8Array(10));
  link.desk.shutDoor(ID);
  link.desk.admit(4);
  link.stepBack();
  link.sendTable(ID, [{ peerId: 2, bytes: ID }]);
  link.sendDroppable(ID);
  await turns(1);
  assert.equal(script.socket.sent.length, before + 1);
  assert.deepEqual(script.frames().map(({ type }) => type), [
    "send",
    "door",
    "admit",
    "leave",
    "send_table",
    "send",
  ]);
  assert.equal(link.unacked, 2);
  link.close();
  assert.equal(script.clock.waiting, 0);
});

Deno.test("RelayLink splits batches at the relay's longest payload", async () => {
  const script = new Script();
  const link = await script.opened();
  const before = script.socket.sent.length;
  for (let i = 0; i < 5; i++) link.send(new Uint8Array(1_500));
  await turns(1);
  assert.equal(script.socket.sent.length - before, 3);
  assert.deepEqual(script.sendIds(), [1, 2, 3, 4, 5]);
  link.close();
});

Deno.test("RelayLink.open() fails in a sentence that names the address", async () => {
  const never = new Script();
  const silent = never.open();
  await turns(1);
  never.clock.advance(CONNECTION_LIMITS.answerMs);
  assert.equal(
    await refusalOf(silent),
    `unreachable 3: Cannot reach the relay at ${
      URL.replace(/^ws:\/\/|\/ws$/g, "")
    }: it did not answer within 9 s`,
  );
  assert.equal(never.socket.closed, true);

  const closes = new Script();
  const cut = closes.open();
  await turns(1);
  closes.socket.onClose({ code: 1006, reason: "" });
  assert.match(await refusalOf(cut), /^unreachable 3: .*it closed the connection$/);

  const other = new Script();
  const foreign = other.open();
  await turns(1);
  other.socket.onMessage(new TextEncoder().encode("HTTP/1.1 200 OK"));
  assert.match(await refusalOf(foreign), /^not_a_relay 3: Cannot use ws:/);

  const old = new Script();
  const refused = old.open();
  await turns(1);
  old.error(1001);
  assert.match(await refusalOf(refused), /^version 3: The relay refused: /);
  for (const script of [never, closes, other, old]) assert.equal(script.clock.waiting, 0);
});

Deno.test("RelayLink.open() stops when it is told to, before and while greeting", async () => {
  const before = new Script();
  const reason = new Error("stopped");
  await assert.rejects(before.open(AbortSignal.abort(reason)), reason);
  const script = new Script();
  const stop = new AbortController();
  const opening = script.open(stop.signal);
  await turns(1);
  stop.abort(reason);
  await assert.rejects(opening, reason);
});

Deno.test("RelayLink.join() gives what the relay says, its refusal by name, or gives up", async () => {
  const script = new Script();
  const link = await script.opened();
  const joining = link.join(ID, "any");
  script.say({ type: "peer_in", peerId: 9 }, JOINED);
  assert.equal((await joining).peerId, 1);
  for (
    const [code, name] of [[1101, "no_such_door"], [1102, "door_exists"], [1104, "room_full"], [
      1,
      "refused",
    ]] as const
  ) {
    const refused = refusalOf(link.join(ID, "any"));
    script.error(code, 0, 2_500);
    assert.match(await refused, new RegExp(`^${name} 1: The relay refused: .* Try again in 3 s\\.$`));
  }
  const late = refusalOf(link.join(ID, "any"));
  script.clock.advance(CONNECTION_LIMITS.answerMs);
  assert.match(await late, /^unreachable 3/);
  const cut = refusalOf(link.join(ID, "any"));
  script.socket.break("the network is gone");
  assert.match(await cut, /^connection_lost 3: .*the network is gone/);
  assert.match(await refusalOf(link.join(ID, "any")), /^connection_lost/);
  assert.deepEqual(script.told, ["in 9", "closed connection_lost"]);
});

Deno.test("RelayLink tells what came before anybody listened, in order", async () => {
  const script = new Script();
  const opening = script.open();
  await turns(1);
  script.say(WELCOME);
  const link = await opening;
  script.say(
    { type: "deliver", seq: 1, from: 5, payload: ID },
    { type: "peer_in", peerId: 6 },
    { type: "peer_out", peerId: 5, reason: "left" },
    { type: "admitted" },
  );
  link.listen(script.events);
  assert.deepEqual(script.told, ["deliver 5", "in 6", "out 5 left", "admitted"]);
  link.close();
  assert.equal(link.closed, true);
  link.leave();
  link.listen(script.events);
  assert.equal(script.told.at(-1), "closed closed");
});

Deno.test("RelayLink holds a bounded number of frames while nobody listens, and ends rather than pass over one", async () => {
  for (const more of [0, 1]) {
    const script = new Script();
    const opening = script.open();
    await turns(1);
    script.say(WELCOME);
    const link = await opening;
    for (let i = 0; i < HELD_BEFORE.frames + more; i++) script.say({ type: "peer_in", peerId: i + 1 });
    link.listen(script.events);
    assert.deepEqual(
      script.told.slice(HELD_BEFORE.frames * (1 - more)),
      more === 1 ? ["closed too_much"] : [],
    );
    link.close();
  }
});

Deno.test("Held has a bound in bytes as well, and room again for what is taken out", () => {
  const held = new Held<Extract<RelayFrame, { type: "deliver" }>>();
  const frame = { type: "deliver", seq: 1, from: 2, payload: new Uint8Array(HELD_BEFORE.bytes / 2) } as const;
  assert.deepEqual([held.add(frame), held.add(frame), held.add(frame)], [true, true, false]);
  assert.equal(held.pull(({ seq }) => seq === 2), undefined);
  assert.equal(held.pull(({ seq }) => seq === 1), frame);
  assert.deepEqual([held.add(frame), held.take().length, held.add(frame)], [true, 2, true]);
});

Deno.test("RelayLink sends again in order what the rate limit refused, and loses nothing", async () => {
  const script = new Script();
  const link = await script.opened();
  for (let i = 0; i < 4; i++) link.send(Uint8Array.of(i));
  await turns(1);
  assert.deepEqual(script.sendIds(), [1, 2, 3, 4]);
  script.say({ type: "ack", sendId: 1, seq: 1 });
  script.error(1106, 2, 3_000);
  script.error(1107, 3);
  script.error(1107, 4);
  link.send(Uint8Array.of(4));
  await turns(1);
  assert.deepEqual(script.sendIds(), [], "nothing goes while it is paused");
  let free = false;
  void link.slot().then(() => free = true);
  await script.clock.pass(2_999);
  assert.equal(free, false);
  await script.clock.pass(1);
  assert.equal(free, true);
  assert.deepEqual(script.sendIds(), [2, 3, 4, 5]);
  script.say({ type: "ack", sendId: 5, seq: 5 });
  assert.deepEqual(script.told, ["acked 1", "paused 3000", "paused 3000", "acked 5"]);
  link.close();
});

Deno.test("RelayLink: against any relay that refuses at random, all arrives once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (refuses) => {
      const script = new Script();
      const link = await script.opened();
      const taken: number[] = [];
      let turn = 0;
      let blocked = false;
      const serve = (): void => {
        for (const frame of script.frames()) {
          if (frame.type !== "send" || frame.sendId <= (taken.at(-1) ?? 0)) continue;
          if (frame.sendId !== (taken.at(-1) ?? 0) + 1) script.error(1107, frame.sendId);
          else if (!blocked && refuses[turn++] === true) {
            blocked = true;
            script.error(1106, frame.sendId, 500);
          } else {
            blocked = false;
            taken.push(frame.sendId);
            script.say({ type: "ack", sendId: frame.sendId, seq: 1 });
          }
        }
      };
      for (let i = 0; i < 20; i++) {
        link.send(Uint8Array.of(i));
        if (i % 3 === 0) await script.clock.pass(100);
        serve();
      }
      for (let i = 0; i < 30; i++) {
        await script.clock.pass(600);
        serve();
      }
      assert.deepEqual(taken, Array.from({ length: 20 }, (_, i) => i + 1));
      link.close();
    }),
    { numRuns: 30 },
  );
});

Deno.test("RelayLink.slot() keeps to the relay's rate", async () => {
  const script = new Script();
  const link = await script.opened();
  let taken = 0;
  const run = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      await link.slot();
      taken++;
    }
  };
  const all = run();
  await turns();
  assert.equal(taken, 10, "a burst of two fewer than the relay allows");
  await script.clock.pass(1_000);
  assert.equal(taken, 11);
  await script.clock.pass(4_000);
  assert.equal(taken, 15);
  await all;
  link.close();
  assert.match(await refusalOf(link.slot()), /^closed 3/);
});

Deno.test("RelayLink pings, and ends when nothing is heard for a while after a ping", async () => {
  const script = new Script();
  const link = await script.opened();
  script.clock.advance(30_000);
  await turns(1);
  assert.deepEqual(script.frames().map(({ type }) => type), ["ping"]);
  script.say({ type: "pong", opaque: 1 });
  script.clock.advance(30_000 + CONNECTION_LIMITS.pongMs + CONNECTION_LIMITS.graceMs - 1);
  assert.equal(link.closed, false);
  script.clock.advance(1);
  assert.equal(link.closed, true);
  assert.deepEqual(script.told, ["closed connection_lost"]);
  assert.equal(script.clock.waiting, 0);
});

Deno.test("RelayLink is patient with a silent relay while what it sends is still on its way", async () => {
  const script = new Script();
  const link = await script.opened();
  script.socket.bufferedAmount = 1;
  script.clock.advance(30_000 + WELCOME.heartbeatTimeoutMs + CONNECTION_LIMITS.graceMs - 1);
  assert.equal(link.closed, false);
  script.clock.advance(1);
  assert.equal(link.closed, true);
});

Deno.test("RelayLink asks the relay at once when the clock has jumped, and does not wait long", async () => {
  const script = new Script();
  const link = await script.opened();
  script.clock.sleep(600_000);
  script.clock.advance(1);
  await turns(1);
  assert.deepEqual(script.frames().map(({ type }) => type), ["ping"]);
  script.clock.advance(CONNECTION_LIMITS.wakeMs + CONNECTION_LIMITS.graceMs);
  assert.equal(link.closed, true);
});

Deno.test("RelayLink ends on what is not Sotto, on bye, and on a refusal that does not pass", async () => {
  for (
    const [what, code] of [
      [(s: Script) => s.socket.onMessage(Uint8Array.of(0, 0, 0, 9, 1)), "connection_lost"],
      [(s: Script) => s.say({ type: "bye", code: 4010, sentence: "closing" }), "relay_closed"],
      [(s: Script) => s.error(1108, 1), "not_a_member"],
      [(s: Script) => s.socket.break(), "connection_lost"],
    ] as const
  ) {
    const script = new Script();
    const link = await script.opened();
    what(script);
    assert.deepEqual(script.told, [`closed ${code}`]);
    assert.equal(script.socket.closed, true);
    assert.throws(() => link.send(ID));
    assert.equal(script.clock.waiting, 0);
  }
});

Deno.test("RelayLink.leave() says so and closes", async () => {
  const script = new Script();
  const link = await script.opened();
  link.leave();
  assert.deepEqual(script.frames().map(({ type }) => type), ["leave"]);
  assert.equal(script.socket.closed, true);
});

Deno.test("RelayLink.leave() is done when the socket has closed, however late, or after a second", async () => {
  for (const late of [false, true]) {
    const script = new Script();
    const link = await script.opened();
    let done = false;
    const leaving = link.leave().then(() => done = true);
    void link.leave();
    assert.equal(script.frames().length, 1);
    await script.clock.pass(900);
    assert.equal(done, false);
    if (late) await script.clock.pass(100);
    else script.socket.onClose({ code: 1000, reason: "" });
    await leaving;
    assert.equal(script.clock.waiting, 0);
  }
});

Deno.test("RelayLink.leave() waits for nothing when there is no connection", async () => {
  const script = new Script();
  const link = await script.opened();
  script.socket.break();
  await link.leave();
  assert.deepEqual(script.frames(), []);
});

Deno.test("RelayLink takes no more than maxUnackedBytes, and slot() waits until half of it is taken", async () => {
  const script = new Script();
  const link = await script.opened();
  const big = new Uint8Array(16 * 1_048_576 - 100);
  for (let i = 0; i < 4; i++) link.send(big);
  assert.throws(() => link.send(big), /^ClientError: Cannot send: the relay has not taken/);
  let free = false;
  void link.slot().then(() => free = true);
  await script.clock.pass(500);
  assert.equal(free, false);
  script.say({ type: "ack", sendId: 2, seq: 2 });
  await script.clock.pass(100);
  assert.equal(free, true);
  link.close();
});

Deno.test("RelayLink drops what may be dropped when the rate is used up", async () => {
  const script = new Script();
  const link = await script.opened();
  for (let i = 0; i < 20; i++) link.sendDroppable(ID);
  await turns(1);
  assert.equal(script.frames().length, 10);
  link.close();
});

Deno.test("RelayLink.openDoor() resolves when the relay has nothing against it", async () => {
  const script = new Script();
  const link = await script.opened();
  const opening = link.desk.openDoor(ID);
  await turns(1);
  const [, ping] = script.frames();
  assert.ok(ping?.type === "ping");
  script.say({ type: "pong", opaque: (ping.opaque ^ 1) >>> 0 }, { type: "pong", opaque: ping.opaque });
  await opening;
  const refused = refusalOf(link.desk.openDoor(ID));
  script.error(1103);
  assert.match(await refused, /^door_taken 1/);
  link.close();
});

Deno.test("RelayLink asks one thing after the other, and none of them twice", async () => {
  const script = new Script();
  const link = await script.opened();
  const outcomes = [link.desk.openDoor(ID), link.join(ID, "mustExist"), link.desk.openDoor(ID)].map((asked) =>
    asked.then(() => "yes", (error) => error.code)
  );
  await turns(1);
  assert.deepEqual(script.frames().map(({ type }) => type), ["door", "ping"]);
  script.error(1_303);
  await turns(1);
  assert.deepEqual(script.frames().map(({ type }) => type), ["join"]);
  script.say(JOINED);
  await turns(1);
  assert.deepEqual(script.frames().map(({ type }) => type), ["door", "ping"]);
  link.close();
  const [first, second, third] = await Promise.all(outcomes);
  assert.notEqual(first, "yes");
  assert.deepEqual([second, third], ["yes", "closed"]);
});
