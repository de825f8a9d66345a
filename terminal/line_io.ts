/** What line mode needs of a terminal or a pipe. @module */

/** What came in. */
export type Input = { type: "line"; text: string } | { type: "end" } | { type: "interrupt" };

/** Lines in, lines out. */
export interface LineIo {
  /** Whether a person sits there, who can be asked and can correct what was typed. */
  readonly interactive: boolean;
  /** Whether a typed line stays on the screen as it was typed. */
  readonly echoes: boolean;
  /** Columns there are. */
  readonly columns: number;
  /**
   * Prints text that may hold several lines; a line being typed is drawn again below it. Lines are wrapped, unless they
   * are to be kept `asIs` for copying.
   */
  print(text: string, options?: { asIs?: boolean }): void;
  /** Waits for the next line. */
  next(): Promise<Input>;
  /** Asks a question, also while a line is waited for if it can; null when it was not answered. */
  ask(question: string, options?: { secret?: boolean }): Promise<string | null>;
  /** Puts a line that could not be used back to where it can be corrected. False if there is no such place. */
  putBack(text: string): boolean;
  /** Empties the screen. @returns False where that cannot be done. */
  clear(): boolean;
  /** Gives the terminal back as it was, and waits until everything has been written. */
  close(): Promise<void>;
}
