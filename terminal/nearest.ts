/** Guessing what a mistyped word was meant to be. @module */

/**
 * Finds the known word that a mistyped one is most like.
 *
 * @param word What was typed.
 * @param known The words there are.
 * @returns The nearest within two slips (one for short words), or undefined.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase().slice(0, 40);
  let best: string | undefined;
  let least = typed.length < 4 ? 2 : 3;
  for (const candidate of known) {
    const slips = editDistance(typed, candidate.toLowerCase());
    if (slips < least) {
      best = candidate;
      least = slips;
    }
  }
  return best ?? (typed.length > 1 ? known.find((candidate) => candidate.startsWith(typed)) : undefined);
}

/** Optimal string alignment: insert, delete, replace, swap two neighbours, each one slip. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replace = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min(replace, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && row > 1 && column > 1) {
        cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    before = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
