import assert from "node:assert/strict";
import fc from "fast-check";
import { type Key, KeyDecoder } from "./keys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (...chunks: string[]): Key[] => {
  const decoder = new KeyDecoder();
  return chunks.flatMap((chunk) => decoder.push(bytes(chunk)));
};

Deno.test("KeyDecoder.push() tells text from keys", () => {
  assert.deepEqual(decode("hé👍\x7f\r\x01\x15"), [
    { text: "hé👍" },
    { name: "backspace" },
    { name: "enter" },
    { name: "home" },
    { name: "kill_line" },
  ]);
});

Deno.test("KeyDecoder.push() knows arrows in both modes, words, home and delete", () => {
  assert.deepEqual(decode("\x1b[A\x1bOD\x1b[1;5C\x1bb\x1b[3~\x1b[H"), [
    { name: "up" },
    { name: "left" },
    { name: "word_right" },
    { name: "word_left" },
    { name: "delete" },
    { name: "home" },
  ]);
});

Deno.test("KeyDecoder.push() joins sequences and characters that were cut", () => {
  assert.deepEqual(decode("\x1b", "[", "A", "x"), [{ name: "up" }, { text: "x" }]);
  const decoder = new KeyDecoder();
  const [first, second] = [bytes("é").subarray(0, 1), bytes("é").subarray(1)];
  assert.deepEqual([...decoder.push(first), ...decoder.push(second)], [{ text: "é" }]);
});

Deno.test("KeyDecoder.push() swallows unknown sequences and a lone Escape, and nothing beside them", () => {
  assert.deepEqual(decode("a\x1b[200~b\x1b[?1;2cd\x00"), [{ text: "a" }, { text: "b" }, { text: "d" }]);
  assert.deepEqual(decode("\x1b", "a"), [{ text: "a" }]);
  assert.deepEqual(decode("\x1b/quit"), [{ text: "/" }, { text: "quit" }]); // typed at once after it
});

Deno.test("KeyDecoder.push() gives no control character as text, whatever it reads", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
    const decoder = new KeyDecoder();
    for (const key of chunks.flatMap((chunk) => decoder.push(chunk))) {
      assert.ok("name" in key || !/[\p{Cc}]/u.test(key.text.replace(/[\x80-\x9f]/g, "")));
    }
  }));
});
