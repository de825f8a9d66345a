import assert from "node:assert/strict";
import fc from "fast-check";
import { emojiCommand, withEmoji } from "./emoji_text.ts";

Deno.test("withEmoji() puts emoji in place of their names", () => {
  assert.equal(withEmoji(":thumbsup:"), "👍");
  assert.equal(withEmoji("done :tada::tada:, thanks (:heart:)!"), "done 🎉🎉, thanks (❤️)!");
  assert.equal(withEmoji("a `code` :tada: `more`"), "a `code` 🎉 `more`");
  assert.equal(withEmoji("an open ` mark :tada:"), "an open ` mark 🎉");
});

Deno.test("withEmoji() leaves code, links, times and unknown names as they were typed", () => {
  for (
    const text of [
      "`:tada:`",
      "``see :tada: here``",
      "```\nlet a = :x:\n```",
      "```\n:x: is never closed",
      "https://relay.example/:key:/x :nobody_knows_this:",
      "at 10:30:00, std::x::y, key:heart:b, fe80::1",
      ": tada :",
      ":TADA:",
    ]
  ) assert.equal(withEmoji(text), text);
});

Deno.test("emojiCommand() changes what is said, and nothing else", () => {
  assert.deepEqual(emojiCommand({ command: "send", text: ":tada:" }), { command: "send", text: "🎉" });
  assert.deepEqual(emojiCommand({ command: "msg", to: ":tada:", text: ":tada:" }), {
    command: "msg",
    to: ":tada:",
    text: "🎉",
  });
  assert.deepEqual(emojiCommand({ command: "react", emoji: ":+1:" }), { command: "react", emoji: "👍" });
  assert.deepEqual(emojiCommand({ command: "nick", nick: ":tada:" }), { command: "nick", nick: ":tada:" });
});

Deno.test("withEmoji() takes any text, and has nothing to do a second time", () => {
  const piece = fc.oneof(fc.constantFrom(":", ":x:", "`", "```", "\n", "://", "a", " "), fc.string());
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    const once = withEmoji(pieces.join(""));
    assert.equal(withEmoji(once), once);
  }));
  assert.equal(withEmoji(":".repeat(65_536)).length, 65_536);
});
