/** How wide the terminal is. @module */

/** Columns of the terminal; 80 where there is none. */
export function consoleColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}
