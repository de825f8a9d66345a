/** Breaks lines for a terminal so that no line but the first of a message begins at the left edge. @module */
import wrapAnsi from "wrap-ansi";

/** What stands before a line that goes on. Without it, a long message could make a line that looks like one of ours. */
const INDENT = "   ";

/** A break that was put in, the colours that go on behind it, and the space that stood there. */
// deno-lint-ignore no-control-regex
const BREAK = /\n((?:\x1b\[[0-9;]*m)*) ?/g;

/**
 * Wraps text by words.
 *
 * @param text Lines, which may hold colours.
 * @param columns Width of the terminal.
 * @returns The same lines; what did not fit goes on below, indented.
 */
export function layOut(text: string, columns: number): string {
  const width = Math.max(10, columns - INDENT.length);
  return text.split("\n").map((line) => {
    if (line.length <= columns && /^[ -~]*$/.test(line)) return line;
    return wrapAnsi(line, width, { hard: true, trim: false }).replaceAll(BREAK, `\n${INDENT}$1`);
  }).join("\n");
}
