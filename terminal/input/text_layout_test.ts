import assert from "node:assert/strict";
import { MAX_KEPT, TextWrapper } from "./text_layout.ts";

Deno.test("TextWrapper keeps no more lines than its bound and those of one text, and no more characters", () => {
  const wrapper = new TextWrapper();
  let [lines, drawn] = [0, 0];
  for (let i = 0; i < 3 * MAX_KEPT; i++) {
    const character = String.fromCodePoint(0x4e00 + i); // each another one
    assert.equal(wrapper.rows(`${character}\nsame`, 20).texts[0], character);
    lines = Math.max(lines, wrapper.kept.lines);
    drawn = Math.max(drawn, wrapper.kept.drawn);
  }
  assert.deepEqual([lines, drawn], [MAX_KEPT + 1, MAX_KEPT]);
  wrapper.wipe();
  assert.deepEqual(wrapper.kept, { lines: 0, drawn: 0 });
});
