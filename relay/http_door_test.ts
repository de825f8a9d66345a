import assert from "node:assert/strict";
import type { HttpAnswer } from "./http_answers.ts";
import { type DoorRules, HttpDoor, type HttpHead, type Meeting } from "./http_door.ts";

const HEAD: HttpHead = {
  method: "GET",
  target: "/",
  headers: new Headers({ host: "relay.example" }),
  peer: { ip: "192.0.2.1", tls: false },
};

/** A request of the given path, method and headers. */
function head(target: string, headers: Record<string, string> = {}, method = "GET"): HttpHead {
  return { ...HEAD, target, method, headers: new Headers({ host: "relay.example", ...headers }) };
}

function upgrade(target = "/ws", headers: Record<string, string> = {}): HttpHead {
  return head(target, { upgrade: "WebSocket", "sec-websocket-protocol": "other, sotto.v1", ...headers });
}

function door(rules: DoorRules = {}, overloaded = false): HttpDoor {
  return new HttpDoor({ overloaded }, rules);
}

function refusal(meeting: Meeting): HttpAnswer & { code: string } {
  assert.ok("refused" in meeting);
  const { refused } = meeting;
  return { ...refused, code: refused.body === "" ? "" : JSON.parse(refused.body).error.code };
}

Deno.test("meet() lets a WebSocket of ours through", () => {
  for (const target of ["/ws", "/ws?x=1"]) assert.ok("upgrade" in door().meet(upgrade(target)), target);
});

Deno.test("meet() refuses other WebSockets with a sentence", () => {
  for (const protocols of ["", "sotto.v2", "xsotto.v1"]) {
    const answer = refusal(door().meet(upgrade("/ws", { "sec-websocket-protocol": protocols })));
    assert.deepEqual([answer.status, answer.code], [400, "subprotocol"]);
    assert.match(answer.body, /must be sotto\.v1\./);
  }
  assert.equal(refusal(door().meet(head("/ws"))).status, 426);
  assert.equal(refusal(door().meet(upgrade("/other"))).status, 404);
});

Deno.test("meet() says 503 and when to come back while overloaded", () => {
  const { status, code, headers } = refusal(door({}, true).meet(upgrade()));
  assert.deepEqual([status, code, headers["retry-after"]], [503, "relay_full", "30"]);
});

Deno.test("meet() compares paths byte by byte", () => {
  const rules = { metrics: true };
  for (const path of ["/", "/health", "/ready", "/metrics", "/tokens"]) {
    assert.deepEqual(door(rules).meet(head(path)), { guest: { ip: "192.0.2.1", secure: false }, ask: path });
  }
  for (
    const path of [
      "//metrics",
      "/metrics/",
      "/./metrics",
      "/a/../metrics",
      "/%6detrics",
      "/metrics;x",
      "/metrics%00",
      "/metrics#",
      "/METRICS",
      "/\\metrics",
      "/constructor",
      "/__proto__",
    ]
  ) assert.equal(refusal(door(rules).meet(head(path))).status, 404, path);
  for (const target of ["", "*", "http://relay.example/health", "health", "a:443"]) {
    assert.equal(refusal(door(rules).meet(head(target))).status, 400, target);
  }
});

Deno.test("meet() refuses a Host header that is none", () => {
  for (const host of ["", "a b", "a/b", "a@b", "a?b", "x:123456", "[::1", "a,b", "a\\b", "a#"]) {
    assert.equal(refusal(door().meet({ ...HEAD, headers: new Headers({ host }) })).status, 400, host);
  }
  for (const host of ["a", "a_b.example:1", "[::1]:4443", "127.0.0.1:80"]) {
    assert.ok("ask" in door().meet({ ...HEAD, headers: new Headers({ host }) }), host);
  }
});

Deno.test("meet() names the methods that a path takes", () => {
  for (
    const [path, method, allow] of [
      ["/health", "POST", "GET, HEAD, OPTIONS"],
      ["/generate_token", "GET", "POST, OPTIONS"],
      ["/ws", "POST", "GET, OPTIONS"],
      ["/", "BREW", "GET, HEAD, OPTIONS"],
    ] as const
  ) {
    const answer = refusal(door().meet(head(path, {}, method)));
    assert.deepEqual([answer.status, answer.headers.allow], [405, allow], `${method} ${path}`);
  }
  assert.equal(refusal(door().meet(head("/none", {}, "POST"))).status, 404);
  assert.equal(refusal(door().meet(head("/metrics"))).status, 404, "no metrics here");
});

Deno.test("meet() lets foreign pages neither connect nor post unless they are listed", () => {
  const foreign = { origin: "https://chat.example" };
  for (const request of [upgrade("/ws", foreign), head("/generate_token", foreign, "POST")]) {
    assert.equal(refusal(door().meet(request)).code, "foreign_origin");
    assert.ok(!("refused" in door({ origins: ["https://chat.example"] }).meet(request)));
    assert.ok(!("refused" in door({ origins: ["*"] }).meet(request)));
  }
  assert.ok("upgrade" in door().meet(upgrade("/ws", { origin: "http://relay.example" })));
});

Deno.test("meet() answers OPTIONS, and tells only listed pages that they may", () => {
  const ask = head("/generate_token", { origin: "https://chat.example" }, "OPTIONS");
  const stranger = refusal(door().meet(ask));
  assert.deepEqual([stranger.status, stranger.headers.allow], [204, "POST, OPTIONS"]);
  assert.equal(stranger.headers["access-control-allow-origin"], undefined);
  const friend = refusal(door({ origins: ["https://chat.example"] }).meet(ask));
  assert.equal(friend.headers["access-control-allow-origin"], "https://chat.example");
  assert.equal(friend.headers["access-control-allow-methods"], "POST");
});

Deno.test("meet() keeps out denied, not allowed and banned addresses, whatever they ask for", () => {
  const rules: DoorRules[] = [
    { deny: ["192.0.2.0/24"] },
    { allow: ["198.51.100.0/24"] },
    { allow: ["192.0.2.0/24"], deny: ["192.0.2.1"] },
    { blocked: (ip) => ip === "192.0.2.1" },
  ];
  for (const rule of rules) {
    for (const request of [upgrade(), head("/"), head("/none"), head("/ws", {}, "OPTIONS")]) {
      const { status, code } = refusal(door(rule).meet(request));
      assert.deepEqual([status, code], [403, "banned"]);
    }
  }
  assert.ok("upgrade" in door({ allow: ["192.0.2.0/24"], deny: ["192.0.2.2"] }).meet(upgrade()));
});

Deno.test("meet() bans by the address that a trusted proxy names", () => {
  const rules = { deny: ["203.0.113.0/24"], trustProxy: ["192.0.2.1"] };
  assert.equal(
    refusal(door(rules).meet(upgrade("/ws", { "x-forwarded-for": "203.0.113.9" }))).code,
    "banned",
  );
  const { guest } = door(rules).meet(upgrade("/ws", { "x-forwarded-for": "203.0.113.9, 198.51.100.7" }));
  assert.deepEqual(guest, { ip: "198.51.100.7", secure: false });
});
