import assert from "node:assert/strict";
import { openRelay, type OpenRelayOptions } from "../../relay/mod.ts";
import { selfSigned } from "../../relay/self_signed.ts";
import { pinOf, sourceOf } from "../tls_helpers.ts";
import { runClient } from "./_client_process.ts";

const RELAYS = 4;
const TIMES_AT_EACH = 5;

/** Clients that say one thing to nobody and leave; each must be gone from the relay when its process has ended. */
async function comeAndGo(options: () => OpenRelayOptions, args: readonly string[] = []): Promise<void> {
  const atOne = async (): Promise<void> => {
    const relay = await openRelay({ port: 0, ...options() });
    for (let time = 1; time <= TIMES_AT_EACH; time++) {
      const { status, out, err } = await runClient(
        ["create", "--nick", "carol", "--relay", relay.url, ...args],
        { input: "hello\n" },
      );
      assert.equal(status, 0, out + err);
      assert.equal(relay.relay.stats().rooms, 0, `after ${time}`);
    }
    await relay.close();
  };
  await Promise.all(Array.from({ length: RELAYS }, atOne));
}

for (const listener of ["deno", "node"] as const) {
  Deno.test(`who has left twenty times has no place left at a relay (${listener})`, async () => {
    await comeAndGo(() => ({ listener }));
  });
}

Deno.test("who has left twenty times by TLS has no place left at a relay", async () => {
  const pair = await selfSigned();
  await comeAndGo(() => ({ tls: sourceOf(pair) }), ["--pin", pinOf(pair).toHex()]);
});
