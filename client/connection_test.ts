import assert from "node:assert/strict";
import { decodeClientFrame, encodeRelayFrame, packBatch, type RelayFrame, unpackBatch } from "../wire/mod.ts";
import { FakeClock, MemorySocket, turns } from "../tests/helpers.ts";
import { WELCOME } from "../tests/welcome.ts";
import { Connection, CONNECTION_LIMITS } from "./connection.ts";
import { ClientError } from "./errors.ts";

/** How long after a jump of the clock the relay may be silent. */
const WAKE_MS = CONNECTION_LIMITS.wakeMs + CONNECTION_LIMITS.graceMs;
const PONG: RelayFrame = { type: "pong", opaque: 1 };

/** A connection to a relay that says what it is told to. */
class Stage {
  readonly clock = new FakeClock();
  readonly socket = new MemorySocket();
  readonly told: string[] = [];
  connection!: Connection;
  #read = 0;

  async open(): Promise<this> {
    const opening = Connection.open("ws://relay.test/ws", {
      connect: () => Promise.resolve(this.socket),
      clock: this.clock,
    });
    await turns(1);
    this.say(WELCOME);
    this.connection = await opening;
    this.connection.onFrame = ({ type }) => void this.told.push(type);
    this.connection.onEnd = ({ code }) => void this.told.push(`ended ${code}`);
    await this.sent();
    return this;
  }

  say(...frames: RelayFrame[]): void {
    this.socket.onMessage(packBatch(frames.map(encodeRelayFrame)));
  }

  async sent(): Promise<string[]> {
    await turns(1);
    const batches = this.socket.sent.slice(this.#read);
    this.#read = this.socket.sent.length;
    return batches
      .flatMap((bytes) => unpackBatch(bytes, { maxBytes: 1e9, maxFrames: 1e6 }))
      .map((bytes) => decodeClientFrame(bytes).type);
  }

  /** Why it has ended. */
  code(): string | undefined {
    return this.connection.ended?.code;
  }

  ping(): Promise<RelayFrame> {
    return this.connection.ask(
      [{ type: "ping", opaque: 1 }],
      (frame) => frame.type === "pong" ? frame : undefined,
    );
  }
}

Deno.test("Connection tells frames that answer nothing, and ends once", async () => {
  const stage = await new Stage().open();
  stage.say({ type: "peer_in", peerId: 3 }, PONG);
  assert.deepEqual(stage.told.splice(0), ["peer_in", "pong"]);
  assert.equal(stage.code(), undefined);
  const reason = new ClientError("first", "x");
  stage.connection.end(reason);
  stage.connection.end(new ClientError("second", "x"));
  stage.say(PONG);
  stage.connection.write({ type: "leave" });
  assert.deepEqual(stage.told, ["ended first"]);
  assert.equal(stage.connection.ended, reason);
  assert.deepEqual(await stage.sent(), []);
  assert.deepEqual([stage.socket.closed, stage.clock.waiting], [true, 0]);
});

Deno.test("Connection: an end in the middle of a batch is the end of the batch", async () => {
  const stage = await new Stage().open();
  stage.connection.onFrame = () => stage.connection.end(new ClientError("enough", "x"));
  let count = 0;
  const tell = stage.connection.onFrame;
  stage.connection.onFrame = (frame) => {
    count++;
    tell(frame);
  };
  stage.say(PONG, PONG, PONG);
  assert.equal(count, 1);
});

Deno.test("Connection pings when something comes in, where timers run too rarely", async () => {
  const stage = await new Stage().open();
  stage.clock.sleep(29_000);
  stage.say({ type: "peer_in", peerId: 3 });
  assert.deepEqual(await stage.sent(), []);
  stage.clock.sleep(1_000);
  stage.say({ type: "peer_in", peerId: 4 });
  assert.deepEqual(await stage.sent(), ["ping"]);
  stage.say(PONG);
  assert.deepEqual(await stage.sent(), [], "one is enough");
});

Deno.test("Connection.ask(): one question at a time; each fails with the connection, none hangs", async () => {
  const stage = await new Stage().open();
  const outcomes = [1, 2, 3].map(() => stage.ping().then(({ type }) => type, ({ code }) => code));
  assert.deepEqual(await stage.sent(), ["ping"]);
  stage.say({ type: "peer_in", peerId: 3 }, PONG);
  assert.deepEqual(await stage.sent(), ["ping"]);
  assert.deepEqual(stage.told, ["peer_in"], "what is no answer is told");
  stage.socket.break("the cable is out");
  assert.deepEqual(await Promise.all(outcomes), ["pong", "connection_lost", "connection_lost"]);
  await assert.rejects(stage.ping(), /the cable is out/);
  assert.equal(stage.clock.waiting, 0);
});

Deno.test("Connection.ask() gives up after 9 s and leaves the connection to the next question", async () => {
  const stage = await new Stage().open();
  const asked = stage.ping().catch(({ code }) => code);
  const next = stage.ping();
  stage.clock.advance(CONNECTION_LIMITS.answerMs);
  assert.equal(await asked, "unreachable");
  await turns(1);
  stage.say(PONG);
  assert.equal((await next).type, "pong");
  stage.connection.end(new ClientError("closed", "x"));
});

Deno.test("Connection.probe() ends one that does not answer within 3 s, and no other", async () => {
  const alive = await new Stage().open();
  alive.connection.probe();
  alive.connection.probe();
  assert.deepEqual(await alive.sent(), ["ping"], "one ping is enough");
  alive.clock.advance(CONNECTION_LIMITS.wakeMs - 1);
  alive.say(PONG);
  alive.clock.advance(CONNECTION_LIMITS.pongMs);
  assert.equal(alive.code(), undefined);
  alive.connection.probe();
  assert.deepEqual(await alive.sent(), ["ping"], "and later again");
  alive.clock.advance(WAKE_MS - 1);
  assert.equal(alive.code(), undefined);
  alive.clock.advance(1);
  assert.equal(alive.code(), "connection_lost");
  alive.connection.probe();
  assert.equal(alive.clock.waiting, 0);
});

Deno.test("Connection: whatever the relay says, it is there; silence without a ping ends nothing", async () => {
  const stage = await new Stage().open();
  for (let i = 0; i < 60; i++) {
    stage.clock.advance(9_000);
    stage.say({ type: "peer_in", peerId: i });
  }
  assert.equal(stage.code(), undefined);
  stage.clock.advance(29_000);
  stage.say(PONG);
  assert.ok((await stage.sent()).length > 0);
  stage.connection.end(new ClientError("closed", "x"));
});

Deno.test("Connection: after a sleep it is asked anew, and has time to answer", async () => {
  const stage = await new Stage().open();
  stage.clock.advance(30_000);
  stage.clock.sleep(3_600_000);
  stage.clock.advance(CONNECTION_LIMITS.wakeMs - 1);
  assert.equal(stage.code(), undefined, "it has had no time to read it");
  stage.say(PONG);
  stage.clock.advance(CONNECTION_LIMITS.wakeMs);
  assert.equal(stage.code(), undefined);
  stage.connection.end(new ClientError("closed", "x"));
});

Deno.test("Connection: a program that is so busy that its timers are late takes nothing for silence that it has not read", async () => {
  const stage = await new Stage().open();
  stage.connection.probe();
  for (let i = 0; i < 10; i++) {
    // Each time everything that is due runs late, and what the relay has said is not read yet.
    stage.clock.sleep(CONNECTION_LIMITS.wakeMs);
    stage.clock.advance(0);
    assert.equal(stage.code(), undefined);
  }
  stage.say(PONG);
  stage.clock.advance(WAKE_MS);
  assert.equal(stage.code(), undefined);
  assert.deepEqual(stage.told, ["pong"]);
  stage.connection.end(new ClientError("closed", "x"));
});

Deno.test("Connection: a program whose every turn takes a little too long is busy as well", async () => {
  const stage = await new Stage().open();
  stage.connection.probe();
  stage.clock.advance(CONNECTION_LIMITS.wakeMs);
  for (let ms = 0; ms < 20_000; ms += 20) {
    stage.clock.sleep(20);
    stage.clock.advance(0);
  }
  assert.equal(stage.code(), undefined);
  stage.clock.advance(2 * CONNECTION_LIMITS.graceMs);
  assert.equal(stage.code(), "connection_lost", "once it has time, and has read nothing");
});

Deno.test("Connection: a doubt from before the relay was heard says nothing of a ping since", async () => {
  const stage = await new Stage().open();
  stage.connection.probe();
  stage.clock.advance(CONNECTION_LIMITS.wakeMs);
  stage.say(PONG);
  stage.connection.probe();
  stage.clock.advance(WAKE_MS - 1);
  assert.equal(stage.code(), undefined);
  stage.clock.advance(1);
  assert.equal(stage.code(), "connection_lost");
});

Deno.test("Connection: however busy a program is, a relay silent for as long as it would wait itself is gone", async () => {
  const stage = await new Stage().open();
  stage.connection.probe();
  for (let i = 0; i < 19; i++) {
    stage.clock.sleep(CONNECTION_LIMITS.wakeMs);
    stage.clock.advance(0);
  }
  assert.equal(stage.code(), undefined);
  stage.clock.sleep(CONNECTION_LIMITS.wakeMs);
  stage.clock.advance(0);
  assert.equal(stage.code(), "connection_lost");
});

Deno.test("reached() resolves with the answer to its own ping, or when the connection ends", async () => {
  const stage = await new Stage().open();
  const done: string[] = [];
  void stage.connection.reached().then(() => done.push("first"));
  await turns(1);
  const [batch] = stage.socket.sent.slice(-1);
  const [ping] = unpackBatch(batch ?? new Uint8Array(0), { maxBytes: 1e9, maxFrames: 9 }).map(
    decodeClientFrame,
  );
  assert.ok(ping?.type === "ping");
  void stage.connection.reached().then(() => done.push("second"));
  stage.say({ type: "pong", opaque: ping.opaque });
  await turns(2);
  assert.deepEqual([done, stage.told], [["first"], []]);
  stage.connection.end(new ClientError("over", "over"));
  await turns(2);
  assert.deepEqual(done, ["first", "second"]);
  await stage.connection.reached();
});
