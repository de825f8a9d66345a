/**
 * The light markdown of messages. Total: every text gives lines, in linear time, without recursion; what does not pair
 * up is shown as it was written.
 *
 * `**bold**`, `*italic*`, `_italic_`, `~~strike~~`, `` `code` ``, code blocks between lines of ```` ``` ````, `> quote`,
 * `||spoiler||`. A link is only ever the URL that is seen.
 *
 * @module
 */
import { sanitize } from "../sanitize.ts";
import type { Span, Style } from "../screen/style.ts";
import { widthOf } from "../screen/measure.ts";
import { textOf } from "./spans.ts";

/** One line of a message. */
export interface TextLine {
  kind: "text" | "code" | "quote";
  spans: Span[];
}

/** How spoilers are shown. */
export interface MarkdownOptions {
  /** Whether they are open. */
  revealed: boolean;
  /** One column that covers them; null leaves a piece without text in the place of each. */
  cover: string | null;
}

/** Longer URLs are shown, but are no links. */
const MAX_LINK = 2_000;
const FENCE = /^\s{0,3}```[\w+#.-]{0,20}\s*$/;
const PIECES = /`([^`]+)`|\bhttps?:\/\/[^\s<>"'`]+/gi;
const MARKS = /\*\*|~~|\|\||[*_]/g;
const WORD = /[\p{L}\p{N}_]/u;

const BOLD = 1;
const ITALIC = 2;
const STRIKE = 4;
const SPOILER = 8;
const FLAGS: Readonly<Record<string, number>> = {
  "**": BOLD,
  "*": ITALIC,
  "_": ITALIC,
  "~~": STRIKE,
  "||": SPOILER,
};

/** A piece of a line: a mark that may open or close something, or what stands between marks. */
interface Token {
  text: string;
  kind: "text" | "code" | "link" | "mark";
  /** Characters beside a mark. */
  before: string;
  after: string;
  /** Whether a mark has found its other half. */
  paired: boolean;
}

/**
 * Reads a message.
 *
 * @param text As it was written; it is sanitised here.
 * @returns At least one line.
 */
export function markdown(text: string, options: MarkdownOptions): TextLine[] {
  const source = sanitize(text, { newlines: true }).split("\n");
  const fences = source.flatMap((line, index) => FENCE.test(line) ? [index] : []);
  const out: TextLine[] = [];
  let fence = 0;
  for (let i = 0; i < source.length; i++) {
    const line = source[i] as string;
    if (i === fences[fence] && fence + 1 < fences.length) { // a block that is closed again
      for (i++; i < (fences[fence + 1] as number); i++) out.push(codeLine(source[i] as string));
      fence += 2;
      continue;
    }
    if (i === fences[fence]) fence++;
    const quote = /^> ?/.exec(line);
    if (quote === null) out.push({ kind: "text", spans: inline(line, options, {}) });
    else out.push({ kind: "quote", spans: inline(line.slice(quote[0].length), options, { fg: "quote" }) });
  }
  return out.length === 0 ? [{ kind: "text", spans: [] }] : out;
}

/** The beginning of a message on one line, without its marks; what a spoiler hides stays hidden. */
export function oneLine(text: string, cover: string | null): string {
  const closed = (text.split("||").length & 1) === 0 ? `${text}||` : text; // its end may have been cut off
  return markdown(closed, { revealed: false, cover }).map(({ spans }) => textOf(spans)).join(" ");
}

function codeLine(text: string): TextLine {
  return { kind: "code", spans: text === "" ? [] : [{ text, style: { fg: "code" } }] };
}

/** Reads one line that has been sanitised. */
function inline(line: string, options: MarkdownOptions, base: Style): Span[] {
  const tokens = tokenize(line);
  pair(tokens);
  const spans: Span[] = [];
  const styles = new Map<string, Style | undefined>();
  let flags = 0;
  for (const { text, kind, paired } of tokens) {
    if (kind === "mark" && paired) {
      flags ^= FLAGS[text] ?? 0;
      continue;
    }
    if ((flags & SPOILER) !== 0 && !options.revealed) {
      const covered = options.cover?.repeat(Math.max(1, widthOf(text))) ?? "";
      spans.push({ text: covered, style: { fg: "dim" } });
      continue;
    }
    const key = `${flags} ${kind === "code" ? 1 : 0}`;
    if (!styles.has(key)) styles.set(key, styleOf(flags, kind === "code", base));
    const style = styles.get(key);
    if (kind === "link") spans.push(...linkSpans(text, style));
    else spans.push(style === undefined ? { text } : { text, style });
  }
  return spans;
}

function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  const plain = (from: number, to: number): void => {
    let at = from;
    MARKS.lastIndex = 0;
    for (const match of line.slice(from, to).matchAll(MARKS)) {
      const start = from + match.index;
      const end = start + match[0].length;
      if (start > at) tokens.push(token("text", line.slice(at, start)));
      tokens.push({ ...token("mark", match[0]), before: before(line, start), after: after(line, end) });
      at = end;
    }
    if (to > at) tokens.push(token("text", line.slice(at, to)));
  };
  let at = 0;
  for (const match of line.matchAll(PIECES)) {
    plain(at, match.index);
    at = match.index + match[0].length;
    if (match[1] !== undefined) tokens.push(token("code", match[1]));
    else {
      const url = trimmed(match[0]);
      tokens.push(token("link", url));
      at = match.index + url.length;
      plain(at, at = match.index + match[0].length);
    }
  }
  plain(at, line.length);
  return tokens;
}

function token(kind: Token["kind"], text: string): Token {
  return { kind, text, before: "", after: "", paired: false };
}

/** Each mark closes the nearest one of its sort that may open, if there is something between them. */
function pair(tokens: readonly Token[]): void {
  const open = new Map<string, number>();
  for (const [index, mark] of tokens.entries()) {
    if (mark.kind !== "mark") continue;
    const inWord = mark.text === "*" || mark.text === "_";
    const start = open.get(mark.text);
    const closes = isBlack(mark.before) && !(inWord && WORD.test(mark.after));
    if (start !== undefined && closes && index > start + 1) {
      mark.paired = true;
      (tokens[start] as Token).paired = true;
      open.delete(mark.text);
    } else if (isBlack(mark.after) && !(inWord && WORD.test(mark.before))) open.set(mark.text, index);
  }
}

function isBlack(character: string): boolean {
  return character !== "" && !/\s/.test(character);
}

function before(line: string, index: number): string {
  return index === 0 ? "" : line.charAt(index - 1);
}

function after(line: string, index: number): string {
  const code = line.codePointAt(index);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function styleOf(flags: number, code: boolean, base: Style): Style | undefined {
  const style: Style = { ...base };
  if (code) style.fg = "code";
  if ((flags & BOLD) !== 0) style.bold = true;
  if ((flags & ITALIC) !== 0) style.italic = true;
  if ((flags & STRIKE) !== 0) style.strike = true;
  return Object.keys(style).length === 0 ? undefined : style;
}

/** A URL leads where it says, or it is no link: without hidden names before an `@`, in ASCII only. */
function linkSpans(text: string, style: Style | undefined): Span[] {
  const look: Style = { ...style, underline: true };
  const plain = /^https?:\/\/[\x21-\x7e]+$/i.test(text) && !/^https?:\/\/[^/?#]*@/i.test(text);
  if (plain && text.length <= MAX_LINK) look.link = text;
  return [{ text, style: look }];
}

/** What ends a sentence is no part of a URL, and neither is a bracket that was opened before it. */
function trimmed(url: string): string {
  let end = url.length;
  let balance = 0;
  for (const character of url) balance += character === "(" ? 1 : character === ")" ? -1 : 0;
  for (; end > 0; end--) {
    const last = url.charAt(end - 1);
    if (last === ")" && balance < 0) balance++;
    else if (!/[.,;:!?*_~|\]}]/.test(last)) break;
  }
  return url.slice(0, end);
}
