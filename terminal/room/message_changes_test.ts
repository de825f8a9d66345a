import assert from "node:assert/strict";
import { message, roomOf } from "./_rooms.ts";
import type { MessageEntry } from "./entries.ts";

/** A message that a room has, and what gives a reaction to it. */
function reactedTo(): { entry: MessageEntry; react: (member: number, emoji: string) => void } {
  const model = roomOf();
  const told = message(1, "tea?");
  model.observe(told);
  const entry = model.entries.last;
  assert.ok(entry?.kind === "message");
  const react = (member: number, emoji: string): void =>
    void model.observe({
      type: "reaction",
      id: told.id,
      from: { id: String(member).padStart(32, "0"), nick: "x" },
      emoji,
    });
  return { entry, react };
}

Deno.test("a message keeps only so many reactions, and those that it has can still be changed and taken back", () => {
  const { entry, react } = reactedTo();
  for (let member = 0; member < 515; member++) react(member, "👍");
  assert.equal(entry.reactions.size, 512);
  react(0, "🎉");
  assert.equal([...entry.reactions.values()][0], "🎉");
  react(0, "");
  react(512, "👍");
  react(513, "👍");
  assert.equal(entry.reactions.size, 512);
});

Deno.test("a reaction that is too long is cut, and not within a character", () => {
  const { entry, react } = reactedTo();
  react(0, "x".repeat(100_000));
  react(1, `x${"👍".repeat(100)}`);
  const [ascii, emoji] = [...entry.reactions.values()];
  assert.equal(ascii, "x".repeat(64));
  assert.equal(emoji?.length, 64);
  assert.ok(emoji?.isWellFormed());
});
