import assert from "node:assert/strict";
import { joinWords, splitWords } from "./join_words.ts";

for (
  const [line, expected] of [
    ["SECRET123", { code: "SECRET123" }],
    ["lobby hunter2", { code: "lobby", password: "hunter2" }],
    ['"my room" "pass word"', { code: "my room", password: "pass word" }],
    ["http://h/#abc", { code: "http://h/#abc" }],
    ["41793-copper-lagoon-ember-quartz", { code: "41793-copper-lagoon-ember-quartz" }],
    ["41793 copper lagoon ember quartz", { code: "41793 copper lagoon ember quartz" }],
    ["41793-copper lagoon-ember quartz", { code: "41793-copper lagoon-ember quartz" }],
    ["41793 copper-lagoon-ember-quartz", { code: "41793 copper-lagoon-ember-quartz" }],
    ["41793 copper lagoon ember", { code: "41793 copper lagoon ember" }],
    ["2024 hunter2", { code: "2024", password: "hunter2" }],
    ["2024", { code: "2024" }],
  ] as const
) {
  Deno.test(`joinWords() reads ${line}`, () => assert.deepEqual(joinWords(splitWords(line)), expected));
}

for (const line of ["", "a b c", "http://h/#abc pw"]) {
  Deno.test(`joinWords() refuses ${JSON.stringify(line)} as wrong usage`, () => {
    assert.throws(() => joinWords(splitWords(line)), { code: "usage", status: 2 });
  });
}

Deno.test("joinWords() takes no relay's address for the name of a room", () => {
  for (const address of ["127.0.0.1:4443", "relay.example:443", "localhost:4443", "[::1]:4443"]) {
    assert.throws(
      () => joinWords([address]),
      /Cannot join: that is the address of a relay, which --relay names/,
    );
  }
  for (const name of ["localhost", "relay.example", "day: 12", "tuesday:12", "4443", "a.b:1"]) {
    assert.deepEqual(joinWords([name]), { code: name });
  }
});
