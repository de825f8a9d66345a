/** A question in place of the composer: its answer is one line. @module */
import { isEditAction } from "../input/edit_actions.ts";
import type { KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import { TextArea } from "../input/text_area.ts";
import type { Row, Size, Span } from "../screen/style.ts";
import { widthOf } from "../screen/width.ts";
import { wrapSpans } from "../screen/wrap.ts";
import type { Overlay } from "./overlay.ts";

/** What is asked. */
export interface Question {
  /** The question, sanitised. */
  text: string;
  /** Whether what is typed stays unseen. */
  secret: boolean;
  /** What was wrong with the last answer. */
  problem?: string;
  /** Takes the answer; null when there is none. */
  answer: (text: string | null) => void;
}

/** Narrower than this, the answer has a row of its own. */
const MIN_ANSWER = 12;

/** A question that is open. */
export class PromptOverlay implements Overlay {
  readonly place = "foot";
  readonly places: readonly KeyPlace[] = ["composer", "everywhere"];
  readonly #question: Question;
  readonly #text = new TextArea();
  #answered = false;

  /** Asks. */
  constructor(question: Question) {
    this.#question = question;
  }

  rows({ columns }: Size): Row[] {
    return this.#layOut(columns).rows;
  }

  cursor({ columns }: Size): { row: number; column: number } {
    return this.#layOut(columns).cursor;
  }

  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep" {
    if ("text" in press && (meaning === null || meaning === "pending")) this.#text.insert(press.text);
    else if ("paste" in press) this.#text.insert(press.paste.replace(/\s*[\r\n]+\s*/g, " ").trim());
    else if (meaning === "send") {
      this.#answer(this.#text.text);
      return "close";
    } else if (meaning === "end_of_input" || ("key" in press && press.key === "escape")) return "close";
    else if (meaning === "delete" && this.#text.text === "") return "close"; // Ctrl-D
    else if (meaning !== null && isEditAction(meaning) && meaning !== "newline") this.#text.apply(meaning);
    return "keep";
  }

  closed(): void {
    this.#answer(null);
    this.#text.wipe();
  }

  #answer(text: string | null): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#question.answer(text);
  }

  #layOut(columns: number): { rows: Row[]; cursor: { row: number; column: number } } {
    const { text, secret, problem } = this.#question;
    const lines: Span[][] = problem === undefined
      ? []
      : wrapSpans([{ text: problem, style: { fg: "bad" } }], columns);
    lines.push(...wrapSpans([{ text, style: { fg: "accent", bold: true } }], columns));
    const last = lines.at(-1) ?? [];
    let column = last.reduce((sum, span) => sum + widthOf(span.text), 0);
    if (columns - column < MIN_ANSWER) {
      lines.push([]);
      column = 0;
    }
    const first = lines.length - 1;
    const area = this.#text.layout(Math.max(1, columns - column));
    const seen = secret ? hidden(this.#text.text) : area.rows;
    const rows = lines.map((spans) => [{ column: 0, width: columns, spans }]);
    seen.forEach((line, i) => {
      const row = rows[first + i] ??= [];
      row.push({
        column,
        width: Math.max(1, columns - column),
        spans: [secret ? faint(line) : { text: line }],
      });
    });
    const cursor = secret
      ? { row: first, column }
      : { row: first + area.cursor.row, column: column + area.cursor.column };
    return { rows, cursor };
  }
}

/** Nothing of a secret is shown, not even its length. */
function hidden(text: string): string[] {
  return [text === "" ? "" : " (not shown)"];
}

function faint(text: string): Span {
  return { text, style: { fg: "dim" } };
}
