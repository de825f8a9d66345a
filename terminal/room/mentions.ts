/** Where a text names somebody. @module */

/** Shorter names count only with an `@`: they are words of the language. */
const MIN_BARE = 3;
const WORD = /[\p{L}\p{N}\p{M}_]/u;

/** A piece of a text, from a first UTF-16 unit to the one after its last. */
export type Range = readonly [from: number, to: number];

/**
 * Finds a name in a text, as a word of its own, with or without `@`, in small or capital letters.
 *
 * @param text Where to look.
 * @param nick The name.
 * @returns The places, in order, the `@` included.
 */
export function mentionsOf(text: string, nick: string): Range[] {
  const wanted = nick.toLowerCase();
  const lower = text.toLowerCase();
  if (wanted === "" || lower.length !== text.length) return [];
  const out: Range[] = [];
  for (let from = lower.indexOf(wanted); from >= 0; from = lower.indexOf(wanted, from + wanted.length)) {
    const to = from + wanted.length;
    const marked = text[from - 1] === "@";
    const start = marked ? from - 1 : from;
    if (!marked && nick.length < MIN_BARE) continue;
    if (isWord(before(text, start)) || isWord(after(text, to))) continue;
    out.push([start, to]);
  }
  return out;
}

function isWord(character: string): boolean {
  return WORD.test(character);
}

function before(text: string, index: number): string {
  if (index === 0) return "";
  const low = text.slice(index - 1, index);
  return /[\udc00-\udfff]/.test(low) ? text.slice(Math.max(0, index - 2), index) : low;
}

function after(text: string, index: number): string {
  return String.fromCodePoint(text.codePointAt(index) ?? 0x20);
}
