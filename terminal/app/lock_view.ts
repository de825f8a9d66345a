/** What a locked screen looks like: it tells that it is locked, and nothing else. @module */
import type { Frame, Row, Size } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { wrapSpans } from "../screen/wrap.ts";

/** What it depends on: nothing of any room. */
export interface LockShown {
  /** Whether a passphrase is asked for. */
  passphrase: boolean;
  /** Whether something has been typed; how much is not shown. */
  typed: boolean;
  /** Whether a try is being looked at. */
  busy: boolean;
  /** What became of the last try. */
  told: string;
}

/** The whole frame; every row is covered. */
export function lockFrame({ columns, rows }: Size, shown: LockShown): Frame {
  const texts = shown.passphrase
    ? ["Sotto is locked.", `Passphrase: ${shown.typed ? "(not shown)" : ""}`, shown.told]
    : ["Sotto is hidden.", "No passphrase is set: Enter shows it again. /lockscreen sets one.", shown.told];
  const lines = texts.filter((text) => text !== "").flatMap((text) => wrapSpans([{ text }], columns));
  const top = Math.max(0, Math.floor((rows - lines.length) / 2));
  const out: Row[] = [];
  for (let row = 0; row < rows; row++) {
    out.push([{ column: 0, width: columns, spans: lines[row - top] ?? [] }]);
  }
  const asked = top + lines.findIndex((spans) => spans.some(({ text }) => text.startsWith("Passphrase:")));
  const width = widthOf(texts[1] ?? "");
  return {
    rows: out,
    cursor: shown.passphrase && !shown.busy && asked >= top && width < columns
      ? { row: asked, column: width }
      : null,
    title: "Sotto",
  };
}
