/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import { inviteIn, relayOf, targetOf, webLink } from "./address.ts";

const PAYLOAD = "AZv0ZBMAOqV6Dd2GQrXRMh8u4k0vJ0CcU9yQ2xgq3b1mZ7w8Xn5pT6sK";
const page = (protocol: string, hash = "") => ({ protocol, host: "relay.example", hash });

Deno.test("a page speaks to the relay that it came from, and a file to none of its own", () => {
  assert.equal(relayOf(page("https:")), "wss://relay.example/ws");
  assert.equal(relayOf(page("http:")), "ws://relay.example/ws");
  assert.equal(relayOf({ protocol: "file:", host: "", hash: "" }), null);
});

Deno.test("only a payload behind the # of the address is an invite", () => {
  assert.equal(inviteIn(page("https:", `#${PAYLOAD}`)), `https://relay.example/#${PAYLOAD}`);
  for (const none of ["", "#"]) assert.equal(inviteIn(page("https:", none)), null);
  for (const bad of ["#short", `#${PAYLOAD}<b>`, `#${PAYLOAD}%20`, `#${"A".repeat(2001)}`]) {
    assert.equal(inviteIn(page("https:", bad)), "damaged");
  }
});

Deno.test("an invite is opened at its own relay alone", () => {
  const own = "wss://relay.example/ws";
  const invite = `https://relay.example/#${PAYLOAD}`;
  assert.deepEqual(targetOf(invite, own, ""), { relay: own, code: invite });
  assert.deepEqual(targetOf(webLink(invite), own, ""), { relay: own, code: invite });
  assert.deepEqual(targetOf(` ${invite} `, null, ""), { relay: "", code: invite });
  assert.match(
    String(targetOf(`https://other.example/#${PAYLOAD}`, own, "")),
    /https:\/\/other\.example\/web/,
  );
  assert.deepEqual(targetOf("lobby", own, ""), { relay: own, code: "lobby" });
  assert.deepEqual(targetOf("lobby", null, own), { relay: own, code: "lobby" });
  assert.match(String(targetOf("lobby", null, "")), /which relay/);
});
