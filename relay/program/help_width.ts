/** How wide help is written. @module */

/** Below this a column for the words beside the options is too narrow to read. */
const LEAST = 60;

/**
 * The width for help: that of the terminal, so that no line is broken a second time there.
 *
 * @param most The widest that is good to read; taken where there is no terminal.
 * @param columns The terminal's columns; undefined without one.
 */
export function helpWidth(most: number, columns: number | undefined = terminalColumns()): number {
  return columns === undefined ? most : Math.max(LEAST, Math.min(columns, most));
}

function terminalColumns(): number | undefined {
  try {
    return Deno.consoleSize().columns || undefined;
  } catch {
    return undefined;
  }
}
