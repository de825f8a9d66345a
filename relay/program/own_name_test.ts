import assert from "node:assert/strict";
import { asInstalled, homeRelay, type Started, startedFrom } from "./own_name.ts";

const URL_OF_CLIENT = "https://relay.example/client.js";

Deno.test("a compiled program calls itself and the other one by what they are called there", () => {
  for (
    const [text, installed] of [
      [
        "Found a room:  deno run -A client.ts create --nick alice",
        "Found a room:  sotto create --nick alice",
      ],
      ["start one with `deno run -A server.ts`, or", "start one with `sotto-relay`, or"],
      ["Usage: client.ts [options]", "Usage: sotto [options]"],
      ["server.ts status --help lists what there is", "sotto-relay status --help lists what there is"],
      ["See server.ts.", "See sotto-relay."],
      [
        "deno run -A https://relay.example/client.js join",
        "deno run -A https://relay.example/client.js join",
      ],
      ["Cannot use --env-file /srv/server.ts: it", "Cannot use --env-file /srv/server.ts: it"],
      ["my-server.ts client.tsx", "my-server.ts client.tsx"],
    ] as const
  ) {
    assert.equal(asInstalled(text, { kind: "installed" }), installed);
    assert.equal(asInstalled(text, { kind: "checkout" }), text);
    assert.equal(asInstalled(text), text); // this is a checkout
  }
});

Deno.test("a client from a relay, and one in a file, name the command by which each was started", () => {
  const text = "deno run -A client.ts join; client.ts list; deno run -A server.ts";
  assert.equal(
    asInstalled(text, { kind: "served", url: URL_OF_CLIENT }),
    `deno run -A ${URL_OF_CLIENT} join; client.js list; deno run -A server.ts`,
  );
  assert.equal(
    asInstalled(text, { kind: "bundle" }),
    "deno run -A client.js join; client.js list; deno run -A server.js",
  );
});

Deno.test("how a program was started is told by where its code is", () => {
  const cases: [url: string, compiled: boolean, started: Started, home?: string][] = [
    ["file:///home/a/sotto/relay/program/own_name.ts", false, { kind: "checkout" }],
    ["https://code.example/sotto/relay/program/own_name.ts", false, { kind: "checkout" }],
    ["file:///tmp/deno-compile-sotto/sotto.js", true, { kind: "installed" }],
    ["file:///usr/lib/node_modules/@sotto/sotto/lib/sotto-relay.js", false, { kind: "installed" }],
    ["file:///home/a/dist/client.js", false, { kind: "bundle" }],
    ["https://files.example/sotto/client.js", false, { kind: "bundle" }],
    [URL_OF_CLIENT, false, { kind: "served", url: URL_OF_CLIENT }, "https://relay.example"],
    [
      "http://127.0.0.1:4443/client.js",
      false,
      { kind: "served", url: "http://127.0.0.1:4443/client.js" },
      "http://127.0.0.1:4443",
    ],
  ];
  for (const [url, compiled, started, home] of cases) {
    assert.deepEqual(startedFrom(url, compiled), started, url);
    assert.equal(homeRelay(started), home, url);
  }
});
