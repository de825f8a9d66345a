import assert from "node:assert/strict";
import { type Change, UndoHistory } from "./undo_history.ts";

function change(inserted: string): Change {
  return { kind: "paste", at: 0, removed: "", inserted, before: 0, after: inserted.length };
}

Deno.test("UndoHistory keeps the last 1,000 changes, of 1 Mi characters together, but always the last", () => {
  const history = new UndoHistory();
  const add = (text: string): void => {
    history.close();
    history.add(change(text));
  };
  for (let i = 0; i < 1_200; i++) add(`${i}`);
  assert.equal(history.save().done.length, 1_000);
  assert.equal(history.save().done[0]?.inserted, "200");
  const large = "x".repeat(1_048_576 / 4);
  for (let i = 0; i < 9; i++) add(large);
  assert.equal(history.save().done.length, 4);
  add("y".repeat(2_000_000));
  assert.equal(history.save().done.length, 1);
  assert.equal(history.undo()?.inserted.length, 2_000_000);
});
