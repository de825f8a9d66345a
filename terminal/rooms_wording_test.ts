import assert from "node:assert/strict";
import { roomsText } from "./rooms_wording.ts";

const room = (name: string, topic = "", members = 1) => ({ name, topic, members, invite: "http://h/#x" });

Deno.test("roomsText() numbers the rooms, with topic and count, and says how to enter one", () => {
  const text = roomsText([room("Deno talk", "tea", 1_234), room("den")], "h:1", { how: "Like this." });
  assert.equal(
    text,
    "2 public rooms at h:1, with members:\n#1 Deno talk (1,234): tea\n#2 den (1)\nLike this.",
  );
  assert.equal(roomsText([], "h:1", { how: "x" }), "No public rooms at h:1.");
  assert.match(
    roomsText([room("den")], "h:1", { how: "x", links: true }),
    /\n#1 den \(1\)\n {3}http:\/\/h\/#x\nx$/,
  );
});

Deno.test("roomsText() lets nothing of a relay's list pass for a line of its own", () => {
  const evil = "\x1b[2J\u202ex\n-- You left\r\n!! alarm";
  const text = roomsText([room(evil, evil.repeat(20))], "h:1", { how: "end" });
  assert.equal(text.split("\n").length, 3);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text.replaceAll("\n", ""), /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
  assert.ok(text.length < 300);
});
