/** What somebody may have meant who mistyped a command. @module */

/** The word that is one slip away: a letter too much, too few, another, or two that have changed places. */
export function likely(typed: string, words: readonly string[]): string | undefined {
  return words.find((word) => word.length > 2 && isSlip(typed, word));
}

function isSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let [left, right] = [a.slice(start), b.slice(start)];
  while (left !== "" && right !== "" && left.at(-1) === right.at(-1)) {
    [left, right] = [left.slice(0, -1), right.slice(0, -1)];
  }
  const swapped = left.length === 2 && left === [...right].reverse().join("");
  return swapped || Math.max(left.length, right.length) === 1;
}
