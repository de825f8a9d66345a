import assert from "node:assert/strict";
import {
  type ClientFrame,
  decodeClientFrame,
  encodeRelayFrame,
  packBatch,
  type RelayFrame,
  unpackBatch,
} from "../wire/mod.ts";
import { CloseCode, ErrorCode } from "../wire/error_codes.ts";
import { FakeClock, MemorySocket, turns } from "../tests/helpers.ts";
import { WELCOME } from "../tests/welcome.ts";
import { ADMIT_MS, HELD_LIMITS, type Joined } from "./coming_back.ts";
import { CONNECTION_LIMITS } from "./connection.ts";
import { HELD_BEFORE } from "./held.ts";
import { LINK_LIMITS, RelayLink } from "./link.ts";
import { encodeComingBack } from "./payload.ts";
import { LONGEST_MS, STEADY_MS } from "./reconnecting.ts";

const ID = new Uint8Array(16);
const DOOR = new Uint8Array(16).fill(5);
const EPOCH = new Uint8Array(16).fill(6);
const OTHER_EPOCH = new Uint8Array(16).fill(7);
const PRESENT = Uint8Array.of(99, 98);
const token = (n: number): Uint8Array => new Uint8Array(32).fill(n);

function joined(change: Partial<Joined> = {}): Joined {
  return {
    type: "joined",
    roomEpoch: EPOCH,
    peerId: 1,
    seq: 0,
    member: true,
    created: false,
    complete: true,
    token: token(1),
    resumeWindowMs: 60_000,
    peers: [],
    ...change,
  };
}

/** A link that comes back, to a relay that says what it is told to. */
class Stage {
  readonly clock = new FakeClock();
  readonly sockets: MemorySocket[] = [];
  readonly told: string[] = [];
  /** Done inside `back`. */
  onBack: () => void = () => {};
  giveUpMs = Infinity;
  link!: RelayLink;
  #read = 0;

  get socket(): MemorySocket {
    return this.sockets.at(-1) as MemorySocket;
  }

  async enter(change: Partial<Joined> = {}, { listens = true } = {}): Promise<this> {
    const opening = RelayLink.open("ws://relay.test/ws", {
      clock: this.clock,
      connect: () => {
        this.#read = 0;
        this.sockets.push(new MemorySocket());
        return Promise.resolve(this.socket);
      },
    });
    await turns(1);
    this.say(WELCOME);
    this.link = await opening;
    if (listens) this.listen();
    const joining = this.link.join(DOOR, "any");
    this.say(joined(change));
    await joining;
    this.#keep();
    this.frames();
    return this;
  }

  listen(): void {
    this.link.listen({
      deliver: ({ from, seq }) => void this.told.push(`deliver ${from} ${seq}`),
      peerIn: (peerId) => void this.told.push(`in ${peerId}`),
      peerOut: (peerId) => void this.told.push(`out ${peerId}`),
      acked: (ticket) => void this.told.push(`acked ${ticket}`),
      admitted: () => void this.told.push("admitted"),
      paused: (ms) => void this.told.push(`paused ${ms}`),
      closed: ({ code }) => void this.told.push(`closed ${code}`),
    });
  }

  #keep(): void {
    this.link.keep({
      doorId: DOOR,
      giveUpMs: this.giveUpMs,
      steadyMs: STEADY_MS,
      claim: () => Promise.resolve(PRESENT),
      told: ({ from }) => void this.told.push(`knocking: ${from}`),
      waiting: ({ attempt }) => void this.told.push(`waiting ${attempt}`),
      back: ({ present, dropped }) => {
        this.told.push(`back ${present === null ? "resumed" : "anew"} ${dropped}`);
        this.onBack();
      },
    });
  }

  say(...frames: RelayFrame[]): void {
    this.socket.onMessage(packBatch(frames.map(encodeRelayFrame)));
  }

  frames(): ClientFrame[] {
    const batches = this.socket.sent.slice(this.#read);
    this.#read = this.socket.sent.length;
    return batches
      .flatMap((bytes) => unpackBatch(bytes, { maxBytes: 1e9, maxFrames: 1e6 }))
      .map((bytes) => decodeClientFrame(bytes))
      .filter(({ type }) => type !== "hello");
  }

  /** Passes time until a new connection is made, greets it, and gives what it is asked first. */
  async reached(): Promise<ClientFrame[]> {
    const before = this.sockets.length;
    for (let ms = 0; this.sockets.length === before; ms += 10) {
      assert.ok(ms <= 2 * LONGEST_MS, "no connection is made");
      await this.clock.pass(10);
    }
    this.say(WELCOME);
    await turns();
    return this.frames();
  }

  async cut(): Promise<ClientFrame[]> {
    this.socket.break();
    return await this.reached();
  }

  async answer(...frames: RelayFrame[]): Promise<ClientFrame[]> {
    this.say(...frames);
    await turns();
    return this.frames();
  }

  news(): string[] {
    return this.told.splice(0);
  }
}

const refused = (code: number, sendId = 0, retryAfterMs = 0): RelayFrame => ({
  type: "error",
  code,
  sendId,
  retryAfterMs,
  sentence: "x",
});
const BAD_TOKEN = refused(ErrorCode.badToken);
const bye = (code: number): RelayFrame => ({ type: "bye", code, sentence: "x" });
const marks = (frames: ClientFrame[]): string[] =>
  frames.map((frame) =>
    frame.type === "send"
      ? `send ${frame.sendId} ${frame.payload[0]}`
      : frame.type === "send_table"
      ? `table ${frame.sendId} to ${frame.parts.map(({ peerId }) => peerId)}`
      : frame.type
  );

Deno.test("RelayLink resumes with its token, its epoch and the last seq seen, and sends again what is unacked", async () => {
  const stage = await new Stage().enter({ seq: 4 });
  for (const mark of [11, 12, 13]) stage.link.send(Uint8Array.of(mark));
  stage.link.sendTable(ID, [{ peerId: 2, bytes: ID }]);
  stage.say({ type: "ack", sendId: 1, seq: 7 }, { type: "deliver", seq: 9, from: 2, payload: ID });
  stage.say({ type: "deliver", seq: 0, from: 2, payload: ID });
  const [resume, ...rest] = await stage.cut();
  assert.deepEqual(rest, []);
  assert.deepEqual(resume, { type: "resume", token: token(1), roomEpoch: EPOCH, lastSeq: 9 });
  assert.equal(stage.link.connected, false);
  const again = await stage.answer(joined({ seq: 12, token: token(2) }));
  assert.deepEqual(marks(again), ["send 2 12", "send 3 13", "table 4 to 2"]);
  assert.equal(stage.link.connected, true);
  stage.link.send(Uint8Array.of(15));
  stage.say({ type: "ack", sendId: 4, seq: 20 });
  await turns();
  assert.deepEqual(marks(stage.frames()), ["send 5 15"]);
  assert.deepEqual(stage.news(), [
    "acked 1",
    "deliver 2 9",
    "deliver 2 0",
    "waiting 1",
    "back resumed ",
    "acked 4",
  ]);
  const [next] = await stage.cut();
  assert.deepEqual(next, { type: "resume", token: token(2), roomEpoch: EPOCH, lastSeq: 20 });
  stage.link.close();
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink: what is missed between two resumes is asked for, not what the relay has come to", async () => {
  const stage = await new Stage().enter({ seq: 4 });
  await stage.cut();
  await stage.answer(joined({ seq: 900 }));
  const [resume] = await stage.cut();
  assert.equal(resume?.type === "resume" && resume.lastSeq, 4, "what followed had not come yet");
  stage.link.close();
});

Deno.test("RelayLink: what is taken without a connection goes out in order on return", async () => {
  const stage = await new Stage().enter();
  stage.link.send(Uint8Array.of(11));
  stage.socket.break();
  for (const mark of [12, 13]) stage.link.send(Uint8Array.of(mark));
  stage.link.sendDroppable(ID);
  stage.link.sendTableDroppable(ID, [{ peerId: 2, bytes: ID }]);
  stage.link.desk.admit(7);
  await stage.reached();
  assert.deepEqual(marks(await stage.answer(joined())), ["send 1 11", "send 2 12", "send 3 13"]);
  stage.link.close();
});

Deno.test("RelayLink enters anew when its place is gone: numbers from 1, tables dropped and told", async () => {
  const stage = await new Stage().enter();
  stage.link.send(Uint8Array.of(11));
  stage.link.sendTable(ID, [{ peerId: 2, bytes: ID }]);
  stage.link.send(Uint8Array.of(13));
  await stage.cut();
  const [join, ...rest] = await stage.answer(BAD_TOKEN);
  assert.deepEqual(rest, []);
  assert.deepEqual(join, { type: "join", doorId: DOOR, mode: "any" });
  const again = await stage.answer(
    joined({ roomEpoch: OTHER_EPOCH, token: token(3), seq: 2, created: true }),
  );
  assert.deepEqual(marks(again), ["send 1 99", "send 2 11", "send 3 13"], "first where it is");
  stage.say({ type: "ack", sendId: 1, seq: 2 });
  stage.say({ type: "ack", sendId: 2, seq: 3 }, { type: "ack", sendId: 3, seq: 4 });
  assert.deepEqual(stage.news(), ["waiting 1", "back anew 2", "acked 1", "acked 3"]);
  const [resume] = await stage.cut();
  assert.deepEqual(resume, { type: "resume", token: token(3), roomEpoch: OTHER_EPOCH, lastSeq: 4 });
  stage.link.close();
});

Deno.test("RelayLink: a refusal that is not about its token is tried again with the same token", async () => {
  const stage = await new Stage().enter();
  await stage.cut();
  await stage.answer(refused(ErrorCode.rateLimited, 0, 3_000));
  assert.deepEqual(stage.news(), ["waiting 1", "waiting 2"]);
  assert.equal(stage.socket.closed, true);
  const [resume] = await stage.reached();
  assert.deepEqual(resume?.type === "resume" && resume.token, token(1));
  stage.link.close();
});

Deno.test("RelayLink: what follows its return is held until the session knows, and told in order", async () => {
  const stage = await new Stage().enter();
  await stage.cut();
  await stage.answer(
    joined({ seq: 9 }),
    { type: "deliver", seq: 6, from: 3, payload: ID },
    { type: "peer_in", peerId: 8 },
    { type: "deliver", seq: 9, from: 3, payload: ID },
  );
  assert.deepEqual(stage.news(), ["waiting 1", "back resumed ", "deliver 3 6", "in 8", "deliver 3 9"]);
  stage.link.close();
});

Deno.test("RelayLink knocks as a member: asks one, then two, then four of those there, until one admits it", async () => {
  const stage = await new Stage().enter();
  stage.link.send(Uint8Array.of(11));
  await stage.cut();
  await stage.answer(BAD_TOKEN);
  const peers = Array.from({ length: 20 }, (_, i) => i + 10);
  const asked: number[] = [];
  const ask = (frames: ClientFrame[]): number => {
    for (const frame of frames) {
      assert.ok(frame.type === "send_table" && frame.droppable && frame.parts.length === 1);
      assert.deepEqual(frame.parts[0]?.bytes, encodeComingBack(PRESENT));
      asked.push(frame.parts[0]?.peerId ?? 0);
    }
    return frames.length;
  };
  assert.equal(ask(await stage.answer(joined({ member: false, peers, seq: 5 }))), 0);
  await stage.clock.pass(0);
  assert.equal(ask(stage.frames()), 1);
  await stage.clock.pass(700);
  assert.equal(ask(stage.frames()), 2);
  await stage.clock.pass(1_300);
  assert.equal(ask(stage.frames()), 4);
  assert.equal(new Set(asked).size, 7);
  assert.ok(asked.every((peer) => peers.includes(peer)));
  stage.say({ type: "deliver", seq: 0, from: 12, payload: ID }, { type: "peer_in", peerId: 40 });
  assert.equal(stage.link.connected, false, "nothing is sent to a room that has not let us in");
  const again = await stage.answer(
    { type: "admitted" },
    { type: "deliver", seq: 6, from: 12, payload: ID },
  );
  assert.deepEqual(marks(again), ["send 1 99", "send 2 11"]);
  assert.deepEqual(stage.news(), [
    "waiting 1",
    "knocking: 12",
    "back anew ",
    "in 40",
    "admitted",
    "deliver 12 6",
  ]);
  await stage.clock.pass(ADMIT_MS);
  assert.deepEqual(stage.news(), [], "what it waited for is over");
  stage.link.close();
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink tries again when nobody admits it in time, when nobody is there, or when it is cut", async () => {
  for (
    const [peers, then] of [
      [[10], (stage: Stage) => stage.clock.pass(ADMIT_MS)],
      [[], () => turns()],
      [[10], (stage: Stage) => Promise.resolve(stage.socket.break())],
    ] as const
  ) {
    const stage = await new Stage().enter();
    await stage.cut();
    await stage.answer(BAD_TOKEN);
    await stage.answer(joined({ member: false, peers: [...peers] }));
    const { socket } = stage;
    await then(stage);
    await turns();
    assert.deepEqual(stage.news(), ["waiting 1", "waiting 2"]);
    assert.equal(socket.closed, true);
    const [first] = await stage.reached();
    assert.equal(first?.type, "resume", "its old place is tried first");
    stage.link.close();
    assert.equal(stage.clock.waiting, 0);
  }
});

Deno.test("RelayLink: a relay that does not answer on the way back is tried again", async () => {
  const stage = await new Stage().enter();
  await stage.cut();
  await stage.clock.pass(CONNECTION_LIMITS.answerMs);
  assert.deepEqual(stage.news().slice(0, 2), ["waiting 1", "waiting 2"]);
  stage.link.close();
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink: a place that somebody else has taken comes back without its token", async () => {
  const stage = await new Stage().enter();
  stage.say(bye(CloseCode.superseded));
  assert.equal(stage.link.closed, false);
  const [first] = await stage.reached();
  assert.equal(first?.type, "join", "its token is worth nothing any more");
  await stage.answer(joined({ token: token(2) }));
  assert.equal(stage.link.connected, true);
  stage.link.close();
});

Deno.test("RelayLink leaves its place to who takes it a second time within a minute, and not after", async () => {
  for (const [ms, ends] of [[LINK_LIMITS.duelMs - 1, true], [LINK_LIMITS.duelMs, false]] as const) {
    const stage = await new Stage().enter();
    stage.say(bye(CloseCode.superseded));
    const start = stage.clock.now();
    await stage.reached();
    await stage.answer(joined({ token: token(2) }));
    for (let at = stage.clock.now(); at < start + ms; at = stage.clock.now()) {
      stage.say({ type: "pong", opaque: 1 });
      await stage.clock.pass(Math.min(5_000, start + ms - at));
    }
    stage.news();
    stage.say(bye(CloseCode.superseded));
    assert.equal(stage.link.closed, ends);
    assert.deepEqual(stage.news(), [ends ? "closed relay_closed" : "waiting 1"]);
    if (!ends) assert.equal((await stage.reached())[0]?.type, "join");
    stage.link.close();
    assert.equal(stage.clock.waiting, 0);
  }
});

Deno.test("RelayLink comes back from a relay that closes, with its token", async () => {
  const stage = await new Stage().enter();
  stage.say(bye(4010));
  assert.equal((await stage.reached())[0]?.type, "resume");
  stage.link.close();
});

Deno.test("RelayLink.reconnectNow() tries at once, and asks a connection whether it is one", async () => {
  const stage = await new Stage().enter();
  await stage.cut();
  for (let i = 0; i < 6; i++) {
    stage.socket.break();
    await stage.reached();
  }
  stage.socket.break();
  await turns();
  const before = stage.sockets.length;
  stage.link.reconnectNow();
  await turns();
  assert.equal(stage.sockets.length, before + 1);
  stage.say(WELCOME);
  await turns();
  await stage.answer(joined());
  stage.news();
  stage.link.reconnectNow();
  await turns();
  assert.deepEqual(marks(stage.frames()), ["ping"]);
  await stage.clock.pass(CONNECTION_LIMITS.wakeMs + CONNECTION_LIMITS.graceMs);
  assert.deepEqual(stage.news(), ["waiting 3"], "it was none, but the relay was there");
  stage.link.close();
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink gives up after giveUpMs and ends, rejecting who waits for it", async () => {
  const stage = new Stage();
  stage.giveUpMs = 20_000;
  await stage.enter();
  stage.socket.break();
  const waits = [stage.link.online(), stage.link.slot()].map((wait) => wait.catch(({ code }) => code));
  await stage.clock.pass(20_000);
  assert.equal(stage.news().at(-1), "closed gave_up");
  assert.deepEqual(await Promise.all(waits), ["gave_up", "gave_up"]);
  assert.throws(() => stage.link.send(ID), /Cannot get back/);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink: of too much before anybody listens nothing is passed over, the rest is had again", async () => {
  const stage = await new Stage().enter({ seq: 0 }, { listens: false });
  const say = (from: number, to: number): void => {
    for (let seq = from; seq <= to; seq++) stage.say({ type: "deliver", seq, from: 2, payload: ID });
  };
  const { frames } = HELD_BEFORE;
  say(1, frames + 5);
  assert.equal(stage.link.connected, false);
  const [resume] = await stage.reached();
  assert.equal(resume?.type === "resume" && resume.lastSeq, frames);
  stage.listen();
  await stage.answer(joined({ seq: frames + 5 }));
  say(frames + 1, frames + 5);
  const seqs = stage.news().filter((line) => line.startsWith("deliver")).map((line) =>
    Number(line.split(" ")[2])
  );
  assert.deepEqual(seqs, Array.from({ length: frames + 5 }, (_, i) => i + 1));
  stage.link.close();
});

Deno.test("RelayLink gives up on a relay that takes it in and drops it, however often, and not on one that was of use", async () => {
  for (const useful of [false, true]) {
    const stage = new Stage();
    stage.giveUpMs = 60_000;
    await stage.enter();
    const start = stage.clock.now();
    stage.socket.break();
    for (let i = 0; i < 40 && !stage.link.closed; i++) {
      await stage.clock.pass(5_000);
      if (stage.link.closed || stage.link.connected) continue;
      stage.say(WELCOME);
      await turns();
      await stage.answer(joined());
      if (!stage.link.connected) continue;
      if (useful) stage.say({ type: "deliver", seq: 0, from: 2, payload: ID });
      stage.socket.break();
    }
    assert.equal(stage.link.closed, !useful);
    if (!useful) assert.ok(stage.clock.now() - start <= 65_000);
    stage.link.close();
  }
});

Deno.test("RelayLink: a relay that takes it in and drops it at once is asked ever more rarely", async () => {
  const stage = await new Stage().enter();
  stage.socket.break();
  for (let i = 0; i < 10; i++) {
    await stage.reached();
    await stage.answer(joined());
    assert.equal(stage.link.connected, true);
    stage.socket.break();
  }
  const waits = stage.news().filter((line) => line.startsWith("waiting"));
  assert.deepEqual(waits, Array.from({ length: 11 }, (_, i) => `waiting ${i + 1}`));
  const start = stage.clock.now();
  await stage.reached();
  assert.ok(stage.clock.now() - start >= LONGEST_MS / 2 - 1, "as if none of them had been one");
  await stage.answer(joined());
  stage.news();
  for (let ms = 0; ms < STEADY_MS; ms += 5_000) {
    stage.say({ type: "pong", opaque: 1 });
    await stage.clock.pass(5_000);
  }
  stage.socket.break();
  assert.deepEqual(stage.news(), ["waiting 1"], "this one was a connection");
  stage.link.close();
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink ends a return that floods it, and what it then comes back to brings everything", async () => {
  const peerIn: RelayFrame = { type: "peer_in", peerId: 9 };
  const frames = Array.from({ length: HELD_LIMITS.frames / 2 }, () => peerIn);
  const deliver = (seq: number, bytes: number): RelayFrame => {
    return { type: "deliver", seq, from: 2, payload: new Uint8Array(bytes) };
  };
  const floods: [string, RelayFrame[][]][] = [
    ["frames", [frames, frames, [peerIn]]],
    ["bytes", Array.from({ length: 5 }, (_, i) => [deliver(5 + i, HELD_LIMITS.bytes / 5 + 1)])],
  ];
  for (const [name, flood] of floods) {
    const stage = await new Stage().enter({ seq: 4 });
    stage.link.send(Uint8Array.of(11));
    await stage.cut();
    for (const [i, batch] of flood.entries()) {
      assert.equal(stage.socket.closed, false, `${name}: batch ${i} is within its bounds`);
      stage.say(...batch);
    }
    assert.equal(stage.socket.closed, true, name);
    await turns();
    assert.deepEqual(stage.news(), ["waiting 1", "waiting 2"], "nothing of it is told");
    const [resume] = await stage.reached();
    assert.equal(resume?.type === "resume" && resume.lastSeq, 4, "what was thrown away is asked for again");
    const again = await stage.answer(joined({ seq: 6 }), deliver(5, 1), deliver(6, 1));
    assert.deepEqual(marks(again), ["send 1 11"]);
    assert.deepEqual(stage.news(), ["back resumed ", "deliver 2 5", "deliver 2 6"]);
    stage.link.close();
    assert.equal(stage.clock.waiting, 0);
  }
});

Deno.test("RelayLink.slot() and openDoor() wait for the return", async () => {
  const stage = await new Stage().enter();
  const opening = stage.link.desk.openDoor(DOOR);
  await turns();
  assert.deepEqual(marks(stage.frames()), ["door", "ping"]);
  stage.socket.break();
  let free = false;
  const slot = stage.link.slot().then(() => free = true);
  await stage.reached();
  assert.equal(free, false);
  const again = await stage.answer(joined());
  await slot;
  const ping = [...again, ...stage.frames()].find((frame) => frame.type === "ping");
  assert.ok(ping?.type === "ping", "the door is asked for again");
  stage.say({ type: "pong", opaque: ping.opaque });
  await opening;
  stage.link.close();
});

Deno.test("RelayLink holds no more than its share of what waits without a connection", async () => {
  const stage = await new Stage().enter();
  stage.socket.break();
  const big = new Uint8Array(16 * 1_048_576 - 100);
  for (let i = 0; i < 4; i++) stage.link.send(big);
  assert.throws(() => stage.link.send(big), /^ClientError: Cannot send: the relay has not taken/);
  assert.equal(stage.link.unacked, 4);
  stage.link.close();
  assert.equal(stage.link.unacked, 0);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("RelayLink.close() in the middle of a return ends it and the connection it was making", async () => {
  for (const at of ["waiting", "resuming", "knocking", "back"]) {
    const stage = await new Stage().enter();
    if (at === "back") stage.onBack = () => stage.link.close();
    stage.socket.break();
    if (at !== "waiting") await stage.reached();
    if (at === "knocking") {
      await stage.answer(BAD_TOKEN);
      await stage.answer(joined({ member: false, peers: [4] }));
    }
    if (at === "back") await stage.answer(joined(), { type: "deliver", seq: 5, from: 2, payload: ID });
    else stage.link.close();
    await turns();
    const told = stage.news();
    assert.equal(told.filter((line) => line.startsWith("closed")).length, 1, at);
    assert.equal(stage.socket.closed, true, at);
    const count = stage.sockets.length;
    await stage.clock.pass(120_000);
    assert.equal(stage.sockets.length, count, at);
    assert.deepEqual(stage.news(), [], at);
    assert.equal(stage.clock.waiting, 0, at);
  }
});
