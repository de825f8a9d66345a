import assert from "node:assert/strict";
import { relayHandler } from "./deno_handler.ts";
import { Relay } from "./relay.ts";

const INFO = { remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 4 } } as const;
const health = (scheme: string): Request =>
  new Request(`${scheme}://relay.example/health`, { headers: { host: "relay.example" } });

Deno.test("relayHandler() answers for a server with TLS or without, as it is told", async () => {
  const relay = new Relay();
  for (const tls of [false, true]) {
    const { handle } = relayHandler(relay, { tls });
    const status = async (scheme: string): Promise<number> => (await handle(health(scheme), INFO)).status;
    assert.deepEqual([await status("http"), await status("https")], tls ? [400, 200] : [200, 400]);
  }
  await relay.close();
});

Deno.test("relayHandler() turns away who is banned, and tells that the relay is draining", async () => {
  const relay = new Relay();
  const { handle, settled } = relayHandler(relay);
  relay.control.drain("Goodbye.");
  assert.equal((await handle(health("http"), INFO)).status, 503);
  relay.bans.add("192.0.2.0/24");
  assert.equal((await handle(health("http"), INFO)).status, 403);
  const local = { remoteAddr: { transport: "unix", path: "/run/site.sock" } } as const;
  assert.equal((await handle(health("http"), local)).status, 503);
  await relay.close();
  await settled();
});
