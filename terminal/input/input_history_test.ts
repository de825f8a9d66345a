import assert from "node:assert/strict";
import { InputHistory } from "./input_history.ts";

const draft = (text: string): { text: string; cursor: number } => ({ text, cursor: text.length });

function history(...lines: string[]): InputHistory {
  const made = new InputHistory();
  for (const line of lines) made.remember(line);
  return made;
}

Deno.test("InputHistory goes to older lines and comes back to what was being written", () => {
  const lines = history("one", "two", "two", "  ");
  assert.equal(lines.newer(), null);
  assert.equal(lines.older(draft("draft"))?.text, "two");
  assert.equal(lines.older(draft("two"))?.text, "one");
  assert.equal(lines.older(draft("one")), null);
  assert.equal(lines.newer()?.text, "two");
  assert.deepEqual(lines.newer(), draft("draft"));
  assert.equal(lines.newer(), null);
});

Deno.test("InputHistory never keeps a line that may hold a code or a password", () => {
  const lines = history(
    "fine",
    "/join 7-guitar-sunset",
    " /LOGIN alice hunter2",
    "/register a b",
    "/join\nx",
    "/joined?",
  );
  assert.equal(lines.older(draft(""))?.text, "/joined?");
  assert.equal(lines.older(draft(""))?.text, "fine");
  assert.equal(lines.older(draft("")), null);
});

Deno.test("InputHistory keeps no more than its limits, the newest", () => {
  const lines = history(...Array.from({ length: 300 }, (_, n) => `line ${n}`));
  let oldest = "";
  for (let found; (found = lines.older(draft(""))) !== null;) oldest = found.text;
  assert.equal(oldest, "line 100");
  const long = history("x".repeat(200_000), "y".repeat(100_000), "z".repeat(300_000));
  assert.equal(long.older(draft(""))?.text[0], "y");
  assert.equal(long.older(draft("")), null);
});

Deno.test("InputHistory.search() finds more with every letter, older and newer, and gives back the draft", () => {
  const lines = history("Deploy one", "deploy two", "other", "deploy two");
  const search = lines.search(draft("draft"));
  assert.deepEqual(search.accept(), draft("draft"));
  search.type("dep");
  assert.deepEqual(search.found, { text: "deploy two", cursor: 0 });
  search.older();
  assert.equal(search.found?.text, "Deploy one", "the same line again would look like nothing");
  search.older();
  assert.equal(search.failed, true);
  assert.equal(search.found?.text, "Deploy one");
  search.newer();
  assert.equal(search.found?.text, "deploy two");
  search.type("xyz");
  assert.equal(search.failed, true);
  for (let n = 0; n < 3; n++) search.backspace();
  assert.equal(search.failed, false);
  assert.equal(search.query, "dep");
  assert.deepEqual(search.cancel(), draft("draft"));
});

Deno.test("InputHistory.wipe() forgets all lines", () => {
  const lines = history("one");
  lines.older(draft("draft"));
  lines.wipe();
  assert.equal(lines.older(draft("")), null);
  assert.equal(lines.newer(), null);
  const search = lines.search(draft(""));
  search.type("o");
  assert.equal(search.found, null);
});
