/** The terminal, taken over whole: alternate screen, raw keys, mouse and paste; always given back. @module */
import { enterRaw, leaveRaw } from "../raw_terminal.ts";
import { clearRows, HIDE_CURSOR, PLAIN, SHOW_CURSOR, titleOf, WRAP } from "./ansi.ts";
import type { ScreenPort } from "./screen.ts";
import type { Size } from "./style.ts";
import { onSignal, stopProcess } from "./job_control.ts";
import { TtyOutput } from "./tty_output.ts";

/** How the terminal is used. */
export interface FullTerminalOptions {
  /** Reports the mouse's wheel and presses; text can still be selected with Shift held. @default true */
  mouse?: boolean;
  /** Whether a title is set, which is taken back at the end. @default false */
  title?: boolean;
}

/** Ends a sequence that was cut off: cancels it, and closes a title that was being written. */
const MEND = "\x18\x1b\\";
const ALTERNATE = ["\x1b[?1049h", "\x1b[?1049l"] as const;
const PASTE = ["\x1b[?2004h", "\x1b[?2004l"] as const;
const MOUSE = ["\x1b[?1000h\x1b[?1006h", "\x1b[?1006l\x1b[?1000l"] as const;
const FOCUS = ["\x1b[?1004h", "\x1b[?1004l"] as const;
const CURSOR_BAR = ["\x1b[6 q", "\x1b[0 q"] as const;
const KEEP_TITLE = ["\x1b[22;2t", "\x1b[23;2t"] as const;
const SYNC_OFF = "\x1b[?2026l";
const NO_LINK = "\x1b]8;;\x1b\\";

/** After each of these nobody else gives the terminal back. */
const ENDINGS = ["unload", "error", "unhandledrejection"];
/** Before anybody prints what has happened. */
const FIRST = { capture: true };

/** How often the size is looked at where no signal tells of it, in milliseconds. */
const POLL_MS = 500;
const FALLBACK: Size = { columns: 80, rows: 24 };

/**
 * This process's terminal.
 *
 * It gives itself back at `unload` (which `Deno.exit` brings about), at an error or a rejection that nobody caught,
 * and while the process is stopped. Signals that ask the process to end are for the program to listen to, see
 * `shutdown.ts`: Deno runs nothing when one of them kills it.
 */
export class FullTerminal implements ScreenPort {
  readonly #mouse: boolean;
  readonly #title: boolean;
  readonly #output = new TtyOutput();
  readonly #giveBack = (): void => this.leave();
  #size: Size = FALLBACK;
  #taken = false;
  #stopListening: (() => void)[] = [];
  /** Called when the size has changed, and when the process goes on after it was stopped: paint everything again. */
  onResize: () => void = () => {};
  /** Called once when nobody reads any more. */
  onBroken: () => void = () => {};

  /** Makes it; nothing happens to the terminal before {@linkcode FullTerminal.enter}. */
  constructor({ mouse = true, title = false }: FullTerminalOptions = {}) {
    this.#mouse = mouse;
    this.#title = title;
    this.#output.onBroken = () => this.onBroken();
  }

  /** Whether it is taken over now. */
  get taken(): boolean {
    return this.#taken;
  }

  /** Takes the terminal over. Harmless when it is taken. */
  enter(): void {
    if (this.#taken) return;
    this.#taken = true;
    for (const event of ENDINGS) addEventListener(event, this.#giveBack, FIRST);
    this.#size = measure() ?? FALLBACK;
    this.#takeOver();
    this.#stopListening = [
      this.#watchSize(),
      onSignal("SIGCONT", () => this.#continued()),
      onSignal("SIGTSTP", () => void this.suspend()),
    ];
  }

  /**
   * Wipes the screen and gives the terminal back as it was. Harmless when it is not taken; done when it returns.
   * What had been queued and is not out yet is dropped.
   */
  leave(): void {
    if (!this.#taken) return;
    this.#taken = false;
    for (const event of ENDINGS) removeEventListener(event, this.#giveBack, FIRST);
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#handBack();
  }

  /**
   * Ctrl-Z: gives the terminal back and stops the process; takes the terminal again when the user is back.
   *
   * @returns False where a process cannot be stopped: nothing has happened but a repaint.
   */
  async suspend(): Promise<boolean> {
    if (!this.#taken) return false;
    await this.#output.flush();
    this.leave();
    const stopped = await stopProcess();
    this.enter();
    this.onResize();
    return stopped;
  }

  /** What is typed, as it comes; ends when the terminal is gone. */
  readonly keys: AsyncIterable<Uint8Array> = typed();

  /** Columns and rows; 80x24 where that is not known. */
  size(): Size {
    return this.#size;
  }

  /** Queues output; never blocks. Dropped while the terminal is not taken. */
  write(text: string): void {
    if (this.#taken) this.#output.write(text);
  }

  /** Resolves when everything queued so far is out. Give it to the frame clock, so that frames do not pile up. */
  flush(): Promise<void> {
    return this.#output.flush();
  }

  #takeOver(): void {
    enterRaw();
    let out = this.#title ? KEEP_TITLE[0] : "";
    out += ALTERNATE[0] + HIDE_CURSOR + clearRows(this.#size.rows) + PASTE[0] + FOCUS[0] + CURSOR_BAR[0];
    this.#output.last(this.#mouse ? out + MOUSE[0] : out); // at once: nothing may be painted, or wiped, before it
  }

  #handBack(): void {
    const rows = Math.max(this.#size.rows, measure()?.rows ?? 0);
    let out = MEND + SYNC_OFF + NO_LINK + MOUSE[1] + FOCUS[1] + PASTE[1] + clearRows(rows) + PLAIN + WRAP;
    if (this.#title) out += titleOf("") + KEEP_TITLE[1];
    this.#output.last(out + CURSOR_BAR[1] + SHOW_CURSOR + ALTERNATE[1] + SHOW_CURSOR);
    leaveRaw();
  }

  /** Somebody else stopped the process: what the terminal was told before may be forgotten. */
  #continued(): void {
    if (!this.#taken) return;
    leaveRaw();
    this.#size = measure() ?? this.#size;
    try {
      this.#takeOver();
    } catch {
      return this.onBroken(); // a terminal that has gone lets its programs go on once more, for their end
    }
    this.onResize();
  }

  #watchSize(): () => void {
    const look = (): void => {
      const size = measure();
      if (size === null || (size.columns === this.#size.columns && size.rows === this.#size.rows)) return;
      this.#size = size;
      this.onResize();
    };
    const stop = onSignal("SIGWINCH", look);
    // Asking costs next to nothing, and catches changes that no signal told of.
    const timer = setInterval(look, POLL_MS);
    Deno.unrefTimer(timer);
    return () => {
      stop();
      clearInterval(timer);
    };
  }
}

function measure(): Size | null {
  try {
    const { columns, rows } = Deno.consoleSize();
    return columns > 0 && rows > 0 ? { columns, rows } : null;
  } catch {
    return null;
  }
}

async function* typed(): AsyncIterable<Uint8Array> {
  const buffer = new Uint8Array(16_384);
  while (true) {
    const count = await Deno.stdin.read(buffer).catch(() => null);
    if (count === null) return;
    yield buffer.slice(0, count);
    buffer.fill(0, 0, count);
  }
}
