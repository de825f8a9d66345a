/** The lock: blanks the screen, by key or after a while, until the passphrase has been typed. @module */
import type { Clock } from "../../client/options.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { Frame, Size } from "../screen/style.ts";
import { counted } from "../wording.ts";
import { durationText } from "../duration.ts";
import { lockFrame } from "./lock_view.ts";
import { Passphrase, type PassphraseOptions } from "./passphrase.ts";

/** Longest passphrase that is taken, in UTF-16 units. */
const MAX_TYPED = 256;

/** What it works with. */
export interface IdleLockOptions extends Omit<PassphraseOptions, "now"> {
  clock: Clock;
  /** Locks after so many milliseconds without a key; null: only when it is told to. */
  afterMs: number | null;
  /** Called whenever what is to be shown changes, also when the screen gets locked or opened. */
  changed: () => void;
  /** Called once it is open again, with a sentence about wrong tries, if there were any. */
  opened: (report: string | null) => void;
}

/** Locks one screen. While {@linkcode IdleLock.locked}, every key goes to it and nothing but its frame is painted. */
export class IdleLock {
  readonly #options: IdleLockOptions;
  readonly #passphrase: Passphrase;
  #locked = false;
  #typed = "";
  #told = "";
  #lastKey: number;
  #timer: unknown = null;
  #over = false;

  /** Open, and waiting for the time to pass if it is to lock by itself. */
  constructor(options: IdleLockOptions) {
    this.#options = options;
    const { clock } = options;
    this.#passphrase = new Passphrase({ ...options, now: () => clock.now() });
    this.#lastKey = clock.now();
    this.#watch();
  }

  /** Whether the screen is to stay blank. */
  get locked(): boolean {
    return this.#locked;
  }

  /** Whether a passphrase has been set. Without one, a locked screen opens with Enter. */
  get hasPassphrase(): boolean {
    return this.#passphrase.known;
  }

  /** Sets the passphrase; an empty one takes it away. */
  async setPassphrase(text: string): Promise<void> {
    if (text === "") this.#passphrase.wipe();
    else await this.#passphrase.set(text);
  }

  /** Blanks the screen. */
  lock(): void {
    if (this.#locked || this.#over) return;
    this.#locked = true;
    this.#typed = this.#told = "";
    this.#options.changed();
  }

  /** Something has been typed: the time starts again. Cheap enough for every key. */
  touch(): void {
    this.#lastKey = this.#options.clock.now();
  }

  /** Takes a key while it is locked. */
  key(press: KeyPress): void {
    if (!this.#locked) return;
    if ("text" in press) this.#type(press.text);
    else if ("paste" in press) this.#type(press.paste.replace(/[\r\n]+$/, ""));
    else if ("key" in press && !press.alt) {
      const { key, ctrl } = press;
      if (key === "enter" || (ctrl && key === "m")) return void this.#enter();
      if (key === "backspace" || (ctrl && key === "h")) this.#typed = [...this.#typed].slice(0, -1).join("");
      else if (key === "escape" || (ctrl && key === "u")) this.#typed = "";
      else return;
    } else return;
    this.#options.changed();
  }

  /** All that is painted while it is locked. */
  frame(size: Size): Frame {
    return lockFrame(size, {
      passphrase: this.hasPassphrase,
      typed: this.#typed !== "",
      busy: this.#passphrase.busy,
      told: this.#told,
    });
  }

  /** Forgets passphrase and timer; it never locks or opens again. */
  dispose(): void {
    this.#over = true;
    this.#options.clock.clearTimer(this.#timer);
    this.#passphrase.wipe();
    this.#typed = this.#told = "";
  }

  #type(text: string): void {
    this.#told = "";
    this.#typed = (this.#typed + text).slice(0, MAX_TYPED);
  }

  async #enter(): Promise<void> {
    if (!this.hasPassphrase) return this.#open(0);
    const typed = this.#typed;
    this.#typed = "";
    if (typed === "" || this.#passphrase.busy) return;
    const trying = this.#passphrase.try(typed);
    this.#told = "Checking...";
    this.#options.changed();
    const result = await trying;
    if (this.#over || !this.#locked) return;
    if (result.right) return this.#open(result.wrongBefore);
    const wait = result.waitMs > 0 ? ` Wait ${durationText(result.waitMs)} before the next try.` : "";
    const count = counted(this.#passphrase.wrong, "wrong try", "wrong tries");
    this.#told = result.counted ? `That is not it: ${count} so far.${wait}` : `Too soon.${wait}`;
    this.#options.changed();
  }

  #open(wrong: number): void {
    this.#locked = false;
    this.#typed = this.#told = "";
    this.touch();
    this.#watch();
    this.#options.changed();
    this.#options.opened(
      wrong === 0
        ? null
        : `While the screen was locked there ${wrong === 1 ? "was" : "were"} ${
          counted(wrong, "try", "tries")
        } with a wrong passphrase.`,
    );
  }

  /** One timer at a time: when it runs and a key came meanwhile, it waits for the rest. */
  #watch(): void {
    const { clock, afterMs } = this.#options;
    clock.clearTimer(this.#timer);
    if (afterMs === null || this.#over) return;
    const idle = Math.max(0, clock.now() - this.#lastKey);
    this.#timer = clock.setTimer(() => {
      if (this.#locked) return;
      if (clock.now() - this.#lastKey >= afterMs) this.lock();
      else this.#watch();
    }, Math.max(1, afterMs - idle));
  }
}
