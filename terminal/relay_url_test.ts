import assert from "node:assert/strict";
import { ClientError } from "../client/errors.ts";
import { DEFAULT_RELAY, isLoopback, isOnThisComputer, relayPlace, relayUrl } from "./relay_url.ts";

for (
  const [given, expected] of [
    ["127.0.0.1:4443", "ws://127.0.0.1:4443/ws"],
    ["example.org", "ws://example.org:4443/ws"],
    ["example.org:80", "ws://example.org:80/ws"],
    [" example.org:9000 ", "ws://example.org:9000/ws"],
    ["::1", "ws://[::1]:4443/ws"],
    ["[::1]:5000", "ws://[::1]:5000/ws"],
    ["ws://example.org", "ws://example.org/ws"],
    ["ws://example.org:4443/", "ws://example.org:4443/ws"],
    ["wss://example.org/ws", "wss://example.org/ws"],
    ["WSS://Example.ORG", "wss://example.org/ws"],
    ["http://example.org:4443", "ws://example.org:4443/ws"],
    ["https://example.org", "wss://example.org/ws"],
    ["https://example.org/sotto/ws", "wss://example.org/sotto/ws"],
    [DEFAULT_RELAY, DEFAULT_RELAY],
  ] as const
) {
  Deno.test(`relayUrl() reads ${JSON.stringify(given)}`, () => assert.equal(relayUrl(given), expected));
}

for (
  const given of [
    "",
    "a b",
    "ftp://example.org",
    "host:99999",
    "host:0",
    "http://",
    "wss://me:pw@example.org",
    "https://example.org/#AQID",
    "host:port",
  ]
) {
  Deno.test(`relayUrl() refuses ${JSON.stringify(given)} as wrong usage`, () => {
    assert.throws(
      () => relayUrl(given),
      (error) => error instanceof ClientError && error.code === "bad_relay" && error.status === 2,
    );
  });
}

Deno.test("isLoopback() knows what other computers cannot reach", () => {
  assert.ok(
    isLoopback("ws://127.0.0.1:4443/ws") && isLoopback("ws://[::1]/ws") && isLoopback("ws://localhost/ws"),
  );
  assert.ok(isLoopback("ws://127.1.2.3/ws") && isLoopback("ws://0x7f.1/ws"));
  assert.ok(!isLoopback("ws://192.168.1.2:4443/ws"));
});

Deno.test("isLoopback() takes no name of somebody else for this computer, however it looks", () => {
  for (
    const host of [
      "localhost.evil.example",
      "127.evil.example",
      "127.0.0.1.evil.example",
      "evil.localhost",
      "localhost.",
      "xlocalhost",
      "[::2]",
      "[::1:1]",
      "[::ffff:127.0.0.1]",
      "0.0.0.0",
      "128.0.0.1",
    ]
  ) assert.ok(!isLoopback(`wss://${host}:4443/ws`), host);
});

Deno.test("isOnThisComputer() wants a name of this computer and an address of it that has answered", () => {
  assert.ok(isOnThisComputer("wss://localhost:4443/ws", "127.0.0.1"));
  assert.ok(isOnThisComputer("wss://localhost:4443/ws", "::1"));
  assert.ok(isOnThisComputer("wss://[::1]:4443/ws", "::1"));
  assert.ok(isOnThisComputer("wss://127.0.0.1:4443/ws", "::ffff:127.0.0.1"));
  assert.ok(!isOnThisComputer("wss://localhost:4443/ws", "192.0.2.7"));
  assert.ok(!isOnThisComputer("wss://localhost:4443/ws", ""));
  assert.ok(!isOnThisComputer("wss://relay.example:4443/ws", "127.0.0.1"));
  assert.ok(!isOnThisComputer("wss://localhost.evil.example:4443/ws", "127.0.0.1"));
});

Deno.test("relayPlace() names host and port", () => {
  assert.equal(relayPlace("wss://example.org/ws"), "example.org:443");
  assert.equal(relayPlace("ws://[::1]:4443/ws"), "[::1]:4443");
});
