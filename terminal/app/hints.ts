/** Hints for the first minutes: one at a time, gone as soon as one does what they say, and for good after a while. @module */
import type { KeyAction, KeyMap } from "../input/key_map.ts";

/** After so many messages of one's own, nobody is new any more. */
const LAST_MESSAGE = 8;

interface Hint {
  /** Actions that show that it is not needed. */
  until: readonly KeyAction[];
  /** Own messages that have to be sent before it is of use. */
  from: number;
  /** The words, with the keys of its first action. */
  text: (key: string) => string;
}

const HINTS: readonly Hint[] = [
  { until: ["send"], from: 0, text: (key) => `Type to talk, ${key} sends; /invite shows how others come in` },
  { until: ["help"], from: 1, text: (key) => `${key} shows the keys for where you are` },
  { until: ["complete"], from: 2, text: (key) => `${key} completes /commands, @names and :emoji:` },
  { until: ["page_up", "scroll_up"], from: 3, text: (key) => `${key} goes back to what was said before` },
  { until: ["newline"], from: 4, text: (key) => `${key} begins a new line` },
  { until: ["burn"], from: 5, text: (key) => `${key} wipes everything and ends, should you ever need it` },
];

/** Which hint to show. */
export class Hints {
  readonly #keys: KeyMap;
  readonly #done = new Set<Hint>();
  #sent = 0;
  #on: boolean;

  /** Hints about the keys in use; none when they are not wanted. */
  constructor(keys: KeyMap, options: { on: boolean } = { on: true }) {
    this.#keys = keys;
    this.#on = options.on;
  }

  /** The hint to show now; null when there is none (any more). */
  get current(): string | null {
    if (!this.#on) return null;
    for (const hint of HINTS) {
      if (this.#done.has(hint) || hint.from > this.#sent) continue;
      const key = hint.until[0] === undefined ? undefined : this.#keys.keysOf(hint.until[0])[0];
      if (key !== undefined) return hint.text(keyLabel(key));
    }
    return null;
  }

  /** The user has done something. */
  did(action: KeyAction): void {
    if (!this.#on) return;
    for (const hint of HINTS) if (hint.until.includes(action)) this.#done.add(hint);
  }

  /** The user has sent a message: a hint that has stood there since the one before gives way to the next. */
  sent(): void {
    if (!this.#on) return;
    this.did("send");
    for (const hint of HINTS) if (hint.from > 0 && hint.from <= this.#sent) this.#done.add(hint);
    this.#sent++;
    if (this.#sent >= LAST_MESSAGE) this.#on = false;
  }

  /** No more of them. */
  stop(): void {
    this.#on = false;
  }
}

/** A key as people know it from their keyboard: `Ctrl-X Ctrl-X`, `PgUp`, `F12`. */
export function keyLabel(key: string): string {
  return key.split(" ").map((one) =>
    one.split(/\+(?=.)/).map((part) => LABELS[part] ?? (part.length === 1 ? part : capital(part))).map((
      part,
      i,
      all,
    ) => all.length > 1 && i === all.length - 1 && part.length === 1 ? part.toUpperCase() : part).join("-")
  ).join(" ");
}

const LABELS: Readonly<Record<string, string>> = {
  pageup: "PgUp",
  pagedown: "PgDn",
  escape: "Esc",
  delete: "Del",
};

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
