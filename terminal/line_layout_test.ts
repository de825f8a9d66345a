import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { layOut } from "./line_layout.ts";
import { sanitize } from "./sanitize.ts";

Deno.test("layOut() leaves a line that fits as it is", () => {
  assert.equal(layOut("12:03 #1 alice: hello", 40), "12:03 #1 alice: hello");
});

Deno.test("layOut() indents what goes on, so that no message can begin a line of its own", () => {
  const forged = `12:03 #1 eve: ${"a ".repeat(20)}-- alice left. ${"b".repeat(60)}-- bob left.`;
  for (let columns = 20; columns < 100; columns++) {
    const [, ...further] = layOut(forged, columns).split("\n");
    assert.ok(further.every((line) => line.startsWith("   ")));
  }
});

Deno.test("layOut() leaves no space of a break in front of the next line, with colours or without", () => {
  assert.equal(layOut("ab cdefg hi klmno pq", 14), "ab cdefg hi\n   klmno pq");
  const faint = layOut("\x1b[2mab cdefg hi klmno pq\x1b[22m", 14);
  // deno-lint-ignore no-control-regex
  assert.equal(faint.replaceAll(/\x1b\[\d+m/g, ""), "ab cdefg hi\n   klmno pq");
});

Deno.test("layOut() never makes a line wider than the terminal, nor loses text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.integer({ min: 20, max: 60 }),
      (text, columns) => {
        const clean = sanitize(text);
        const lines = layOut(clean, columns).split("\n");
        assert.ok(lines.every((line) => stringWidth(line) <= columns));
        assert.equal(
          lines.join("").normalize().replaceAll(/\s/g, ""),
          clean.normalize().replaceAll(/\s/g, ""),
        );
      },
    ),
  );
});
