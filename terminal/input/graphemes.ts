/** Steps through text by what a person sees as one character, without cutting all of it into pieces. @module */

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const ASCII = /^[\n -~]*$/;

/** A text that can be asked where its characters begin. */
export class Graphemes {
  /** The text. */
  readonly text: string;
  readonly #segments: Intl.Segments | null;

  /** Looks at a text. Line ends must be `\n`. */
  constructor(text: string) {
    this.text = text;
    this.#segments = ASCII.test(text) ? null : segmenter.segment(text);
  }

  /** The end of the character at an offset; the text's length at its end. */
  next(at: number): number {
    if (at >= this.text.length) return this.text.length;
    if (this.#segments === null) return at + 1;
    const found = this.#segments.containing(at);
    return found === undefined ? at + 1 : found.index + found.segment.length;
  }

  /** The start of the character before an offset; 0 at the start. */
  previous(at: number): number {
    if (at <= 0) return 0;
    return this.#segments?.containing(at - 1)?.index ?? at - 1;
  }

  /** The offset itself when it lies between two characters, else the end of the character it is in. */
  boundary(at: number): number {
    if (at <= 0 || at >= this.text.length || this.#segments === null) {
      return Math.min(Math.max(0, at), this.text.length);
    }
    const found = this.#segments.containing(at);
    return found === undefined || found.index === at ? at : found.index + found.segment.length;
  }
}

/** Cuts a text into its characters. */
export function split(text: string): string[] {
  if (ASCII.test(text)) return text.split("");
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
