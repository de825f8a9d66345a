/** The screen: paints frames, and of each frame only what differs from the one before. @module */
import type { Capabilities } from "./capabilities.ts";
import type { Frame, Size } from "./style.ts";
import type { Theme } from "./theme.ts";

/** What a screen needs of the terminal. */
export interface ScreenPort {
  /** Takes all that one frame changes, in one piece. */
  write(text: string): void;
  /** Columns and rows there are now. */
  size(): Size;
}

/** A screen that is painted on. */
export class Screen {
  /** Makes a screen; nothing is written before the first frame. */
  constructor(_port: ScreenPort, _capabilities: Capabilities, _theme: Theme) {
  }

  /** Columns and rows there are now. */
  get size(): Size {
    return { columns: 80, rows: 24 };
  }

  /** Brings the terminal to show a frame. */
  paint(_frame: Frame): void {
  }

  /** Forgets what was painted: the next frame is painted whole. For when something else has written to the terminal. */
  invalidate(): void {
  }

  /** Paints with another theme from the next frame on. */
  setTheme(_theme: Theme): void {
  }
}
