import assert from "node:assert/strict";
import stringWidth from "string-width";
import { sanitize } from "../sanitize.ts";
import { split } from "./graphemes.ts";
import { emojiNames } from "./emoji_names.ts";

Deno.test("emojiNames() gives one drawable emoji for each name", () => {
  const names = emojiNames();
  assert.ok(names.size > 400);
  for (const [name, emoji] of names) {
    assert.match(name, /^[a-z0-9_+-]+$/);
    assert.match(emoji, /\p{Emoji}/u, name);
    assert.equal(split(emoji).length, 1, name);
    assert.equal(sanitize(emoji), emoji, name);
    assert.ok(stringWidth(emoji) >= 1, name);
  }
  assert.equal(names.get("tada"), "🎉");
  assert.equal(names.get("yes"), names.get("+1"));
});
