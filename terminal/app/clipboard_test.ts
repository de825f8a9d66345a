import assert from "node:assert/strict";
import { copySequence } from "./clipboard.ts";

Deno.test("copySequence() writes OSC 52 with the text in base64, and can write nothing else", () => {
  assert.equal(copySequence("häuser"), "\x1b]52;c;aMOkdXNlcg==\x07");
  // deno-lint-ignore no-control-regex
  assert.match(copySequence("\x07\x1b]0;evil\x07") ?? "", /^\x1b\]52;c;[A-Za-z0-9+/=]+\x07$/);
});

Deno.test("copySequence() refuses nothing and too much", () => {
  assert.equal(copySequence(""), null);
  assert.equal(copySequence("x".repeat(60_000)), null);
});
