import assert from "node:assert/strict";
import { openRelay } from "../../relay/mod.ts";
import { readCommandLine } from "../../relay/program/command_line.ts";
import { configuration } from "../../relay/program/configuration.ts";
import { openParts } from "../../relay/program/open_parts.ts";
import { roomOf } from "../relay_sockets.ts";

/** Says 400 things, 40 a turn of this thread, which is the relay's as well: for how long was it stopped, if ever? */
async function stops(relay: { url: string; close(): Promise<void> }): Promise<(number | undefined)[]> {
  const [alice, bob] = await roomOf(relay.url, 2, 1);
  assert.ok(alice !== undefined && bob !== undefined);
  const { wait } = Atomics;
  const times = new Set<number | undefined>();
  Atomics.wait = (_array: unknown, _index: unknown, _value: unknown, ms?: number) => {
    times.add(ms);
    return "timed-out" as const;
  };
  try {
    for (let sendId = 1; sendId <= 400; sendId++) {
      alice.say(sendId, new Uint8Array(1));
      if (sendId % 40 > 0) continue;
      for (let i = 0; i < 40; i++) await bob.next("deliver");
    }
  } finally {
    Atomics.wait = wait;
  }
  await Promise.all([alice.close(), bob.close()]);
  await relay.close();
  return [...times];
}

Deno.test("openRelay() stops its thread under load where it is told that the thread is its own, and nowhere else", async () => {
  const limits = { rateCount: 10_000 };
  assert.deepEqual(await stops(await openRelay({ port: 0, limits, ownThread: true })), [4]);
  assert.deepEqual(await stops(await openRelay({ port: 0, limits, ownThread: false })), []);
  assert.deepEqual(await stops(await openRelay({ port: 0, limits })), []);
});

Deno.test("The relay's program says that the thread is its own", async () => {
  const line = readCommandLine(["--port", "0", "--max-messages", "10000"]);
  assert.ok(line.kind !== "shown");
  const io = { print: () => {}, complain: (text: string) => assert.fail(text) };
  const { running, close } = await openParts(await configuration(line.flags, io.complain), io);
  assert.deepEqual(await stops({ url: running.url, close }), [4]);
});
