/** How wide the terminal is. @module */

/** Columns of the terminal; 80 where there is none, or one that does not know its size. */
export function consoleColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
