import assert from "node:assert/strict";
import { packBatch } from "../wire/batch.ts";
import { encodeRelayFrame } from "../wire/frame.ts";
import type { Socket } from "./options.ts";
import { MAX_HELD, Talk } from "./talk.ts";

const URL = "ws://relay.test/ws";

/** A relay that says so many things before anybody listens. */
function talk(count: number): { talk: Talk; closed: () => boolean } {
  let closed = false;
  const socket = { close: () => void (closed = true), send: () => {} } as unknown as Socket;
  const said = new Talk(socket, { url: URL, signal: new AbortController().signal });
  for (let i = 0; i < count; i++) {
    socket.onMessage(packBatch([encodeRelayFrame({ type: "pong", opaque: i })]));
  }
  return { talk: said, closed: () => closed };
}

Deno.test("Talk holds 64 frames that nobody has heard yet, and ends with a relay that says more", async () => {
  const enough = talk(MAX_HELD);
  for (let i = 0; i < MAX_HELD; i++) assert.equal((await enough.talk.hear("pong")).opaque, i);
  enough.talk.release();
  assert.equal(enough.closed(), false);
  const more = talk(MAX_HELD + 1);
  assert.equal(more.closed(), true);
  assert.throws(() => more.talk.release(), /what answers there is not a Sotto relay/);
});
