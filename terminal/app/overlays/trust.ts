/** Alarms in full, with what to do about them. They go only when somebody says that they have been read. @module */
import type { KeyMeaning, KeyPlace } from "../../input/key_map.ts";
import type { KeyPress } from "../../input/key_press.ts";
import type { Alarm } from "../../room/trust.ts";
import type { Row, Size, Style } from "../../screen/style.ts";
import { wrapSpans } from "../../screen/wrap.ts";
import { widthOf } from "../../screen/width.ts";
import type { Overlay } from "../overlay.ts";
import { asRows, type Line, paragraph, titleLine } from "./page.ts";

/** What the window works with. */
export interface AlarmsShown {
  /** Alarms as they are now. */
  alarms: () => readonly Alarm[];
  /** Takes those away that were shown. */
  acknowledge: (keys: readonly string[]) => void;
  /** Whether a text waits to be sent until then. */
  waiting: boolean;
}

/** What has to be typed: no single key, which could be one of a sentence that was being written. */
const WORD = "seen";
const ALARM: Style = { fg: "bad", bold: true, inverse: true };

const TITLES: Readonly<Record<Alarm["kind"], string>> = {
  equivocation: "TWO DIFFERENT MESSAGES UNDER ONE NUMBER",
  split_view: "YOU SEE DIFFERENT MESSAGES",
  changed: "SAME NAME, OTHER KEYS",
};

/** The window of `/alarms`; it also comes before the next message goes out. */
export class AlarmsOverlay implements Overlay {
  readonly places: readonly KeyPlace[] = ["everywhere"];
  readonly #shown: AlarmsShown;
  #typed = "";
  #top = 0;
  #seen: string[] = [];

  /** Shows alarms. */
  constructor(shown: AlarmsShown) {
    this.#shown = shown;
  }

  rows(size: Size): Row[] {
    const alarms = this.#shown.alarms();
    this.#seen = alarms.map(({ key }) => key);
    const { columns } = size;
    const lines: Line[] = alarms.flatMap(({ kind, text }) => [
      [{ text: ` !! ${TITLES[kind]} `, style: ALARM }],
      ...wrapSpans([{ text }], columns),
      [],
    ]);
    if (alarms.length === 0) lines.push(...paragraph("There are no warnings.", columns));
    const foot = alarms.length === 0 ? [] : this.#question(columns);
    const height = Math.max(1, size.rows - 1 - foot.length);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - height));
    const more = lines.length > height ? "Up, Down: scroll   " : "";
    const title = titleLine(
      alarms.length === 1 ? "Warning" : `Warnings (${alarms.length})`,
      `${more}Esc: close`,
    );
    return asRows([title, ...lines.slice(this.#top, this.#top + height), ...foot], size);
  }

  cursor(size: Size): { row: number; column: number } | null {
    if (this.#shown.alarms().length === 0) return null;
    const rows = this.rows(size);
    const last = rows.at(-1)?.[0]?.spans.map(({ text }) => text).join("") ?? "";
    return { row: rows.length - 1, column: Math.min(size.columns - 1, widthOf(last)) };
  }

  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep" {
    if ("mouse" in press) {
      this.#top += press.mouse.kind === "wheelup" ? -3 : press.mouse.kind === "wheeldown" ? 3 : 0;
    } else if ("text" in press) this.#typed = (this.#typed + press.text).slice(-WORD.length);
    else if ("key" in press) return this.#key(press.key, meaning);
    return "keep";
  }

  closed(): void {
    this.#typed = "";
  }

  #key(key: string, meaning: KeyMeaning): "close" | "keep" {
    if (key === "escape") return "close";
    if (key === "backspace") this.#typed = this.#typed.slice(0, -1);
    else if (key === "up") this.#top--;
    else if (key === "down") this.#top++;
    else if (meaning === "page_up") this.#top -= 10;
    else if (meaning === "page_down") this.#top += 10;
    else if (key === "enter") {
      if (this.#seen.length > 0 && this.#typed.toLowerCase() !== WORD) return "keep";
      if (this.#seen.length > 0) this.#shown.acknowledge(this.#seen);
      return "close";
    }
    return "keep";
  }

  #question(columns: number): Line[] {
    const waiting = this.#shown.waiting
      ? "Your message has not been sent; it waits where you wrote it. "
      : "";
    const lines = paragraph(
      `${waiting}When you have read this, type ${WORD} and press Enter: ${this.#typed}`,
      columns,
      { fg: "accent", bold: true },
    );
    return lines;
  }
}
