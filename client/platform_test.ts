import assert from "node:assert/strict";
import { refusalOf } from "../tests/helpers.ts";
import { SUBPROTOCOL } from "../wire/mod.ts";
import { platformClock, platformConnect } from "./platform.ts";

/** A server that does with a socket what the test says; gives its address to `test`. */
async function serving(
  take: (socket: WebSocket) => void,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const closed: Promise<unknown>[] = [];
  const options = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} };
  const server = Deno.serve(options, (request) => {
    if (new URL(request.url).pathname !== "/ws") return new Response("no", { status: 404 });
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL });
    closed.push(new Promise((resolve) => socket.addEventListener("close", resolve)));
    take(socket);
    return response;
  });
  try {
    await test(`ws://127.0.0.1:${server.addr.port}/ws`);
  } finally {
    await Promise.all(closed);
    stop.abort();
    await server.finished;
  }
}

const unstopped = { signal: new AbortController().signal };

Deno.test("platformConnect() carries bytes both ways and tells how the other end closes", () =>
  serving((socket) => {
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      socket.send(data);
      if (new Uint8Array(data)[0] === 9) socket.close(4_000, "enough");
    };
  }, async (url) => {
    const socket = await platformConnect(url, unstopped);
    const heard: number[] = [];
    socket.onMessage = (bytes) => void heard.push(...bytes);
    const closed = new Promise((resolve) => socket.onClose = resolve);
    socket.send(Uint8Array.of(1, 2));
    socket.send(Uint8Array.of(9));
    assert.equal(typeof socket.bufferedAmount, "number");
    assert.deepEqual(await closed, { code: 4_000, reason: "enough" });
    assert.deepEqual(heard, [1, 2, 9]);
    socket.send(Uint8Array.of(1)); // into the void
    socket.close();
  }));

Deno.test("platformConnect() closes when the other end sends text", () =>
  serving((socket) => {
    socket.onopen = () => socket.send("text");
  }, async (url) => {
    const socket = await platformConnect(url, unstopped);
    let heard = 0;
    socket.onMessage = () => heard++;
    await new Promise((resolve) => socket.onClose = resolve);
    assert.equal(heard, 0);
  }));

Deno.test("platformConnect() names the address that does not answer, or is no relay", async () => {
  await serving(() => {}, async (url) => {
    const elsewhere = url.replace("/ws", "/elsewhere").replace("ws:", "ws:");
    const refusal = await refusalOf(platformConnect(elsewhere, unstopped));
    assert.equal(refusal, `unreachable 3: Cannot reach the relay at ${elsewhere}`);
  });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assert.match(await refusalOf(platformConnect(`ws://127.0.0.1:${port}/ws`, unstopped)), /^unreachable 3/);
});

Deno.test("platformConnect() stops when it is told to", () =>
  serving(() => {}, async (url) => {
    const before = AbortSignal.abort(new Error("before"));
    await assert.rejects(platformConnect(url, { signal: before }), /before/);
    const stop = new AbortController();
    const connecting = platformConnect(url, { signal: stop.signal });
    stop.abort(new Error("meanwhile"));
    await assert.rejects(connecting, /meanwhile/);
  }));

Deno.test("platformClock runs a timer once, unless it is forgotten", async () => {
  const before = platformClock.now();
  const forgotten = platformClock.setTimer(() => assert.fail("it was forgotten"), 0);
  platformClock.clearTimer(forgotten);
  await new Promise<void>((resolve) => platformClock.setTimer(resolve, 0));
  assert.ok(platformClock.now() >= before);
});
