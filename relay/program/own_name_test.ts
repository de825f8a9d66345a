import assert from "node:assert/strict";
import { asInstalled } from "./own_name.ts";

Deno.test("a compiled program calls itself and the other one by what they are called there", () => {
  for (
    const [text, compiled] of [
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
    assert.equal(asInstalled(text, true), compiled);
    assert.equal(asInstalled(text, false), text);
    assert.equal(asInstalled(text), text); // this is no compiled program
  }
});
