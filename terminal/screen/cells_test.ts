import assert from "node:assert/strict";
import fc from "fast-check";
import { cellsOf } from "./cells.ts";
import { BLANK } from "./inks.ts";
import type { Row } from "./style.ts";
import { BITS, TORTURE } from "./torture.ts";
import { graphemeWidth } from "./width.ts";

const anyRow: fc.Arbitrary<Row> = fc.array(
  fc.record({
    column: fc.integer({ min: -5, max: 30 }),
    width: fc.integer({ min: -1, max: 35 }),
    spans: fc.array(
      fc.array(fc.constantFrom(...BITS, ...Object.values(TORTURE).map((text) => text.slice(0, 40))), {
        maxLength: 9,
      })
        .map((bits) => ({ text: bits.join("") })),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 5 },
);

Deno.test("cells fill a row exactly: behind each glyph there are as many empty cells as it is wide", () => {
  fc.assert(
    fc.property(anyRow, fc.integer({ min: 1, max: 30 }), fc.boolean(), (row, columns, unicode) => {
      const cells = cellsOf(row, { columns, ink: () => BLANK, blank: BLANK, unicode });
      assert.equal(cells.glyphs.length, columns);
      assert.equal(cells.inks.length, columns);
      for (let x = 0; x < columns;) {
        const glyph = cells.glyphs[x] ?? "";
        assert.notEqual(glyph, "");
        assert.ok(glyph.length <= 64);
        if (!unicode) assert.match(glyph, /^[ -~]$/);
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(glyph, /[\x00-\x1f\x7f-\x9f]/);
        let next = x + 1;
        while (next < columns && cells.glyphs[next] === "") next++;
        if (next > x + 1) assert.equal(next - x, graphemeWidth(glyph));
        x = next;
      }
      assert.deepEqual(cells.edges, [...new Set(cells.edges)].sort((a, b) => a - b));
      assert.equal(cells.edges[0], 0);
      assert.equal(cells.edges.at(-1), columns);
      if (cells.sure) assert.ok(cells.glyphs.every((glyph) => /^[ -~]$/.test(glyph)));
    }),
    { numRuns: 500 },
  );
});
