import assert from "node:assert/strict";
import { ClientError } from "../client/errors.ts";
import type { Socket } from "../client/options.ts";
import { freePort } from "../tests/free_port.ts";
import { denoConnect } from "./connect_deno.ts";
import { explainFailure, whyUnreached } from "./connect_failure.ts";

const signal = AbortSignal.timeout(300_000);
const connect = denoConnect({ timeoutMs: 60_000 });

/** Checks that connecting fails with this code, status 3 and the address in the message. */
async function refuses(url: string, code: string, message: RegExp): Promise<void> {
  const port = new URL(url).host;
  await assert.rejects(connect(url, { signal }), (error) => {
    assert.ok(error instanceof ClientError, String(error));
    assert.equal(error.code, code);
    assert.equal(error.status, 3);
    assert.ok(error.message.includes(port), error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** Serves HTTP on a free port for the time of one test. */
async function withHttp(
  handler: (request: Request) => Response,
  test: (host: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  try {
    await test(`127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** A relay's upgrade, with a word said to whoever comes. */
function upgrade(request: Request, protocol?: string): Response {
  if (request.headers.get("upgrade") !== "websocket") return new Response("no", { status: 404 });
  const { socket, response } = Deno.upgradeWebSocket(request, protocol === undefined ? {} : { protocol });
  socket.binaryType = "arraybuffer";
  socket.onmessage = (event) => socket.send(event.data);
  return response;
}

Deno.test("denoConnect() says when nothing listens", async () => {
  await refuses(`ws://127.0.0.1:${freePort()}/ws`, "unreachable", /nothing listens there/);
});

Deno.test("denoConnect() says when the name is unknown", async () => {
  await refuses("ws://no-such-host.invalid:4443/ws", "unreachable", /no computer of that name/);
});

Deno.test("an unknown name is told from an address out of reach in the words of Linux, macOS and Windows", () => {
  for (
    const said of [
      "failed to lookup address information: Name or service not known",
      "failed to lookup address information: nodename nor servname provided, or not known",
      "No such host is known. (os error 11001)",
      "Der angegebene Host ist unbekannt. (os error 11001)",
    ]
  ) assert.match(whyUnreached(new Error(said)), /no computer of that name/, said);
  for (const said of ["Network is unreachable (os error 101)", "A socket operation … (os error 10051)"]) {
    assert.match(whyUnreached(new Error(said)), /cannot be reached from here/, said);
  }
});

Deno.test("denoConnect() says when a web server answers that is no relay", async () => {
  await withHttp(
    () => new Response("hello", { status: 200 }),
    (host) => refuses(`ws://${host}/ws`, "not_a_relay", /no Sotto relay/),
  );
});

Deno.test("denoConnect() says when a WebSocket server answers that does not know the protocol", async () => {
  await withHttp(
    (request) => upgrade(request),
    (host) => refuses(`ws://${host}/ws`, "not_a_relay", /no Sotto relay/),
  );
});

Deno.test("denoConnect() says when a relay refuses the protocol's version", async () => {
  await withHttp(
    ({ url }) =>
      url.endsWith("/health") ? Response.json({ status: "healthy" }) : new Response("", { status: 400 }),
    (host) => refuses(`ws://${host}/ws`, "version", /another version/),
  );
});

Deno.test("explainFailure() does not take a relay that has just come up for one of another version", async () => {
  await withHttp(() => Response.json({ status: "healthy" }), async (host) => {
    for (const reason of ["failed to connect to WebSocket: tcp connect error", "timed out", "closed", ""]) {
      const error = await explainFailure(`ws://${host}/ws`, { reason, signal, timeoutMs: 60_000 });
      assert.equal(error.code, "unreachable");
      assert.match(error.message, /try again/);
    }
  });
});

Deno.test("denoConnect() says when the relay has too many connections", async () => {
  await withHttp(
    () => new Response("", { status: 429 }),
    (host) => refuses(`ws://${host}/ws`, "relay_busy", /try again/),
  );
});

Deno.test("denoConnect() says when something listens that never answers, within its deadline", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const { port } = listener.addr as Deno.NetAddr;
  const quick = denoConnect({ timeoutMs: 1_000 });
  await assert.rejects(quick(`ws://127.0.0.1:${port}/ws`, { signal }), { code: "not_a_relay" });
  listener.close();
  for (const connection of accepted) connection.close();
  await accepting;
});

Deno.test("denoConnect() gives up at once when it is aborted", async () => {
  const controller = new AbortController();
  controller.abort(new Error("enough"));
  await assert.rejects(connect("ws://127.0.0.1:1/ws", { signal: controller.signal }), /enough/);
});

Deno.test("denoConnect() carries binary messages both ways and reports the close once", async () => {
  await withHttp((request) => upgrade(request, "sotto.v1"), async (host) => {
    const socket: Socket = await connect(`ws://${host}/ws`, { signal });
    const echoed = Promise.withResolvers<Uint8Array>();
    const closed = Promise.withResolvers<number>();
    let closes = 0;
    socket.onMessage = echoed.resolve;
    socket.onClose = ({ code }) => (closes++, closed.resolve(code));
    socket.send(Uint8Array.of(1, 2, 3));
    assert.deepEqual(await echoed.promise, Uint8Array.of(1, 2, 3));
    socket.close();
    await closed.promise;
    socket.send(Uint8Array.of(4)); // closed: dropped, not thrown
    assert.equal(closes, 1);
  });
});
