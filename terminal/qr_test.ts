import assert from "node:assert/strict";
import { encode } from "uqr";
import { drawQr } from "./qr.ts";

const TEXT = "https://relay.example/#AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJQ";

/** Reads a drawing back into modules; `ink` is what a full block means. */
function modules(drawing: string, ink: boolean): boolean[][] {
  const rows: boolean[][] = [];
  const bare = drawing.replaceAll("\x1b[38;5;16;48;5;231m", "").replaceAll("\x1b[0m", "");
  for (const line of bare.split("\n")) {
    rows.push([...line].map((cell) => (cell === "█" || cell === "▀") === ink));
    rows.push([...line].map((cell) => (cell === "█" || cell === "▄") === ink));
  }
  return rows;
}

for (const colour of [true, false]) {
  Deno.test(`drawQr() draws exactly the code's modules ${colour ? "in" : "without"} colour`, () => {
    const drawing = drawQr(TEXT, { columns: 80, colour }) ?? "";
    const { data, size } = encode(TEXT, { border: 2, ecc: "L" });
    assert.deepEqual(modules(drawing, colour).slice(0, size), data);
  });
}

Deno.test("drawQr() gives nothing rather than a code that does not fit", () => {
  assert.equal(drawQr(TEXT, { columns: 30, colour: true }), null);
});
