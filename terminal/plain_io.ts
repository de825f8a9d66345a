/** Line mode on pipes, simple terminals and for screen readers: the terminal's own line editing, nothing is redrawn. @module */
import type { Input, LineIo } from "./line_io.ts";
import { consoleColumns } from "./console_size.ts";
import { layOut } from "./line_layout.ts";
import type { LineReader } from "./line_reader.ts";
import type { Output } from "./output.ts";
import { promptSecret } from "./prompt_secret.ts";

/** Lines read and written as they are. */
export class PlainIo implements LineIo {
  readonly interactive: boolean;
  readonly echoes: boolean;
  readonly #reader: LineReader;
  readonly #output: Output;
  #reading = false;

  /** Makes one; `terminal` says whether a person types. */
  constructor(reader: LineReader, output: Output, options: { terminal: boolean }) {
    this.#reader = reader;
    this.#output = output;
    this.interactive = options.terminal;
    this.echoes = options.terminal;
  }

  get columns(): number {
    return consoleColumns();
  }

  print(text: string, { asIs = false }: { asIs?: boolean } = {}): void {
    this.#output.line(asIs || !this.interactive ? text : layOut(text, this.columns));
  }

  async next(): Promise<Input> {
    this.#reading = true;
    const text = await this.#reader.next();
    this.#reading = false;
    return text === null ? { type: "end" } : { type: "line", text };
  }

  async ask(question: string, options: { secret?: boolean } = {}): Promise<string | null> {
    if (this.#reading) return null; // the terminal has the line in hand, and would show what is typed
    await this.#output.flush();
    if (options.secret === true && this.interactive) {
      return await promptSecret(question, { output: this.#output });
    }
    this.#output.write(question);
    return await this.#reader.next();
  }

  putBack(_text: string): boolean {
    return false;
  }

  clear(): boolean {
    return !this.interactive; // what a pipe has read, it has read; and nothing is ever written but text
  }

  async close(): Promise<void> {
    await this.#output.flush();
  }
}
