import assert from "node:assert/strict";
import { pressed } from "./_keys.ts";
import { give, typed } from "./_keys.ts";
import { rowText } from "./page.ts";
import { scan } from "./_scan.ts";
import { tileLetters } from "./tiles.ts";
import { type Verification, VerifyOverlay } from "./verify.ts";

const WORDS =
  "abstract accident champion chemical children decorate discover electric envelope evidence exchange exercise";
const COLOURS = { colours: true, unicode: true };

function verification(wanted: Partial<Verification> = {}): { overlay: VerifyOverlay; marks: boolean[] } {
  const marks: boolean[] = [];
  const overlay = new VerifyOverlay({
    member: { nick: "bob", verified: false },
    words: WORDS,
    abilities: COLOURS,
    mark: (verified) => marks.push(verified),
    ...wanted,
  });
  return { overlay, marks };
}

function text(overlay: VerifyOverlay, columns: number, rows: number): string {
  return overlay.rows({ columns, rows }).slice(0, rows).map(rowText).join("\n");
}

for (const colours of [true, false]) {
  Deno.test(`at 80x24 words, tiles and a QR code of the words stand side by side${colours ? "" : " without colours"}`, () => {
    const { overlay } = verification({ abilities: { colours, unicode: true } });
    const rows = overlay.rows({ columns: 80, rows: 24 });
    assert.ok(rows.length <= 24);
    const shown = rows.map(rowText).join("\n");
    for (const word of WORDS.split(" ")) assert.ok(shown.includes(word), word);
    for (const row of tileLetters(WORDS)) assert.ok(shown.includes([...row].map((x) => ` ${x} `).join("")));
    assert.match(shown, /y: yes {3}n: no/);
    assert.equal(scan(rows, { columns: 80, onPaper: colours }), WORDS.toUpperCase());
  });
}

Deno.test("a small screen shows words and tiles, a smaller one the words and the question alone", () => {
  const { overlay } = verification();
  const middle = text(overlay, 40, 20);
  const tiles = [...(tileLetters(WORDS)[0] ?? "")].map((x) => ` ${x} `).join("");
  assert.ok(middle.includes(tiles) && middle.includes("exercise") && middle.includes("y: yes"));
  const small = text(overlay, 40, 14);
  assert.ok(!small.includes(tiles) && small.includes("exercise") && small.includes("y: yes"), small);
});

Deno.test("no size of the screen gives rows that are wider than it", () => {
  const { overlay } = verification();
  for (let columns = 1; columns < 120; columns += 3) {
    for (const rows of [1, 5, 15, 24, 60]) {
      for (const row of overlay.rows({ columns, rows })) {
        for (const part of row) assert.ok(part.column + part.width <= columns);
      }
    }
  }
});

Deno.test("y marks the member and closes; Escape and other keys mark nobody", () => {
  const yes = verification();
  assert.equal(give(yes.overlay, typed("y")), "close");
  assert.deepEqual(yes.marks, [true]);
  const later = verification();
  assert.equal(give(later.overlay, typed("x"), typed("3"), pressed("escape")), "close");
  assert.deepEqual(later.marks, []);
});

Deno.test("n takes the mark away and says what to do", () => {
  const { overlay, marks } = verification();
  assert.equal(give(overlay, typed("n")), "keep");
  assert.deepEqual(marks, [false]);
  assert.match(text(overlay, 80, 24).replaceAll(/\s+/g, " "), /somebody may stand between you and bob/);
  assert.equal(give(overlay, typed("y")), "keep", "no answer any more");
  assert.deepEqual(marks, [false]);
});

Deno.test("the words of a room have no mark, and a name of another cannot become an escape sequence", () => {
  const room = verification({ member: null });
  give(room.overlay, typed("y"));
  assert.deepEqual(room.marks, []);
  assert.match(text(room.overlay, 80, 24), /Everybody in the room/);
  const evil = verification({ member: { nick: "bob\x1b]0;x\x07\u202e", verified: true } });
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text(evil.overlay, 80, 24).replaceAll("\n", ""), /[\x00-\x1f\u202e]/);
});

Deno.test("a window of safety words that is closed holds none", () => {
  const { overlay } = verification();
  overlay.closed();
  assert.ok(!text(overlay, 80, 24).includes("abstract"));
});
