/** A window with text to read: it scrolls, and any of its closing keys ends it. @module */
import type { KeyMeaning } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { Row, Size, Span } from "../screen/style.ts";
import { wrapSpans } from "../screen/wrap.ts";
import type { Overlay } from "./overlay.ts";

/** What a window shows: a title, and lines that hold no line break and have been sanitised. */
export interface TextPage {
  title: string;
  lines: readonly (readonly Span[])[];
}

/** Indent of a line that goes on. */
const INDENT = 2;

/** A page of text over the rooms. */
export class TextOverlay implements Overlay {
  readonly #page: TextPage;
  #top = 0;
  #height = 1;
  #length = 1;

  /** Shows a page. */
  constructor(page: TextPage) {
    this.#page = page;
  }

  rows({ columns, rows }: Size): Row[] {
    const lines = this.#page.lines.flatMap((line) => wrapSpans(line, columns, { indent: INDENT }));
    this.#height = Math.max(1, rows - 1);
    this.#length = lines.length;
    this.#top = Math.max(0, Math.min(this.#top, lines.length - this.#height));
    const more = lines.length > this.#height ? "  Up, Down: scroll" : "";
    const head: Span[] = [
      { text: ` ${this.#page.title} `, style: { fg: "accent", bold: true, inverse: true } },
      { text: `${more}  Esc: close`, style: { fg: "dim" } },
    ];
    return [head, ...lines.slice(this.#top, this.#top + this.#height)]
      .map((spans) => [{ column: 0, width: columns, spans }]);
  }

  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep" {
    if ("mouse" in press) {
      if (press.mouse.kind === "wheelup") this.#scroll(-3);
      if (press.mouse.kind === "wheeldown") this.#scroll(3);
      return "keep";
    }
    switch (meaning) {
      case "overlay_close":
      case "help":
        return "close";
      case "scroll_up":
        return this.#scroll(-1);
      case "scroll_down":
        return this.#scroll(1);
      case "page_up":
        return this.#scroll(-this.#height + 1);
      case "page_down":
        return this.#scroll(this.#height - 1);
      case "scroll_top":
        return this.#scroll(-this.#length);
      case "scroll_bottom":
        return this.#scroll(this.#length);
    }
    return "keep";
  }

  #scroll(by: number): "keep" {
    this.#top = Math.max(0, Math.min(this.#top + by, this.#length - this.#height));
    return "keep";
  }
}
