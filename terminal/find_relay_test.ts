import assert from "node:assert/strict";
import { ClientError } from "../client/errors.ts";
import { resolveRelay } from "./find_relay.ts";
import type { Peek } from "./peek_tls.ts";
import { DEFAULT_RELAY } from "./relay_url.ts";

/** What a port is found to speak, and who was asked. */
function peeking(peek: Peek): { asked: string[]; peek: (url: string) => Promise<Peek> } {
  const asked: string[] = [];
  return { asked, peek: (url) => (asked.push(url), Promise.resolve(peek)) };
}

const TLS: Peek = { kind: "tls", certificate: new Uint8Array(), remote: "192.0.2.7" };
const SILENT: Peek = { kind: "silent", code: "ECONNREFUSED" };

Deno.test("resolveRelay() asks nobody where the scheme, --ssl or the default says how to speak", async () => {
  const { asked, peek } = peeking(TLS);
  for (
    const [text, expected, tls] of [
      [DEFAULT_RELAY, DEFAULT_RELAY],
      ["localhost", "ws://localhost:4443/ws"],
      ["::1", "ws://[::1]:4443/ws"],
      ["ws://relay.example", "ws://relay.example/ws"],
      ["https://relay.example", "wss://relay.example/ws"],
      ["relay.example", "wss://relay.example:4443/ws", true],
      ["localhost:9", "wss://localhost:9/ws", true],
    ] as const
  ) {
    assert.equal(await resolveRelay(text, { peek, tls: tls ?? false }), expected);
  }
  assert.deepEqual(asked, []);
  await assert.rejects(resolveRelay("ws://relay.example", { peek, tls: true }), {
    code: "bad_relay",
    status: 2,
  });
});

Deno.test("resolveRelay() takes TLS where it is", async () => {
  const { asked, peek } = peeking(TLS);
  for (const host of ["relay.example:4443", "192.168.1.7:4443", "localhost:9", "[2001:db8::7]:4443"]) {
    assert.equal(await resolveRelay(host, { peek }), `wss://${host}/ws`);
  }
  assert.equal(await resolveRelay("relay.example", { peek }), "wss://relay.example:4443/ws");
  assert.equal(asked.length, 5);
  assert.equal(
    await resolveRelay("relay.example", { peek: () => Promise.resolve({ kind: "old_tls" }) }),
    "wss://relay.example:4443/ws",
  );
});

Deno.test("resolveRelay() never goes without TLS to another machine unless it is written", async () => {
  const { peek } = peeking({ kind: "plain" });
  for (const host of ["relay.example", "192.168.1.7:4443", "10.0.0.1", "[fd00::1]:80"]) {
    await assert.rejects(resolveRelay(host, { peek }), (error) => {
      assert.ok(error instanceof ClientError);
      assert.deepEqual([error.code, error.status], ["no_tls", 3]);
      assert.match(error.message, /it has no TLS; write ws:\/\/\S+ to use it without/);
      return true;
    });
  }
  // Who stops the handshake does not make us try without.
  const silent = peeking(SILENT);
  assert.equal(await resolveRelay("relay.example", silent), "wss://relay.example:4443/ws");
});

Deno.test("resolveRelay() goes without TLS on this computer, where nobody sits in between", async () => {
  for (const peek of [peeking({ kind: "plain" }), peeking(SILENT)]) {
    assert.equal(await resolveRelay("127.0.0.1:9", peek), "ws://127.0.0.1:9/ws");
    assert.equal(peek.asked.length, 1);
  }
});

Deno.test("resolveRelay() stops when it is aborted", async () => {
  const { peek } = peeking({ kind: "plain" });
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(resolveRelay("relay.example", { peek, signal }), /enough/);
});
