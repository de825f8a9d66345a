import assert from "node:assert/strict";
import fc from "fast-check";
import stringWidth from "string-width";
import { sanitize } from "../sanitize.ts";
import { EDIT_ACTIONS, type EditAction } from "./edit_actions.ts";
import { split } from "./graphemes.ts";
import { cleanInput } from "./paste.ts";
import { MAX_TEXT_BYTES, TextArea } from "./text_area.ts";

/** Text with the cursor as `|`. */
function shown(area: TextArea): string {
  return `${area.text.slice(0, area.cursor)}|${area.text.slice(area.cursor)}`;
}

function at(textWithCursor: string): TextArea {
  const area = new TextArea();
  area.restore({ text: textWithCursor.replace("|", ""), cursor: textWithCursor.indexOf("|") });
  return area;
}

function after(textWithCursor: string, ...actions: EditAction[]): string {
  const area = at(textWithCursor);
  for (const action of actions) area.apply(action);
  return shown(area);
}

Deno.test("TextArea moves and removes by what a person sees as one character", () => {
  assert.equal(after("a👨‍👩‍👧‍👦|", "backspace"), "a|");
  assert.equal(after("a🇩🇪|b", "left"), "a|🇩🇪b");
  assert.equal(after("|e\u0301x", "delete"), "|x");
  assert.equal(after("नमस्ते|", "backspace", "backspace", "backspace", "backspace"), "|");
  const area = at("e|b");
  area.insert("\u0301");
  assert.equal(shown(area), "e\u0301|b");
});

Deno.test("TextArea knows readline's moves within lines and words", () => {
  assert.equal(after("one\ntwo three|\nfour", "line_start"), "one\n|two three\nfour");
  assert.equal(after("one\n|two three\nfour", "line_end"), "one\ntwo three|\nfour");
  assert.equal(after("one two-three|", "word_left"), "one two-|three");
  assert.equal(after("|one two-three", "word_right", "word_right"), "one two|-three");
  assert.equal(after("a|b\nc", "text_end"), "ab\nc|");
  assert.equal(after("ab\n|c", "text_start"), "|ab\nc");
});

Deno.test("TextArea cuts by word and line, and puts back what was cut", () => {
  assert.equal(after("one two-three|", "kill_word_back"), "one |");
  assert.equal(after("one two-three|", "kill_word_left"), "one two-|");
  assert.equal(after("|one two", "kill_word_right"), "| two");
  assert.equal(after("a b|c\nd", "kill_line_start"), "|c\nd");
  assert.equal(after("a\n|b", "kill_line_start"), "a|b");
  assert.equal(after("a|bc\nd", "kill_line_end"), "a|\nd");
  assert.equal(after("a|\nd", "kill_line_end"), "a|d");
  assert.equal(after("a|bc\nd", "kill_line_end", "kill_line_end", "text_end", "yank"), "adbc\n|");
  assert.equal(after("one two|", "kill_word_back", "kill_word_back", "yank"), "one two|");
  assert.equal(
    after("one two|", "kill_word_back", "left", "kill_word_right"),
    "one|",
  );
});

Deno.test("TextArea.apply('yank_older') goes around the cuts, right after a yank only", () => {
  const area = at("one two|");
  area.apply("kill_word_back");
  area.apply("left");
  area.apply("kill_line_start");
  assert.equal(shown(area), "| ");
  area.apply("yank");
  assert.equal(shown(area), "one| ");
  area.apply("yank_older");
  assert.equal(shown(area), "two| ");
  area.apply("yank_older");
  assert.equal(shown(area), "one| ");
  area.apply("left");
  assert.equal(area.apply("yank_older"), false);
});

Deno.test("TextArea swaps two characters, at the end of a line the two before it", () => {
  assert.equal(after("ab|cd", "transpose"), "acb|d");
  assert.equal(after("ab|", "transpose"), "ba|");
  assert.equal(after("x👍🇩🇪|\ny", "transpose"), "x🇩🇪👍|\ny");
  assert.equal(after("ab\n|cd", "transpose"), "ab\n|cd");
});

Deno.test("TextArea undoes word by word, and does again", () => {
  const area = new TextArea();
  for (const letter of "hello big world") area.insert(letter);
  area.apply("undo");
  assert.equal(shown(area), "hello big |");
  area.apply("undo");
  assert.equal(shown(area), "hello |");
  area.apply("redo");
  assert.equal(shown(area), "hello big |");
  for (let n = 0; n < 4; n++) area.apply("backspace");
  assert.equal(area.text, "hello ");
  area.apply("undo");
  assert.equal(shown(area), "hello big |", "removing one by one is undone at once");
  area.insert("x");
  assert.equal(area.apply("redo"), false);
});

Deno.test("TextArea goes up and down by the rows that are shown, and keeps its column", () => {
  const area = at("abcdefgh\nxy\n12345678|");
  area.layout(20);
  area.apply("up");
  assert.equal(shown(area), "abcdefgh\nxy|\n12345678");
  area.apply("up");
  assert.equal(shown(area), "abcdefgh|\nxy\n12345678");
  assert.equal(area.apply("up"), false, "the history may take over");
  area.apply("down");
  area.apply("down");
  assert.equal(shown(area), "abcdefgh\nxy\n12345678|");
  assert.equal(area.apply("down"), false);
  const narrow = at("one two three|");
  assert.deepEqual(narrow.layout(6).rows, ["one ", "two ", "three"]);
  narrow.apply("up");
  assert.equal(shown(narrow), "one two| three");
});

Deno.test("TextArea.layout() wraps behind spaces, breaks what is too long, and shows the cursor", () => {
  assert.deepEqual(at("|").layout(10), { rows: [""], cursor: { row: 0, column: 0 } });
  assert.deepEqual(at("hello world|").layout(6), {
    rows: ["hello ", "world"],
    cursor: { row: 1, column: 5 },
  });
  assert.deepEqual(at("hello| world").layout(6).cursor, { row: 0, column: 5 });
  assert.deepEqual(at("hello |").layout(6), { rows: ["hello ", ""], cursor: { row: 1, column: 0 } });
  assert.deepEqual(at("abcdefgh|").layout(4), { rows: ["abc", "def", "gh"], cursor: { row: 2, column: 2 } });
  assert.deepEqual(at("中文字|").layout(4), { rows: ["中", "文", "字"], cursor: { row: 2, column: 2 } });
  assert.deepEqual(at("a\n\n|b").layout(4), { rows: ["a", "", "b"], cursor: { row: 2, column: 0 } });
});

Deno.test("TextArea shows no control, direction or invisible character, whatever was put in", () => {
  const area = new TextArea();
  area.insert("a\x1b[31mb\u202ec\x07\u200bd\r\ne");
  assert.equal(area.text, "a[31mbcd\ne");
  area.restore({ text: "x\x1b]0;hi\x07\u202ey", cursor: 0 });
  assert.deepEqual(area.layout(40).rows, ["x]0;hiy"]);
});

Deno.test("TextArea holds 64 KiB, and refuses what is more as a whole", () => {
  const area = new TextArea();
  assert.equal(area.insert("é".repeat(MAX_TEXT_BYTES / 2)), true);
  assert.equal(area.bytes, MAX_TEXT_BYTES);
  assert.equal(area.insert("x"), false);
  area.apply("kill_line_start");
  assert.equal(area.bytes, 0);
  assert.equal(area.apply("undo"), true);
  assert.equal(area.bytes, MAX_TEXT_BYTES);
  assert.equal(area.setText("x".repeat(MAX_TEXT_BYTES + 1)), false);
});

Deno.test("TextArea is put away and taken up as a value, with its undo", () => {
  const area = at("draft|");
  area.insert(" one");
  const draft = area.save();
  area.take();
  assert.equal(shown(area), "|");
  assert.equal(area.apply("undo"), false);
  area.insert("other room");
  area.restore(draft);
  assert.equal(shown(area), "draft one|");
  area.apply("undo");
  assert.equal(shown(area), "draft|");
  assert.equal(draft.text, "draft one");
});

Deno.test("TextArea.wipe() leaves nothing to undo or to put back", () => {
  const area = at("a secret|");
  area.apply("kill_word_back");
  area.insert("x");
  area.wipe();
  for (const action of EDIT_ACTIONS) area.apply(action);
  assert.equal(area.text.trim(), "");
  assert.deepEqual(new TextArea().save(), at("|").save());
});

/** Pieces that join with their neighbours, are wide, or invisible. */
const piece = fc.oneof(
  fc.constantFrom(
    "a",
    "b ",
    "中",
    "\u0301",
    "\u200d",
    "👩",
    "👧🏽",
    "🇩",
    "🇪",
    "\n",
    "  ",
    "क",
    "्",
    "ष",
    "-",
    "\t",
    "1️⃣",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
type Step = { insert: string } | { action: EditAction } | { columns: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: piece.map((insert) => ({ insert })) },
  { weight: 4, arbitrary: fc.constantFrom(...EDIT_ACTIONS).map((action) => ({ action })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((columns) => ({ columns })) },
);

function carryOut(area: TextArea, one: Step): void {
  if ("insert" in one) area.insert(one.insert);
  else if ("action" in one) area.apply(one.action);
  else area.layout(one.columns);
}

/** The plain model: an array of graphemes and a place in it. Cuts are joined as in readline. */
class Model {
  cells: string[] = [];
  at = 0;
  cuts: string[] = [];
  cutLast = false;

  get text(): string {
    return this.cells.join("");
  }

  get cursor(): number {
    return this.cells.slice(0, this.at).join("").length;
  }

  /** Replaces cells; whatever joins anew belongs to the left of the cursor. */
  splice(from: number, to: number, text: string): void {
    const left = this.cells.slice(0, from).join("") + text;
    this.cells = split(left + this.cells.slice(to).join(""));
    let length = 0;
    this.at = 0;
    while (length < left.length) length += this.cells[this.at++]?.length ?? 1;
  }

  find(from: number, by: 1 | -1, isPart: (cell: string) => boolean): number {
    const cell = (n: number): string | undefined => this.cells[by > 0 ? n : n - 1];
    let n = from;
    while (cell(n) !== undefined && !isPart(cell(n) ?? "")) n += by;
    while (cell(n) !== undefined && isPart(cell(n) ?? "")) n += by;
    return n;
  }

  apply(action: EditAction): void {
    const { cells, at } = this;
    const letter = (cell: string): boolean => /[\p{L}\p{N}\p{M}_]/u.test(cell);
    const line = (cell: string): boolean => cell !== "\n";
    const edge = (by: 1 | -1): number => {
      let n = at;
      while (
        (by > 0 ? cells[n] : cells[n - 1]) !== undefined && line((by > 0 ? cells[n] : cells[n - 1]) ?? "")
      ) n += by;
      return n;
    };
    const clamp = (n: number): number => Math.max(0, Math.min(cells.length, n));
    const orOne = (n: number, by: 1 | -1): number => n === at ? clamp(at + by) : n;
    const targets: Partial<Record<EditAction, number>> = {
      left: clamp(at - 1),
      right: clamp(at + 1),
      backspace: clamp(at - 1),
      delete: clamp(at + 1),
      word_left: this.find(at, -1, letter),
      kill_word_left: this.find(at, -1, letter),
      word_right: this.find(at, 1, letter),
      kill_word_right: this.find(at, 1, letter),
      kill_word_back: this.find(at, -1, (cell) => !/^\s/.test(cell)),
      line_start: edge(-1),
      line_end: edge(1),
      kill_line_start: orOne(edge(-1), -1),
      kill_line_end: orOne(edge(1), 1),
      text_start: 0,
      text_end: cells.length,
    };
    const target = targets[action];
    const cutLast = this.cutLast;
    this.cutLast = false;
    if (action === "yank") this.splice(at, at, this.cuts[0] ?? "");
    else if (action === "newline") this.splice(at, at, "\n");
    else if (target !== undefined) {
      const [from, to] = [Math.min(at, target), Math.max(at, target)];
      if (action.startsWith("kill_")) {
        this.cutLast = cutLast && from === to;
        if (from === to) return;
        const cut = cells.slice(from, to).join("");
        const newest = this.cuts[0] ?? "";
        if (cutLast) this.cuts[0] = target < at ? cut + newest : newest + cut;
        else this.cuts.unshift(cut);
        this.cutLast = true;
        this.splice(from, to, "");
      } else if (action === "backspace" || action === "delete") {
        this.cutLast = cutLast && from === to;
        if (from < to) this.splice(from, to, "");
      } else this.at = target;
    }
  }
}

const PLAIN = EDIT_ACTIONS.filter((action) =>
  !["up", "down", "undo", "redo", "yank_older", "transpose"].includes(action)
);

Deno.test("TextArea does to any text what a plain array of characters does, edit by edit", () => {
  const plain = fc.oneof(
    piece.map((insert): Step => ({ insert })),
    fc.constantFrom(...PLAIN).map((action): Step => ({ action })),
  );
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 60 }), (steps) => {
      const area = new TextArea();
      const model = new Model();
      for (const one of steps) {
        carryOut(area, one);
        if ("action" in one) model.apply(one.action);
        else if ("insert" in one) {
          model.splice(model.at, model.at, cleanInput(one.insert));
          model.cutLast = false;
        }
        assert.equal(area.text, model.text);
        assert.equal(area.cursor, model.cursor);
        assert.equal(area.bytes, new TextEncoder().encode(area.text).length);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("TextArea undoes any sequence of edits to its beginning, and does all of it again", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 60 }),
      fc.string({ unit: "grapheme", maxLength: 20 }),
      (steps, start) => {
        const area = new TextArea();
        area.restore({ text: cleanInput(start), cursor: 0 });
        for (const one of steps) carryOut(area, one);
        while (area.apply("redo"));
        const end = area.text;
        while (area.apply("undo"));
        assert.equal(area.text, cleanInput(start));
        while (area.apply("redo"));
        assert.equal(area.text, end);
        assert.equal(area.bytes, new TextEncoder().encode(end).length);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("TextArea.layout() loses nothing, fits its columns and holds the cursor, whatever was typed", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 3, max: 40 }), (steps, columns) => {
      const area = new TextArea();
      for (const one of steps) carryOut(area, one);
      const { rows, cursor } = area.layout(columns);
      const width = (text: string): number => stringWidth(text, { countAnsiEscapeCodes: true });
      // What has no room even alone is drawn as a sign that has: a note with its stem and flag is three columns wide.
      const drawn = (cell: string): string => width(cell) < columns ? cell : "\ufffd";
      const cells = (text: string): string => split(text).map((cell) => drawn(sanitize(cell))).join("");
      assert.equal(rows.join(""), area.text.split("\n").map(cells).join(""));
      for (const row of rows) {
        assert.ok(width(row) <= columns, JSON.stringify(row));
        assert.ok(!/\p{Cc}/u.test(row));
      }
      assert.ok(cursor.row < rows.length && cursor.column < columns);
      // Every offset up and down again is a place between two characters.
      area.apply("up");
      assert.ok([0, ...ends(area.text)].includes(area.cursor));
      area.apply("down");
      assert.ok([0, ...ends(area.text)].includes(area.cursor));
    }),
    { numRuns: 300, examples: [[[{ insert: "\u{1d160}" }], 3]] },
  );
});

function ends(text: string): number[] {
  let end = 0;
  return split(text).map((cell) => end += cell.length);
}
