import assert from "node:assert/strict";
import fc from "fast-check";
import { LineReader } from "./line_reader.ts";

function readerOf(bytes: Uint8Array, step: number): LineReader {
  let at = 0;
  return new LineReader({
    read: (buffer) => {
      if (at >= bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + Math.min(step, buffer.length));
      buffer.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  });
}

async function all(reader: LineReader): Promise<string[]> {
  const lines: string[] = [];
  for (let line = await reader.next(); line !== null; line = await reader.next()) lines.push(line);
  return lines;
}

Deno.test("LineReader.next() gives the lines however the bytes are cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n\ufeff]/.test(text)), {
        minLength: 1,
      }),
      fc.integer({ min: 1, max: 9 }),
      async (lines, step) => {
        const bytes = new TextEncoder().encode(lines.join("\n") + "\n");
        assert.deepEqual(await all(readerOf(bytes, step)), lines);
      },
    ),
  );
});

Deno.test("LineReader.next() takes a last line without an end, and CRLF", async () => {
  assert.deepEqual(await all(readerOf(new TextEncoder().encode("a\r\n\r\nb"), 2)), ["a", "", "b"]);
});

Deno.test("LineReader.next() keeps at most a mebibyte of a line and finds the next", async () => {
  const bytes = new TextEncoder().encode("x".repeat(3_000_000) + "\nnext\n");
  const [long, next] = await all(readerOf(bytes, 10_000));
  assert.equal(long?.length, 1_048_576);
  assert.equal(next, "next");
});

Deno.test("LineReader.next() treats a failing source as its end", async () => {
  const reader = new LineReader({ read: () => Promise.reject(new Error("gone")) });
  assert.equal(await reader.next(), null);
});
