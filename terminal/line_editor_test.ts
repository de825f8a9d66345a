import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { type Key, KeyDecoder, type KeyName } from "./keys.ts";
import { LineEditor } from "./line_editor.ts";

function typed(...keys: string[]): LineEditor {
  const editor = new LineEditor();
  const decoder = new KeyDecoder();
  for (const key of decoder.push(new TextEncoder().encode(keys.join("")))) editor.apply(key);
  return editor;
}

const LEFT = "\x1b[D";

Deno.test("LineEditor inserts where the cursor stands", () => {
  assert.equal(typed("hllo", LEFT, LEFT, LEFT, "e").text, "hello");
  assert.equal(typed("bc", "\x01", "a", "\x05", "d").text, "abcd");
});

Deno.test("LineEditor removes what a person sees as one character", () => {
  assert.equal(typed("a👨‍👩‍👧‍👦", "\x7f").text, "a");
  assert.equal(typed("ae\u0301", "\x7f").text, "a");
  assert.equal(typed("a🇩🇪b", LEFT, "\x7f").text, "ab");
  assert.equal(typed("नमस्ते", "\x7f", "\x7f", "\x7f", "\x7f", "\x7f").text, "");
});

Deno.test("LineEditor grows a character whose mark is typed after it", () => {
  const editor = typed("eb", LEFT, "\u0301");
  assert.equal(editor.text, "e\u0301b");
  assert.equal(editor.view(10).cursor, 1);
});

Deno.test("LineEditor kills by word, to the start and to the end", () => {
  assert.equal(typed("one two  ", "\x17").text, "one ");
  assert.equal(typed("one two", LEFT, "\x15").text, "o");
  assert.equal(typed("one two", "\x01", "\x1bf", "\x0b").text, "one");
});

Deno.test("LineEditor walks its history and comes back to the draft", () => {
  const editor = new LineEditor();
  editor.remember("first");
  editor.remember("second");
  editor.text = "draft";
  const press = (name: KeyName): string => (editor.apply({ name }), editor.text);
  assert.deepEqual(["up", "up", "up", "down", "down", "down"].map((name) => press(name as KeyName)), [
    "second",
    "first",
    "first",
    "second",
    "draft",
    "draft",
  ]);
});

Deno.test("LineEditor holds 65,536 characters of a line, and the last 100 lines", () => {
  const editor = new LineEditor();
  editor.apply({ text: "a".repeat(65_535) });
  editor.apply({ text: "bc" });
  assert.equal(editor.text.length, 65_535, "what does not fit is not taken in part");
  editor.apply({ text: "b" });
  editor.apply({ text: "c" });
  assert.equal(editor.text.length, 65_536);
  editor.take();
  for (let i = 0; i <= 100; i++) editor.remember(`line ${i}`);
  for (let i = 0; i < 200; i++) editor.apply({ name: "up" });
  assert.equal(editor.text, "line 1", "the oldest went");
});

Deno.test("LineEditor ends on Ctrl-D only when the line is empty", () => {
  const editor = new LineEditor();
  assert.equal(editor.apply({ name: "end_of_input" }), "end");
  editor.text = "ab";
  editor.apply({ name: "home" });
  assert.equal(editor.apply({ name: "end_of_input" }), "changed");
  assert.equal(editor.text, "b");
});

Deno.test("LineEditor.view() fits its columns and shows the cursor, whatever was typed", () => {
  const names: KeyName[] = [
    "left",
    "right",
    "home",
    "end",
    "backspace",
    "delete",
    "word_left",
    "kill_word",
    "up",
  ];
  const key: fc.Arbitrary<Key> = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 8 }).map((text) => ({ text })),
    fc.constantFrom("a", "👩‍👩‍👧", "中", "\u0301", "\u200d", " ", "🇩").map((text) => ({ text })),
    fc.constantFrom(...names).map((name) => ({ name })),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), fc.integer({ min: 3, max: 30 }), (keys, columns) => {
      const editor = new LineEditor();
      for (const each of keys) editor.apply(each);
      const { text, cursor } = editor.view(columns);
      assert.ok(cursor >= 0 && cursor < columns);
      assert.ok(stringWidth(text) <= columns + 1, `${JSON.stringify(text)} in ${columns}`);
    }),
  );
});

Deno.test("LineEditor against a plain model: typing ASCII and editing gives the model's text", () => {
  const step = fc.oneof(
    fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 3 }).map((text) => ({ text })),
    fc.constantFrom<KeyName>("left", "right", "home", "end", "backspace", "delete").map((name) => ({ name })),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const editor = new LineEditor();
    let model = "";
    let at = 0;
    for (const each of steps) {
      editor.apply(each);
      if ("text" in each) {
        model = model.slice(0, at) + each.text + model.slice(at);
        at += each.text.length;
      } else if (each.name === "left") at = Math.max(0, at - 1);
      else if (each.name === "right") at = Math.min(model.length, at + 1);
      else if (each.name === "home") at = 0;
      else if (each.name === "end") at = model.length;
      else if (each.name === "delete") model = model.slice(0, at) + model.slice(at + 1);
      else if (at > 0) {
        model = model.slice(0, at - 1) + model.slice(at);
        at--;
      }
    }
    assert.equal(editor.text, model);
  }));
});
