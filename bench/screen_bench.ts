/**
 * What painting costs: `deno run -A bench/screen_bench.ts`. Frames go nowhere, so this is the program's own share.
 *
 * @module
 */
import { Screen, type ScreenPort } from "../terminal/screen/screen.ts";
import type { Frame, Row, Span, Style } from "../terminal/screen/style.ts";
import { themeOf } from "../terminal/screen/theme.ts";
import { wrapSpans } from "../terminal/screen/wrap.ts";
import { median, Report } from "./report.ts";

const FRAMES = 300;
const RUNS = 7;
const DIM: Style = { fg: "dim" };
const NICK: Style = { fg: "nick3", bold: true };
const BORDER: Style = { fg: "border" };
const TEXTS = {
  ascii: "the quick brown fox jumps over the lazy dog and says so to everybody who is in the room ",
  mixed: "größer 漢字かな 👍🏽 the fox 👨‍👩‍👧‍👦 jumps over שלום नमस्ते and says so to everybody here ",
};

/** CPU for each frame of 100x24, with all rows changed, one row changed and none. */
export function benchScreen(report: Report): void {
  for (const [name, text] of Object.entries(TEXTS)) {
    for (const [what, changed] of [["all", 24], ["one", 1], ["none", 0]] as const) {
      const times: number[] = [];
      let bytes = 0;
      for (let run = 0; run < RUNS; run++) {
        const written = { bytes: 0 };
        const screen = new Screen(
          portInto(written),
          { colours: "true", unicode: true, sync: true, osc8: true, title: true },
          themeOf("dark", "true"),
        );
        const start = performance.now();
        for (let i = 0; i < FRAMES; i++) screen.paint(frameOf(text, i, changed));
        times.push((performance.now() - start) / FRAMES);
        bytes = written.bytes / FRAMES;
      }
      report.figure(`screen/paint_ms/${name}/${what}`, median(times), "ms");
      report.figure(`screen/bytes/${name}/${what}`, bytes, "B");
      report.figure(`screen/cpu_at_30/${name}/${what}`, median(times) * 30 / 10, "%");
    }
    const times = Array.from({ length: RUNS }, () => {
      const start = performance.now();
      for (let i = 0; i < 1000; i++) wrapSpans([{ text: text.repeat(3) }], 78, { indent: 2 });
      return performance.now() - start;
    });
    report.figure(`screen/wrap_us/${name}`, median(times), "us");
  }
}

function portInto(written: { bytes: number }): ScreenPort {
  return { write: (text) => void (written.bytes += text.length), size: () => ({ columns: 100, rows: 24 }) };
}

/** A pane of messages, a border and a list of members; the first `changed` rows differ from frame to frame. */
function frameOf(text: string, number: number, changed: number): Frame {
  const rows = Array.from({ length: 24 }, (_, i): Row => {
    const at = i < changed ? (number * 7 + i) % 20 : i % 20;
    const spans: Span[] = [
      { text: "12:34 ", style: DIM },
      { text: `nick${at} `, style: NICK },
      { text: text.slice(at) + text },
    ];
    return [
      { column: 0, width: 80, spans },
      { column: 80, width: 1, spans: [{ text: "│", style: BORDER }] },
      { column: 81, width: 19, spans: [{ text: `member ${i}` }] },
    ];
  });
  return { rows, cursor: { row: 23, column: 2 }, title: "room" };
}

if (import.meta.main) benchScreen(new Report({ json: false }));
