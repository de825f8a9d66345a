/**
 * Codes that people say to each other: a number of five digits and four words of the BIP-39 English list.
 *
 * The number names a door at the relay, the words (44 bits) never leave the client. They are safe only because
 * of the PAKE and its counted guesses (SPEC §5).
 *
 * @module
 */
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { type Bytes, randomBytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** A spoken code, taken apart. */
export interface SpokenCode {
  /** 10000 to 99999. */
  number: number;
  /** Four BIP-39 English words. */
  words: string[];
}

/** Words in a spoken code. */
export const SPOKEN_WORDS = 4;

const LOWEST = 10_000;
const COUNT = 90_000;
const WORDS: ReadonlySet<string> = new Set(wordlist);
// Dashes of every kind: editors and phones turn the typed one into others.
const SHAPE = /^(\d+)[\s\p{Pd}]+(\p{L}+(?:[\s\p{Pd}]+\p{L}+)*)$/u;

/** Fresh, uniformly random code. `random` gives that many random bytes. */
export function newSpokenCode(random: (length: number) => Bytes = randomBytes): SpokenCode {
  const words = Array.from(
    { length: SPOKEN_WORDS },
    () => wordlist[uniform(wordlist.length, random)] as string,
  );
  return { number: LOWEST + uniform(COUNT, random), words };
}

/** `41793-copper-lemon-orbit-walnut`. */
export function formatSpoken(code: SpokenCode): string {
  return [code.number, ...code.words].join("-");
}

/**
 * Reads canonical text (NFKC, lower case, trimmed). `undefined` when it does not look like a spoken code;
 * `bad_code`, naming the mistyped word alone, when it looks like one but is none.
 */
export function parseSpoken(text: string): SpokenCode | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const digits = match[1] as string;
  const words = (match[2] as string).split(/[\s\p{Pd}]+/u);
  const known = words.filter((word) => WORDS.has(word)).length;
  // One slip still leaves either the five digits and four words, or one of these and mostly known words.
  const fiveDigits = digits.length === 5;
  const fourWords = words.length === SPOKEN_WORDS;
  if (!(fiveDigits && fourWords) && !((fiveDigits || fourWords) && 2 * known >= words.length)) {
    return undefined;
  }

  if (!fourWords) throw bad(`it needs 4 words after the number, and has ${words.length}`);
  const number = Number(digits);
  if (number < LOWEST || number >= LOWEST + COUNT) {
    throw bad("its number needs five digits, without a leading 0");
  }
  for (const word of words) {
    if (!WORDS.has(word)) throw unknownWord(word);
  }
  return { number, words };
}

/** The list's word closest to `word`, at most two slips away; of several the one that begins most like it. */
function suggest(word: string): string | undefined {
  let best: string | undefined;
  let fewest = 3;
  for (const candidate of wordlist) {
    if (Math.abs(candidate.length - word.length) > fewest) continue;
    const distance = slips(word, candidate);
    const nearer = distance < fewest ||
      best !== undefined && distance === fewest && alike(word, candidate) > alike(word, best);
    if (nearer) [best, fewest] = [candidate, distance];
  }
  // The first four letters of a BIP-39 word are its own.
  return best ?? wordlist.find((candidate) => word.length >= 4 && candidate.startsWith(word.slice(0, 4)));
}

/** How many letters two words have in common before they part. */
function alike(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Letters to insert, drop, replace or swap with their neighbour (optimal string alignment distance). */
function slips(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}

/** A uniform number below `bound`, by rejection. */
function uniform(bound: number, random: (length: number) => Bytes): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  while (true) {
    const { buffer, byteOffset } = random(4);
    const value = new DataView(buffer, byteOffset).getUint32(0);
    if (value < limit) return value % bound;
  }
}

function unknownWord(word: string): CryptoError {
  const shown = word.length > 16 ? word.slice(0, 16) + "…" : word;
  const suggestion = word.length > 16 ? undefined : suggest(word);
  const hint = suggestion === undefined ? "check its spelling" : `did you mean "${suggestion}"?`;
  return bad(`"${shown}" is not one of its words; ${hint}`);
}

function bad(why: string): CryptoError {
  return new CryptoError("bad_code", `Cannot use this code: ${why}`);
}
