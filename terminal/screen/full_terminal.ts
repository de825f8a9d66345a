/** The terminal, taken over whole: alternate screen, raw keys, mouse and paste; always given back. @module */
import type { ScreenPort } from "./screen.ts";
import type { Size } from "./style.ts";

/** How the terminal is used. */
export interface FullTerminalOptions {
  /** Reports the mouse's wheel and presses. @default true */
  mouse?: boolean;
  /** Whether a title may have been set, that is taken back at the end. @default false */
  title?: boolean;
}

/** This process's terminal. */
export declare class FullTerminal implements ScreenPort {
  constructor(options?: FullTerminalOptions);
  /** Called after the size has changed, and after the process was continued: paint everything again (`Screen.invalidate`). */
  onResize: () => void;
  /** Takes the terminal over. Harmless when it is taken. */
  enter(): void;
  /** Clears the screen and gives the terminal back as it was. Harmless when it is not taken. Works in an `unload` handler. */
  leave(): void;
  /** Ctrl-Z: gives the terminal back, stops the process, and takes the terminal again when the user is back. False where that cannot be. */
  suspend(): Promise<boolean>;
  /** What is typed; ends when the terminal is gone. */
  readonly keys: AsyncIterable<Uint8Array>;
  /** Columns and rows; 80x24 where that is not known. */
  size(): Size;
  /** Queues output; never blocks. */
  write(text: string): void;
  /** Resolves when everything queued so far is out. Give it to the frame clock, so that frames do not pile up. */
  flush(): Promise<void>;
}
