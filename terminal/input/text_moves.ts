/** Where words and lines begin and end, in UTF-16 units. @module */
import type { EditAction } from "./edit_actions.ts";
import type { Graphemes } from "./graphemes.ts";

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const SPACE = /^\s/;

type Test = (grapheme: string) => boolean;

/** Letters, numbers and marks, as Alt-B and Alt-F count words. */
export const isWord: Test = (grapheme) => WORD.test(grapheme);
/** Anything but space, as Ctrl-W counts words. */
export const isInk: Test = (grapheme) => !SPACE.test(grapheme);

/** The start of the word before an offset. */
export function wordLeft(graphemes: Graphemes, from: number, isPart: Test): number {
  const { text } = graphemes;
  let at = from;
  let inside = false;
  while (at > 0) {
    const previous = graphemes.previous(at);
    const part = isPart(text.slice(previous, at));
    if (inside && !part) break;
    inside ||= part;
    at = previous;
  }
  return at;
}

/** The end of the word behind an offset. */
export function wordRight(graphemes: Graphemes, from: number, isPart: Test): number {
  const { text } = graphemes;
  let at = from;
  let inside = false;
  while (at < text.length) {
    const next = graphemes.next(at);
    const part = isPart(text.slice(at, next));
    if (inside && !part) break;
    inside ||= part;
    at = next;
  }
  return at;
}

/** The start of the line an offset is in. */
export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1;
}

/** The end of the line an offset is in. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Where a move or a removal that begins at an offset ends; the offset itself for other edits. */
export function editTarget(action: EditAction, graphemes: Graphemes, at: number): number {
  const { text } = graphemes;
  switch (action) {
    case "left":
    case "backspace":
      return graphemes.previous(at);
    case "right":
    case "delete":
      return graphemes.next(at);
    case "word_left":
    case "kill_word_left":
      return wordLeft(graphemes, at, isWord);
    case "kill_word_back":
      return wordLeft(graphemes, at, isInk);
    case "word_right":
    case "kill_word_right":
      return wordRight(graphemes, at, isWord);
    case "line_start":
      return lineStart(text, at);
    case "line_end":
      return lineEnd(text, at);
    case "kill_line_start": { // at the start of a line, the line end before it
      const start = lineStart(text, at);
      return start === at ? Math.max(0, at - 1) : start;
    }
    case "kill_line_end": {
      const end = lineEnd(text, at);
      return end === at ? Math.min(text.length, at + 1) : end;
    }
    case "text_start":
      return 0;
    case "text_end":
      return text.length;
    default:
      return at;
  }
}
