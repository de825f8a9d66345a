/**
 * What may be a nickname, and when two of them look alike.
 *
 * The comparison follows the idea of UTS #39 §4 (skeletons) with a short table of our own: the letters of
 * other scripts and the digits that pass for Latin ones in a terminal. Accents stay distinct.
 *
 * @module
 */
import { utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Most code points of a nickname. */
export const MAX_NICKNAME_POINTS = 32;
/** Most bytes of a nickname. */
export const MAX_NICKNAME_BYTES = 96;

const MARK = String.raw`[\p{M}--\p{Default_Ignorable_Code_Point}]`;
// Letters and pictures must not overlap (U+2139 is both), or the alternation below backtracks exponentially.
const NOT_LETTER = String.raw`[\p{Default_Ignorable_Code_Point}\p{Extended_Pictographic}]`;
const LETTER = String.raw`[[\p{L}\p{N}._\-]--${NOT_LETTER}]${MARK}{0,3}`;
const PICTURE = String.raw`\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?`;
const EMOJI = String.raw`${PICTURE}(?:\u200D${PICTURE})*`;
const ALLOWED = new RegExp(`^(?:${LETTER}|${EMOJI})+$`, "v");
const STACKED_MARKS = /\p{M}{4}/u;

/**
 * The canonical form (NFC) of a nickname that is allowed: 1 to 32 code points in at most 96 bytes; letters,
 * digits, `. _ -` and emoji. Throws `bad_code` with the reason otherwise.
 */
export function checkNickname(text: string): string {
  if (text.length > 4 * MAX_NICKNAME_POINTS) throw bad("it is longer than 32 characters");
  const nick = text.normalize("NFC");
  if (nick === "") throw bad("it is empty");
  if ([...nick].length > MAX_NICKNAME_POINTS || utf8(nick).length > MAX_NICKNAME_BYTES) {
    throw bad("it is longer than 32 characters");
  }
  if (nick.startsWith("-") || nick.startsWith(".")) throw bad("it must not start with - or .");
  if (/\s/u.test(nick)) throw bad("it must not have spaces");
  if (STACKED_MARKS.test(nick)) throw bad("it stacks too many accents on one letter");
  if (!ALLOWED.test(nick)) throw bad("only letters, digits, emoji and . _ - are allowed");
  return nick;
}

/** Latin letters and what passes for them, after lower-casing. `i`, `l` and `1` are one: `I` looks like `l`. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    "aаαɑᴀ",
    "bЬьвβʙᏏ",
    "cсϲᴄ",
    "dԁɗᏧ",
    "eеєεҽ",
    "fϝƒ",
    "gɡց",
    "hһнհ",
    "jјϳ",
    "kкκᴋ",
    "lіı1іιӏ|ǀⅼℓiɩ",
    "mмᴍ",
    "nпηռ",
    "oоο0օσςᴏ௦०",
    "pрρþ",
    "qԛգ",
    "rгᴦʀ",
    "sѕꜱʂ",
    "tтτᴛ",
    "uυսᴜ",
    "vνѵᴠ",
    "wԝωѡшᴡ",
    "xхχ×",
    "yуγүʏ",
    "zᴢʐ",
    "3зӡʒ",
    "-‐‑–—−",
  ].flatMap(([latin, ...others]) => others.map((other) => [other, latin] as [string, string])),
);

/** Greek capitals that look like other Latin letters than their small forms do. */
const CAPITALS: ReadonlyMap<string, string> = new Map([["Η", "h"], ["Ν", "n"], ["Υ", "y"]]);
const ANY_CAPITAL = new RegExp(`[${[...CAPITALS.keys()].join("")}]`, "gu");

/** Equal for nicknames that a reader could take for one another. For comparing only, not for showing. */
export function nicknameSkeleton(nick: string): string {
  let text = nick.replace(ANY_CAPITAL, (capital) => CAPITALS.get(capital) ?? capital);
  // Twice: lower-casing can give what decomposes again.
  for (let i = 0; i < 2; i++) text = text.normalize("NFKD").toLowerCase();
  text = text.replace(/[\p{Default_Ignorable_Code_Point}\u0307]/gu, "");
  let out = "";
  for (const char of text) out += LOOKALIKES.get(char) ?? char;
  return out.replaceAll("rn", "m").replaceAll("vv", "w").normalize("NFKD");
}

function bad(why: string): CryptoError {
  return new CryptoError("bad_code", `Cannot use this nickname: ${why}`);
}
