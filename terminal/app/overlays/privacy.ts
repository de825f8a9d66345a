/** What others are told beside what one says, with a switch for each. @module */
import type { KeyMeaning } from "../../input/key_map.ts";
import type { KeyPress } from "../../input/key_press.ts";
import type { Row, Size } from "../../screen/style.ts";
import type { Overlay } from "../overlay.ts";
import { asRows, type Line, paragraph, titleLine } from "./page.ts";

/** What can be switched. */
export interface PrivacySettings {
  typing: boolean;
  presence: boolean;
}

/** The window of `/privacy`. */
export class PrivacyOverlay implements Overlay {
  #now: PrivacySettings;
  readonly #set: (change: Partial<PrivacySettings>) => void;

  /** Shows how it stands; `set` switches. */
  constructor(now: PrivacySettings, set: (change: Partial<PrivacySettings>) => void) {
    this.#now = { typing: now.typing, presence: now.presence };
    this.#set = set;
  }

  rows(size: Size): Row[] {
    const { columns } = size;
    const line = (key: string, on: boolean, what: string): Line[] => [
      [{ text: `${key}: ${what} `, style: { bold: true } }, {
        text: on ? "[on]" : "[off]",
        style: { fg: on ? "good" : "warn", bold: true },
      }],
    ];
    const text = (words: string): Line[] => paragraph(words, columns, { fg: "dim" });
    return asRows([
      titleLine("Privacy in this room"),
      ...line("t", this.#now.typing, "typing"),
      ...text("Whether others see that you are typing, and you that they are."),
      ...line("p", this.#now.presence, "presence"),
      ...text("Whether others see that you are away or back, and you that they are."),
      [{ text: "receipts ", style: { bold: true } }, { text: "[always on]" }],
      ...text(
        "Members tell each other which messages they have: without it nothing lost could be asked for.",
      ),
      [],
      ...paragraph(
        "All of this goes end to end encrypted to the members alone. The relay sees that you are connected, " +
          "and when something is sent.",
        columns,
      ),
      [],
      ...paragraph("t and p switch; Esc, q or Enter close this window.", columns, { fg: "accent" }),
    ], size);
  }

  key(press: KeyPress, meaning: KeyMeaning): "close" | "keep" {
    if (meaning === "overlay_close" || meaning === "help") return "close";
    if (!("text" in press)) return "keep";
    const what = press.text === "t" ? "typing" : press.text === "p" ? "presence" : null;
    if (what === null) return "keep";
    this.#now = { ...this.#now, [what]: !this.#now[what] };
    this.#set({ [what]: this.#now[what] });
    return "keep";
  }

  /** How it stands has been told: also where somebody else has switched it. */
  update(now: PrivacySettings): void {
    this.#now = { typing: now.typing, presence: now.presence };
  }
}
