/** Questions and notices on the full screen, for those who know terminals only as lines. @module */
import type { Input, LineIo } from "../line_io.ts";
import { sanitize } from "../sanitize.ts";
import type { OverlayStack } from "./overlay.ts";
import { PromptOverlay } from "./prompt_overlay.ts";

/** What it works on. */
export interface ScreenIoOptions {
  /** Where questions are opened. */
  overlays: OverlayStack;
  /** Columns there are now. */
  columns: () => number;
  /** Shows a text that is no answer to a question; false when there is no room to show it in yet. */
  show: (text: string) => boolean;
}

/** A terminal that can be asked, though it is painted as a whole. Lines are not read from it. */
export class ScreenIo implements LineIo {
  readonly interactive = true;
  readonly echoes = false;
  readonly #options: ScreenIoOptions;
  /** What was wrong with the last answer. */
  #problem: string | undefined;

  /** Makes one. */
  constructor(options: ScreenIoOptions) {
    this.#options = options;
  }

  get columns(): number {
    return this.#options.columns();
  }

  print(text: string): void {
    if (!this.#options.show(text)) this.#problem = sanitize(text);
  }

  /** Says what was wrong with an answer, beside the next question. */
  say(text: string): void {
    this.#problem = sanitize(text);
  }

  ask(question: string, { secret = false }: { secret?: boolean } = {}): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const problem = this.#problem;
    this.#problem = undefined;
    this.#options.overlays.open(
      new PromptOverlay({
        text: sanitize(question),
        secret,
        answer: resolve,
        ...(problem === undefined ? {} : { problem }),
      }),
    );
    return promise;
  }

  next(): Promise<Input> {
    return new Promise(() => {});
  }

  putBack(): boolean {
    return false;
  }

  clear(): boolean {
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
