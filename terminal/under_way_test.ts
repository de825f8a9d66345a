import assert from "node:assert/strict";
import { MemorySource } from "../tests/files.ts";
import { FakeClock, turns } from "../tests/helpers.ts";
import { UnderWay } from "./under_way.ts";

const SEND = { command: "send", text: "x" } as const;
const LOST = {
  type: "connection",
  state: "reconnecting",
  reason: "",
  attempt: 1,
  retryMs: 2_000,
  unsent: 0,
} as const;
const BACK = { type: "connection", state: "online", back: true } as const;
const SENT = { type: "sent", id: "a-1", ref: null } as const;

Deno.test("UnderWay follows a message until the relay has it, and forgets one that was refused", async () => {
  const underWay = new UnderWay(new FakeClock());
  const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  underWay.add(SEND, one.promise);
  underWay.add(SEND, two.promise);
  underWay.add({ command: "who" }, Promise.resolve());
  assert.deepEqual([underWay.size, underWay.unsent, underWay.atRisk], [3, 2, 2]);
  one.resolve();
  two.reject(new Error("too long"));
  await turns();
  assert.deepEqual([underWay.size, underWay.unsent, underWay.atRisk], [0, 1, 0]);
  underWay.observe(LOST);
  assert.equal(underWay.atRisk, 1);
  underWay.observe(SENT);
  assert.deepEqual([underWay.unsent, underWay.atRisk], [0, 0]);
});

Deno.test("UnderWay.nextTry counts down", () => {
  const clock = new FakeClock();
  const underWay = new UnderWay(clock);
  assert.equal(underWay.nextTry, "");
  underWay.observe(LOST);
  assert.equal(underWay.nextTry, "next try in 2 s");
  clock.advance(2_000);
  assert.equal(underWay.nextTry, "trying now");
  underWay.observe(BACK);
  assert.equal(underWay.nextTry, "");
});

Deno.test("UnderWay.drain() waits as long as something gets on, and gives up when nothing does", async () => {
  const clock = new FakeClock();
  const underWay = new UnderWay(clock);
  const work = Array.from({ length: 50 }, () => Promise.withResolvers<void>());
  for (const { promise } of work) underWay.add(SEND, promise);
  let drained: boolean | undefined;
  void underWay.drain(1_000).then((all) => drained = all);
  for (const { resolve } of work.slice(1)) {
    resolve();
    await clock.pass(900);
    assert.equal(drained, undefined);
  }
  underWay.observe({ type: "notice", code: "rate_limited", message: "" });
  await clock.pass(900);
  assert.equal(drained, undefined);
  await clock.pass(200);
  assert.equal(drained, false);
  assert.equal(underWay.atRisk, 1);
});

Deno.test("UnderWay.drain() waits without end for the connection, also for what the relay has not acknowledged", async () => {
  const clock = new FakeClock();
  const underWay = new UnderWay(clock);
  underWay.add(SEND, Promise.resolve());
  underWay.observe(LOST);
  let drained: boolean | undefined;
  void underWay.drain(1_000).then((all) => drained = all);
  await clock.pass(3_600_000);
  assert.equal(drained, undefined);
  underWay.observe(BACK);
  underWay.observe(SENT);
  await clock.pass(0);
  assert.equal(drained, true);
  assert.equal(clock.waiting, 0);
});

Deno.test("UnderWay waits for no file that is still being read for its offer", async () => {
  const underWay = new UnderWay(new FakeClock());
  const source = new MemorySource("x", new Uint8Array(1));
  underWay.add({ command: "file", source }, new Promise(() => {}));
  assert.equal(underWay.size, 0);
  assert.equal(await underWay.drain(), true);
});

Deno.test("UnderWay.stop() lets nobody wait any more", async () => {
  const clock = new FakeClock();
  const underWay = new UnderWay(clock);
  underWay.add(SEND, new Promise(() => {}));
  const waiting = Promise.all([underWay.drain(), underWay.fewerThan(1)]);
  underWay.stop();
  assert.deepEqual(await waiting, [false, undefined]);
  assert.equal(clock.waiting, 0);
});
