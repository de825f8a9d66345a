import assert from "node:assert/strict";
import { parseOrigins } from "./origins.ts";

Deno.test("parseOrigins() admits no header and the relay's own pages", () => {
  const origins = parseOrigins([]);
  assert.ok(origins.admits(null, "relay.example:4443"));
  assert.ok(origins.admits("https://relay.example:4443", "relay.example:4443"));
  assert.ok(origins.admits("http://Relay.example", "relay.example:80"));
  assert.ok(origins.admits("https://relay.example", "RELAY.example"));
  assert.ok(origins.admits("http://[::1]:4443", "[::1]:4443"));
  assert.equal(origins.shares("https://relay.example"), undefined);
});

Deno.test("parseOrigins() refuses foreign pages and garbage", () => {
  const origins = parseOrigins(["https://chat.example"]);
  for (
    const origin of [
      "https://evil.example",
      "https://relay.example.evil.example",
      "https://relay.example:1",
      "https://relay.example/",
      "https://relay.example@evil.example",
      "http://chat.example",
      "https://chat.example:8443",
      "https://chat.example.evil.example",
      "file://",
      "null",
      "",
      "https://chat.example https://evil.example",
    ]
  ) assert.ok(!origins.admits(origin, "relay.example"), origin);
});

Deno.test("parseOrigins() admits and shares with what is listed", () => {
  const origins = parseOrigins(["https://Chat.example:443/", "chrome-extension://abc"]);
  assert.equal(origins.shares("https://chat.example"), "https://chat.example");
  assert.ok(origins.admits("https://chat.example", "other:1"));
  assert.ok(origins.admits("chrome-extension://abc", "other:1"));
  assert.ok(parseOrigins(["null"]).admits("null", "other:1"));
  assert.ok(!parseOrigins(["null"]).admits("https://evil.example", "other:1"));
  assert.equal(parseOrigins(["*"]).shares("https://any.example"), "*");
  assert.ok(parseOrigins(["*"]).admits("null", "other:1"));
});

Deno.test("parseOrigins() names the text that is no origin", () => {
  for (
    const text of ["chat.example", "https://", "https://a/b", "https://a b", "", "**", "https://u@a", "NULL"]
  ) {
    assert.throws(() => parseOrigins([text]), (error: unknown) => {
      return error instanceof RangeError && error.message.includes(JSON.stringify(text));
    }, text);
  }
});
