/** Which invisible characters have a purpose, and beside what: joiners, variation selectors, skin tones. @module */

/** Most emoji glued into one: the longest that fonts know has five parts. */
export const MAX_JOINED_EMOJI = 6;

const ZWNJ = "\u200c";
const ZWJ = "\u200d";
const EMOJI = /^\p{Extended_Pictographic}/u;
const CAN_BE_EMOJI = /^\p{Emoji}/u;
const SKIN_TONE = /^\p{Emoji_Modifier}$/u;
const SKIN_BASE = /^\p{Emoji_Modifier_Base}$/u;

/** Scripts whose spelling uses the joiners: cursive ones and those that stack consonants. */
const JOINING = [
  ..."Arabic Syriac Mandaic Nko Mongolian Phags_Pa Adlam Devanagari Bengali Gurmukhi Gujarati Oriya Tamil"
    .split(" "),
  ..."Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan Balinese Javanese Newa Grantha Tirhuta".split(
    " ",
  ),
];
const JOINING_LETTER = new RegExp(
  `^(?:${JOINING.map((script) => `\\p{Script_Extensions=${script}}`).join("|")})$`,
  "u",
);
const LETTER_OR_MARK = /^[\p{L}\p{M}]$/u;
/** The sign that removes a consonant's vowel: a joiner after it chooses the shape even at the end of a word. */
const VIRAMA =
  /^[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0f84\u1039\u103a\u1714\u17d2\u1b44\ua9c0]$/u;

/** Whether a character is one of the two joiners. */
export function isJoiner(unit: string): boolean {
  return unit === ZWJ || unit === ZWNJ;
}

/**
 * Whether a joiner between two kept units has a purpose.
 *
 * @param previous What stands before it: a code point, or an emoji with its selector or skin tone.
 * @param joiner U+200C or U+200D.
 * @param next What follows; empty at the end of the text.
 */
export function joins(previous: string, joiner: string, next: string): "emoji" | "letters" | "no" {
  if (joiner === ZWJ && EMOJI.test(previous) && EMOJI.test(next)) return "emoji";
  if (VIRAMA.test(previous)) return "letters";
  const letters = LETTER_OR_MARK.test(previous) && JOINING_LETTER.test(previous) &&
    LETTER_OR_MARK.test(next) && JOINING_LETTER.test(next);
  return letters ? "letters" : "no";
}

/**
 * Whether a selector or a skin tone belongs to the unit before it.
 *
 * @param previous What stands before it.
 * @param unit The selector or skin tone.
 */
export function attaches(previous: string, unit: string): boolean {
  if (unit < "\u180b" || previous === "" || [...previous].length > 1) return false; // the lowest of all below
  if (unit === "\ufe0e" || unit === "\ufe0f") return CAN_BE_EMOJI.test(previous);
  if (SKIN_TONE.test(unit)) return SKIN_BASE.test(previous);
  if (/^[\ufe00-\ufe0d]$/u.test(unit)) return /^[\p{L}\p{N}\p{S}\p{P}]$/u.test(previous);
  if (/^[\u180b-\u180d\u180f]$/u.test(unit)) return /^\p{Script=Mongolian}$/u.test(previous);
  if (/^[\u{e0100}-\u{e01ef}]$/u.test(unit)) return /^\p{Script=Han}$/u.test(previous);
  return false;
}
