/**
 * Makes text from others safe to show on a terminal.
 *
 * Nothing that came from a peer is printed before it went through here. What goes: every control character (so that
 * no escape sequence survives), bidirectional and invisible characters, floods of combining marks. What stays: all
 * scripts, emoji with their joiners, flags and skin tones.
 *
 * @module
 */
import { attaches, isJoiner, joins, MAX_JOINED_EMOJI } from "./sanitize_joiners.ts";

/** How text is cleaned. */
export interface SanitizeOptions {
  /** Keep line breaks (as `\n`); otherwise each becomes a space. @default false */
  newlines?: boolean;
}

/** Most combining marks of no script of their own (accents) on one base. */
const MAX_COMMON_MARKS = 4;
/** Most combining marks of any kind on one base: Tibetan and cantillated Hebrew stack up to seven. */
const MAX_MARKS = 8;

const PLAIN = /^[\x20-\x7e]*$/;
const LINE_BREAK = /^(?:\r\n|[\n\r\u0085\u2028\u2029])$/;
const REPLACED = /^[\p{Co}\p{Cs}\p{Noncharacter_Code_Point}]$/u;
const DROPPED = /^[\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]$/u;
const FLAG = /^\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}$/u;
const COMMON_MARK = /^[\p{Script=Inherited}\p{Script=Common}]$/u;
/** Marks, and the Hangul vowels and finals that a terminal draws onto the letter before them. */
const MARK = /^[\p{M}\u1160-\u11ff\ud7b0-\ud7fb]$/u;

/** One unit at a time: a line break, a subdivision flag with its tags, or a code point. */
const UNITS = /\r\n|\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}|[\s\S]/gu;

/**
 * Cleans text for a terminal. Total: any string gives a string, and cleaning twice changes nothing more.
 *
 * @param text What a peer wrote.
 * @param options Whether line breaks are kept.
 * @returns Text without control, bidirectional or invisible characters and with at most eight marks a letter.
 */
export function sanitize(text: string, options: SanitizeOptions = {}): string {
  if (PLAIN.test(text)) return text;
  let out = "";
  let previous = ""; // the last unit kept
  let joiner = ""; // a joiner whose right neighbour is not known yet
  let marks = 0;
  let commonMarks = 0;
  let joinedEmoji = 0;
  for (const [unit] of text.toWellFormed().matchAll(UNITS)) {
    if (joiner === "" && unit.length === 1 && unit >= " " && unit <= "~") { // most of most texts
      marks = commonMarks = joinedEmoji = 0;
      out += previous = unit;
      continue;
    }
    let kept = unit;
    if (LINE_BREAK.test(unit)) kept = options.newlines === true ? "\n" : " ";
    else if (unit === "\t") kept = "  ";
    else if (isJoiner(unit)) {
      if (previous !== "") joiner = unit;
      continue;
    } else if (MARK.test(unit) && !DROPPED.test(unit)) {
      if (previous === "" || previous === "\n") {
        kept = "\u25cc" + unit; // a mark must not land on something of ours
        marks = commonMarks = 0;
      }
      const common = COMMON_MARK.test(unit);
      if (marks >= MAX_MARKS || (common && commonMarks >= MAX_COMMON_MARKS)) continue;
      marks++;
      if (common) commonMarks++;
    } else if (DROPPED.test(unit)) {
      if (joiner !== "" || !attaches(previous, unit)) continue;
    } else if (REPLACED.test(unit)) kept = "\ufffd";
    if (!MARK.test(unit)) marks = commonMarks = 0;
    const joined = joiner === "" ? "no" : joins(previous, joiner, kept);
    if (joined === "emoji") joinedEmoji = (joinedEmoji + 1) % MAX_JOINED_EMOJI;
    else if (!attaches(previous, unit)) joinedEmoji = 0;
    if (joined === "letters" || (joined === "emoji" && joinedEmoji > 0)) out += joiner;
    joiner = "";
    out += kept;
    previous = previousOf(previous, unit, kept);
  }
  return joiner !== "" && joins(previous, joiner, "") !== "no" ? out + joiner : out;
}

/** What the next unit has before it: skin tones and emoji selectors still count as the emoji that they colour. */
function previousOf(previous: string, unit: string, kept: string): string {
  if (FLAG.test(unit)) return "\u{1f3f4}";
  return attaches(previous, unit) ? previous + unit : kept;
}

/**
 * Cleans a nickname or another short label: one line, never empty.
 *
 * @param name What a peer calls itself.
 * @returns The cleaned name, or `?` when nothing of it can be shown.
 */
export function sanitizeName(name: string): string {
  const clean = sanitize(name).trim();
  return clean === "" ? "?" : clean;
}
