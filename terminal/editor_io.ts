/** Line mode at a real terminal: a line editor at the bottom that survives whatever is printed above it. @module */
import { setImmediate } from "node:timers";
import { carriesSecret } from "./input/secret_lines.ts";
import { type Key, KeyDecoder } from "./keys.ts";
import { LineEditor } from "./line_editor.ts";
import type { Input, LineIo } from "./line_io.ts";
import { layOut } from "./line_layout.ts";
import type { Source } from "./line_reader.ts";
import type { Output } from "./output.ts";

/** What the editor needs of a terminal; tests give their own. */
export interface TerminalPort {
  /** Keys. */
  source: Source;
  /** The screen. */
  output: Output;
  /** Columns there are now. */
  columns: () => number;
  /** Takes the terminal over. */
  enter: () => void;
  /** Gives it back. */
  leave: () => void;
  /** Stops the process until the user comes back (Ctrl-Z); the terminal has been given back. */
  suspend: () => Promise<void>;
}

const ERASE_LINE = "\r\x1b[K";
const PROMPT = "> ";

/** Something that is asked. */
interface Question {
  text: string;
  secret: boolean;
  /** What was being typed when it came up. */
  draft: string;
  /** Takes the answer, where a line was being waited for already. */
  answer?: (text: string | null) => void;
}

/** A terminal in raw mode with one input row. */
export class EditorIo implements LineIo {
  readonly interactive = true;
  readonly echoes = false;
  readonly #port: TerminalPort;
  readonly #editor = new LineEditor();
  readonly #decoder = new KeyDecoder();
  readonly #buffer = new Uint8Array(4096);
  #keys: Key[] = [];
  #question: Question | null = null;
  #reading = false;

  /** Takes the terminal over. */
  constructor(port: TerminalPort) {
    this.#port = port;
    port.enter();
  }

  get columns(): number {
    return this.#port.columns();
  }

  print(text: string, { asIs = false }: { asIs?: boolean } = {}): void {
    const lines = asIs ? text : layOut(text, this.columns);
    this.#port.output.write(ERASE_LINE + lines.replaceAll("\n", "\r\n") + "\r\n");
    this.redraw();
  }

  async next(): Promise<Input> {
    this.#reading = true;
    this.redraw();
    try {
      return await this.#input();
    } finally {
      this.#reading = false;
    }
  }

  async ask(question: string, options: { secret?: boolean } = {}): Promise<string | null> {
    const secret = options.secret === true;
    const asked: Question = { text: question, secret, draft: this.#editor.take() };
    this.#question = asked;
    if (this.#reading) { // somebody waits for a line already: the next one is the answer, and they wait on
      const { promise, resolve } = Promise.withResolvers<string | null>();
      asked.answer = resolve;
      this.redraw();
      return await promise;
    }
    try {
      return this.#answered(asked, await this.next());
    } finally {
      this.#question = null;
    }
  }

  putBack(text: string): boolean {
    if (this.#editor.text !== "" || text.includes("\n")) return false;
    this.#editor.text = text;
    this.redraw();
    return true;
  }

  clear(): boolean {
    this.#port.output.write("\x1b[2J\x1b[3J\x1b[H"); // what was scrolled away goes as well
    this.redraw();
    return true;
  }

  async close(): Promise<void> {
    this.#reading = false;
    this.#port.output.write(ERASE_LINE);
    await this.#port.output.flush();
    this.#port.leave();
  }

  /** Draws the input row again, for instance after the window's size has changed. */
  redraw(): void {
    if (!this.#reading) return;
    const prompt = this.#question?.text ?? PROMPT;
    if (this.#question?.secret === true) return this.#port.output.write(ERASE_LINE + prompt);
    const { text, cursor } = this.#editor.view(Math.max(4, this.columns - prompt.length - 1));
    this.#port.output.write(`${ERASE_LINE}${prompt}${text}\r\x1b[${prompt.length + cursor}C`);
  }

  /** Ends a question; what was being typed when it came up is there again. */
  #answered({ text, secret, draft }: Question, input: Input): string | null {
    const answer = input.type === "line" ? input.text : null;
    this.#question = null;
    this.#editor.text = draft;
    this.#port.output.write(`${ERASE_LINE}${text}${secret ? "" : answer ?? ""}\r\n`);
    return answer;
  }

  async #input(): Promise<Input> {
    while (true) {
      const key = this.#keys.shift();
      if (key === undefined) {
        const count = await this.#port.source.read(this.#buffer).catch(() => null);
        if (count === null) {
          this.#question?.answer?.(null);
          return { type: "end" };
        }
        this.#keys = this.#decoder.push(this.#buffer.subarray(0, count));
        continue;
      }
      const input = await this.#apply(key);
      if (input !== null && this.#question?.answer !== undefined) {
        this.#question.answer(this.#answered(this.#question, input));
        await new Promise<void>((resolve) => setImmediate(resolve)); // what is typed ahead may be for the next question
        this.redraw();
        continue;
      }
      if (input !== null) return input;
      if (this.#keys.length === 0) this.redraw(); // once for all of a paste
    }
  }

  async #apply(key: Key): Promise<Input | null> {
    switch (this.#editor.apply(key)) {
      case "submit": {
        const text = this.#editor.take();
        if (this.#question === null && !carriesSecret(text)) this.#editor.remember(text);
        if (this.#question === null) this.#port.output.write(ERASE_LINE);
        return { type: "line", text };
      }
      case "interrupt":
        return { type: "interrupt" };
      case "end":
        return { type: "end" };
      case "clear":
        this.clear();
        return null;
      case "suspend":
        this.#port.output.write(ERASE_LINE);
        await this.#port.output.flush();
        this.#port.leave();
        await this.#port.suspend();
        this.#port.enter();
        return null;
      case "changed":
        return null;
    }
  }
}
