/** What stands on the screen before one is in any room. @module */
import type { Row, Span } from "../screen/style.ts";
import { wrapSpans } from "../screen/wrap.ts";
import { row } from "./spans.ts";

const TEXT: readonly Span[] = [
  { text: "Sotto", style: { fg: "accent", bold: true } },
  { text: "Rooms in the terminal that only those in them can read: encrypted from end to end." },
  { text: "Enter answers, Esc leaves. Keys and commands are told later by F1.", style: { fg: "dim" } },
];

/** Says where one is; as many rows as there are. */
export function welcomeRows(size: { columns: number; rows: number }): Row[] {
  return TEXT.flatMap((text) => wrapSpans([text], size.columns))
    .slice(0, Math.max(0, size.rows))
    .map((spans) => row(size.columns, spans));
}
