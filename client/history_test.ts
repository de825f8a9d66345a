import assert from "node:assert/strict";
import { History, MAX_CHARACTERS, MAX_MESSAGES } from "./history.ts";
import { messageId } from "./ids.ts";

const A = "a".repeat(32);
const B = "b".repeat(32);

Deno.test("History keeps, edits, deletes and finds messages", () => {
  const history = new History();
  history.add({ author: A, number: 1, kind: "text", text: "one" });
  history.add({ author: B, number: 1, kind: "text", text: "two" });
  assert.equal(history.last((m) => m.author === A), messageId(A, 1));
  assert.equal(history.last(() => true), messageId(B, 1));
  assert.ok(history.edit(messageId(A, 1), "uno"));
  assert.equal(history.get(messageId(A, 1))?.text, "uno");
  assert.ok(history.delete(messageId(A, 1)));
  assert.equal(history.delete(messageId(A, 1)), false);
  assert.equal(history.edit(messageId(A, 1), "x"), false);
  history.clear();
  assert.equal(history.last(() => true), undefined);
});

Deno.test("History forgets the oldest beyond its number of messages", () => {
  const history = new History();
  for (let n = 1; n <= MAX_MESSAGES + 1; n++) history.add({ author: A, number: n, kind: "text", text: "x" });
  assert.equal(history.get(messageId(A, 1)), undefined);
  assert.notEqual(history.get(messageId(A, 2)), undefined);
});

Deno.test("History forgets the oldest beyond its number of characters", () => {
  const history = new History();
  const half = "x".repeat(MAX_CHARACTERS / 2);
  for (let n = 1; n <= 3; n++) history.add({ author: A, number: n, kind: "text", text: half });
  assert.equal(history.get(messageId(A, 1)), undefined);
  assert.notEqual(history.get(messageId(A, 2)), undefined);
});
