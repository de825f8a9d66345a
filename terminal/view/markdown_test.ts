import assert from "node:assert/strict";
import fc from "fast-check";
import type { Style } from "../screen/style.ts";
import "../screen/width.ts";
import { markdown } from "./markdown.ts";
import { textOf } from "./spans.ts";

const OPTIONS = { revealed: true, cover: "#" };

function one(text: string, options = OPTIONS): [string, Style | undefined][] {
  return (markdown(text, options)[0]?.spans ?? []).map(({ text, style }) => [text, style]);
}

function plainOf(text: string): string {
  return markdown(text, OPTIONS).map(({ spans }) => textOf(spans)).join("\n");
}

Deno.test("bold, italic, strike, code and what stands in both", () => {
  assert.deepEqual(one("a **b** *c* _d_ ~~e~~ `f`"), [
    ["a ", undefined],
    ["b", { bold: true }],
    [" ", undefined],
    ["c", { italic: true }],
    [" ", undefined],
    ["d", { italic: true }],
    [" ", undefined],
    ["e", { strike: true }],
    [" ", undefined],
    ["f", { fg: "code" }],
  ]);
  assert.deepEqual(one("**a *b* c**")[1], ["b", { bold: true, italic: true }]);
  assert.deepEqual(one("**`a`**"), [["a", { fg: "code", bold: true }]]);
});

Deno.test("marks that do not pair up are shown as they were written", () => {
  for (
    const text of [
      "2 * 3 * 4",
      "a**",
      "**",
      "****",
      "snake_case_name",
      "2*3*4",
      "~~a",
      "`a",
      "||",
      "a ** b **",
    ]
  ) {
    assert.equal(plainOf(text), text);
  }
  assert.equal(plainOf("`**a**`"), "**a**");
});

Deno.test("code blocks keep their text as it is, and end where they are closed", () => {
  const lines = markdown("see\n```ts\n  **a**\n> b\n```\nafter", OPTIONS);
  assert.deepEqual(lines.map(({ kind, spans }) => [kind, textOf(spans)]), [
    ["text", "see"],
    ["code", "  **a**"],
    ["code", "> b"],
    ["text", "after"],
  ]);
  assert.equal(plainOf("```\nopen"), "```\nopen");
});

Deno.test("a quote is a line that begins with >", () => {
  assert.deepEqual(markdown("> so\nno", OPTIONS).map(({ kind }) => kind), ["quote", "text"]);
});

Deno.test("a spoiler is covered in its width until it is opened", () => {
  assert.equal(
    textOf(markdown("it is ||the **cat** 猫||!", { revealed: false, cover: "#" })[0]?.spans ?? []),
    "it is ##########!",
  );
  assert.equal(plainOf("it is ||the **cat**||!"), "it is the cat!");
});

Deno.test("a link leads where its text says, and nowhere else", () => {
  const links = (text: string): (string | undefined)[] =>
    markdown(text, OPTIONS).flatMap(({ spans }) =>
      spans.filter(({ style }) => style?.underline).map(({ style }) => style?.link)
    );
  assert.deepEqual(links("see https://a.example/b_c_d*e?f=(g). And http://b.example."), [
    "https://a.example/b_c_d*e?f=(g)",
    "http://b.example",
  ]);
  assert.deepEqual(links("(https://a.example/x)"), ["https://a.example/x"]);
  assert.deepEqual(links("https://bank.example@evil.example/ https://exаmple.com/"), [undefined, undefined]);
  assert.deepEqual(links("[bank](https://evil.example) javascript:alert(1) file:///etc/passwd"), [
    "https://evil.example",
  ]);
  assert.deepEqual(links(`https://a.example/${"x".repeat(3_000)}`), [undefined]);
});

Deno.test("any text has markdown, and nothing but marks is taken out of it", () => {
  const hostile = fc.array(
    fc.oneof(
      fc.constantFrom("**", "*", "_", "~~", "||", "`", "```", "\n", "> ", " ", "https://a.b/", "(", ")"),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 60 },
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(hostile, (text) => {
    const shown = plainOf(text).replace(/[*_~|`>\s]/g, "");
    const lines = markdown(text, { revealed: false, cover: "#" });
    assert.ok(lines.length > 0);
    for (const { spans } of lines) assert.ok(!/\p{Cc}/u.test(textOf(spans)));
    const kept = text.replace(/^\s{0,3}```[\w+#.-]{0,20}\s*$/gm, "");
    if (/^[\x20-\x7e\n]*$/.test(text) && !kept.includes("```")) {
      assert.ok(kept.replace(/[*_~|`>\s]/g, "").length >= shown.length);
    }
  }));
});

Deno.test("the longest message of nothing but marks is read in linear time", () => {
  for (const unit of ["*", "**a", "_ ", "`", "||", "[(", "https://", "> ", "```\n", "~~ ~~", "("]) {
    const text = unit.repeat(131_072 / unit.length);
    assert.ok(markdown(text, OPTIONS).length > 0);
  }
});
