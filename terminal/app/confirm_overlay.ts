/** A question that is answered by yes or no, in place of the composer. @module */
import type { KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { Row, Size } from "../screen/style.ts";
import { wrapSpans } from "../screen/wrap.ts";
import type { Overlay } from "./overlay.ts";

/** Asks for a yes. */
export class ConfirmOverlay implements Overlay {
  readonly place = "foot";
  readonly places: readonly KeyPlace[] = ["everywhere"];
  readonly #question: string;
  #yes: (() => void) | null;

  /** Asks; `yes` is called at most once. */
  constructor(question: string, yes: () => void) {
    this.#question = question;
    this.#yes = yes;
  }

  rows({ columns }: Size): Row[] {
    return wrapSpans([{ text: this.#question, style: { fg: "warn", bold: true } }], columns)
      .map((spans) => [{ column: 0, width: columns, spans }]);
  }

  key(press: KeyPress, _meaning: KeyMeaning): "close" | "keep" {
    if ("key" in press && press.key === "escape") return "close";
    if (!("text" in press)) return "keep";
    const answer = press.text.toLowerCase();
    if (answer === "y") this.#yes?.();
    return answer === "y" || answer === "n" ? "close" : "keep";
  }

  closed(): void {
    this.#yes = null;
  }
}
