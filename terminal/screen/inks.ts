/** Styles as what switches them on; found again quickly, and the same object for the same look. @module */
import { linkOf, PLAIN, styleSequence } from "./ansi.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Ink } from "./cells.ts";
import type { Span, Style } from "./style.ts";
import type { Theme } from "./theme.ts";

/** Looks that are remembered; there are as many as there are links on the screen, and few besides. */
const MAX_INKS = 2048;

/** The ink of nothing. */
export const BLANK: Ink = { sequence: PLAIN, link: "", blank: true };

/** Inks of one theme on one terminal. */
export class Inks {
  readonly #capabilities: Capabilities;
  readonly #theme: Theme;
  #byStyle = new WeakMap<Style, Ink>();
  readonly #byLook = new Map<string, Ink>();

  /** Begins with none. */
  constructor(capabilities: Capabilities, theme: Theme) {
    this.#capabilities = capabilities;
    this.#theme = theme;
  }

  /** Looks remembered. */
  get size(): number {
    return this.#byLook.size;
  }

  /** The ink of a span. A style object that was seen must not be changed. */
  of({ style }: Span): Ink {
    if (style === undefined) return BLANK;
    const known = this.#byStyle.get(style);
    if (known !== undefined) return known;
    const ink = this.#make(style);
    this.#byStyle.set(style, ink);
    return ink;
  }

  #make(style: Style): Ink {
    const sequence = styleSequence(style, this.#theme, this.#capabilities.colours);
    const link = linkOf(style, this.#capabilities);
    if (sequence === PLAIN && link === "") return BLANK;
    const key = `${sequence}${link}`;
    const known = this.#byLook.get(key);
    if (known !== undefined) return known;
    if (this.#byLook.size >= MAX_INKS) {
      this.#byLook.clear();
      this.#byStyle = new WeakMap();
    }
    const ink = { sequence, link, blank: false };
    this.#byLook.set(key, ink);
    return ink;
  }
}
