import assert from "node:assert/strict";
import { SocketClient } from "../relay_sockets.ts";
import { RelayProcess } from "./relay_process.ts";

for (
  const [what, limits] of [["server.ts", undefined], ["with limits", { resumeWindowMs: 2_000 }]] as const
) {
  Deno.test(`RelayProcess (${what}) is killed, and is there again on the same port without its rooms`, async () => {
    const relay = await RelayProcess.start(limits === undefined ? {} : { limits });
    const url = `ws://127.0.0.1:${relay.port}/ws`;
    const before = await SocketClient.open(url);
    const joined = await before.join(1);
    await relay.restart();
    await before.closed;
    const after = await SocketClient.open(url);
    const again = await after.join(1);
    assert.equal(again.created, true);
    assert.notDeepEqual(again.roomEpoch, joined.roomEpoch);
    assert.equal(again.resumeWindowMs, limits?.resumeWindowMs ?? 60_000);
    assert.equal(relay.kills, 1);
    await after.close();
    await relay.close();
  });
}
