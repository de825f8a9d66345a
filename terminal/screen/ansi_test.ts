import assert from "node:assert/strict";
import fc from "fast-check";
import { clearRows, linkOf, nearestOf256, styleSequence, titleOf } from "./ansi.ts";
import "./width.ts";
import { themeOf } from "./theme.ts";
import { TORTURE } from "./torture.ts";

const CAPABILITIES = { colours: 256, unicode: true, sync: false, osc8: true, title: true } as const;

Deno.test("styles become one sequence at each depth of colour", () => {
  const style = {
    fg: "accent",
    bg: "unread",
    bold: true,
    italic: true,
    underline: true,
    strike: true,
  } as const;
  const at = (colours: 0 | 16 | 256 | "true"): string =>
    styleSequence(style, themeOf("dark", colours), colours);
  assert.equal(at(0), "\x1b[0;1;3;4;7;9m");
  assert.equal(at(16), "\x1b[0;1;3;4;9;97;44m");
  assert.equal(at(256), "\x1b[0;1;3;4;9;38;5;231;48;5;24m");
  assert.equal(at("true"), "\x1b[0;1;3;4;9;38;2;255;255;255;48;2;31;78;121m");
  assert.equal(styleSequence({ bg: "selected", inverse: true }, themeOf("dark", 16), 16), "\x1b[0m");
});

Deno.test("colours of the cube and greys find themselves among 256", () => {
  assert.equal(nearestOf256(255, 0, 0), 196);
  assert.equal(nearestOf256(95, 135, 175), 67);
  assert.equal(nearestOf256(128, 128, 128), 244);
  assert.equal(nearestOf256(0, 0, 0), 16);
  fc.assert(fc.property(fc.nat(255), fc.nat(255), fc.nat(255), (r, g, b) => {
    const index = nearestOf256(r, g, b);
    assert.ok(Number.isInteger(index) && index >= 16 && index <= 255);
  }));
});

Deno.test("only whole web addresses become links, and only where links may be written", () => {
  assert.equal(linkOf({ link: "https://example.org/a?b" }, CAPABILITIES), "https://example.org/a?b");
  assert.equal(linkOf({ link: "https://example.org/" }, { ...CAPABILITIES, osc8: false }), "");
  for (
    const link of [
      "file:///etc/passwd",
      "javascript:1",
      "https://a\x1b\\b",
      "https://a b",
      "https://ü",
      "ssh://a",
    ]
  ) {
    assert.equal(linkOf({ link }, CAPABILITIES), "");
  }
});

Deno.test("a title is cleaned and cut", () => {
  assert.equal(titleOf("a\x1b]2;b\x07c\u202ed"), "\x1b]2;a]2;bcd\x1b\\");
  for (const text of Object.values(TORTURE)) {
    // deno-lint-ignore no-control-regex
    assert.match(titleOf(text), /^\x1b\]2;\P{Cc}*\x1b\\$/u);
    assert.ok(titleOf(text).length < 1000);
  }
});

Deno.test("clearing blanks row by row and scrolls nothing away", () => {
  assert.equal(clearRows(2), "\x1b[0m\x1b[1H\x1b[2K\x1b[2H\x1b[2K\x1b[J\x1b[H");
  assert.ok(!clearRows(50).includes("\x1b[2J"));
});
