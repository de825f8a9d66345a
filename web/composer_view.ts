/** Where one writes: a text, an answer, a change, a command. @module */
import type { SessionCommand } from "../client/mod.ts";
import type { MessageEntry } from "../terminal/room/entries.ts";
import { isSpeech } from "../terminal/own_wording.ts";
import { sanitizeName } from "../terminal/sanitize.ts";
import { oneLine } from "../terminal/view/markdown.ts";
import { button, el, PRIVATE, setText } from "./dom.ts";

/** What the composer tells. */
export interface ComposerHooks {
  /** A line is finished, with what it is for where it is no plain text. */
  send: (text: string, aim: Aim | null) => void;
  /** Something is being written, or no longer is. */
  typing: (on: boolean) => void;
  /** A file has been chosen to be offered. */
  file: (file: File) => void;
}

/** What a text is for. */
export interface Aim {
  kind: "reply" | "edit";
  entry: MessageEntry;
}

/** Tallest that it grows, in pixels. */
const MAX_HEIGHT = 180;

/** The line at the foot of a room. */
export class ComposerView {
  readonly node: HTMLElement;
  readonly #hooks: ComposerHooks;
  readonly #area = el("textarea", {
    attributes: {
      ...PRIVATE,
      autocapitalize: "sentences",
      rows: "1",
      placeholder: "Write, or /help",
      "aria-label": "Message",
      dir: "auto",
    },
  });
  readonly #aimed = el("p", { class: "aim" });
  readonly #aimText = el("span");
  readonly #file: HTMLButtonElement;
  readonly #send = el("button", { text: "Send", class: "strong", attributes: { type: "submit" } });
  #aim: Aim | null = null;
  #held = false;

  /** An empty one. */
  constructor(hooks: ComposerHooks) {
    this.#hooks = hooks;
    this.#aimed.append(this.#aimText, button("Cancel", () => this.aimAt(null), { class: "quiet" }));
    this.#aimed.hidden = true;
    const picker = el("input", {
      class: "hidden",
      attributes: { type: "file", "aria-label": "File to offer", tabindex: "-1" },
    });
    picker.addEventListener("change", () => {
      const [file] = picker.files ?? [];
      if (file !== undefined) hooks.file(file);
      picker.value = "";
    });
    this.#file = button("File", () => picker.click(), {
      class: "quiet",
      attributes: { "aria-label": "Offer a file" },
    });
    const form = el(
      "form",
      { class: "composer" },
      this.#file,
      picker,
      this.#area,
      this.#send,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#finish();
    });
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    this.#area.addEventListener("input", () => this.#written());
    this.node = el("div", { class: "foot" }, this.#aimed, form);
  }

  /** What is written. */
  get text(): string {
    return this.#area.value;
  }

  /** Takes the keyboard. */
  focus(): void {
    this.#area.focus();
  }

  /** Opens the choice of a file. */
  pickFile(): void {
    this.node.querySelector<HTMLInputElement>("input[type=file]")?.click();
  }

  /** What is written is for this message from now on; null for none. */
  aimAt(aim: Aim | null): void {
    if (this.#aim?.kind === "edit" && aim?.kind !== "edit") this.#put("");
    this.#aim = aim;
    this.#aimed.hidden = aim === null;
    if (aim === null) return setText(this.#aimText, "");
    const { kind, entry } = aim;
    const beginning = [...oneLine(entry.text, null)].slice(0, 80).join("");
    setText(
      this.#aimText,
      kind === "edit"
        ? `Changing #${entry.number}`
        : `Answering ${sanitizeName(entry.from.nick)}: ${beginning}`,
    );
    if (kind === "edit") this.#put(entry.text);
    this.focus();
  }

  /** Puts a text back that was refused, unless another is being written. @returns Whether it is there. */
  putBack(text: string): boolean {
    if (this.#area.value !== "") return false;
    this.#put(text);
    return true;
  }

  /** Whether what is said has to stay here; commands work all the same. */
  hold(held: boolean): void {
    this.#held = held;
    this.#file.disabled = held;
    this.#send.disabled = this.#stays;
  }

  /** Empties it. */
  wipe(): void {
    this.aimAt(null);
    this.#put("");
  }

  get #stays(): boolean {
    return this.#held && (isSpeech(this.#area.value) || this.#area.value.trim() === "");
  }

  #finish(): void {
    const { value } = this.#area;
    if (this.#stays || value.trim() === "") return;
    const aim = this.#aim;
    this.#aim = null;
    this.#aimed.hidden = true;
    this.#put("");
    this.#hooks.send(value, aim);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.#aim !== null) return this.aimAt(null);
    // On a phone Enter begins a line, as its keyboard has no other key for that.
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    this.#finish();
  }

  #put(text: string): void {
    this.#area.value = text;
    this.#grow();
  }

  #written(): void {
    this.#grow();
    const { value } = this.#area;
    this.#hooks.typing(value !== "" && (!value.startsWith("/") || value.startsWith("//")));
  }

  #grow(): void {
    this.#send.disabled = this.#stays;
    const { style } = this.#area;
    style.height = "auto";
    style.height = `${Math.min(this.#area.scrollHeight, MAX_HEIGHT)}px`;
  }
}

/** The command that a text with an aim comes down to. */
export function aimed(text: string, { kind, entry }: Aim): SessionCommand {
  const id = entry.id ?? "";
  return kind === "edit" ? { command: "edit", id, text } : { command: "reply", id, text };
}
