/** What clients make of a relay that does not want them, before there is any WebSocket. */
import assert from "node:assert/strict";
import { isFinal } from "../../client/endings.ts";
import { ClientError } from "../../client/errors.ts";
import { openRelay, type OpenRelayOptions } from "../../relay/mod.ts";
import { denoConnect } from "../../terminal/connect_deno.ts";
import { selfSigned } from "../../relay/self_signed.ts";
import { sourceOf, withTlsRelay } from "../tls_helpers.ts";

const signal = AbortSignal.timeout(300_000);

async function refusalAt(url: string, caCerts: string[] = []): Promise<ClientError> {
  const connect = denoConnect(caCerts.length === 0 ? {} : { caCerts });
  try {
    const socket = await connect(url, { signal });
    socket.close();
  } catch (error) {
    if (error instanceof ClientError) return error;
  }
  return new ClientError("none", "it was let in, or failed otherwise");
}

async function withRelay(options: OpenRelayOptions, run: (url: string) => Promise<void>): Promise<void> {
  const relay = await openRelay({ port: 0, ...options });
  try {
    await run(relay.url);
  } finally {
    await relay.close();
  }
}

for (const listener of ["deno", "node"] as const) {
  Deno.test(`who is banned is told so at the door and does not come back (${listener})`, () =>
    withRelay({ listener, blocked: () => true }, async (url) => {
      const { code, status, message } = await refusalAt(url);
      assert.deepEqual([code, status], ["banned", 1]);
      assert.match(message, /operator has banned your address/);
      assert.ok(isFinal(new ClientError(code, message)));
    }));

  Deno.test(`who finds the relay full at the door is told so and tries again (${listener})`, () =>
    withRelay({ listener, limits: { maxConnections: 0 } }, async (url) => {
      const refused = await refusalAt(url);
      assert.equal(refused.code, "relay_busy");
      assert.equal(isFinal(refused), false);
    }));
}

Deno.test("who is banned is told so at the door over TLS too", async () => {
  const pair = await selfSigned();
  await withTlsRelay(sourceOf(pair), async (relay) => {
    relay.relay.bans.add("127.0.0.0/8");
    const { code } = await refusalAt(`wss://127.0.0.1:${relay.port}/ws`, [pair.cert]);
    assert.equal(code, "banned");
  });
});
