/** What a started mode and the program around it have to do with each other. @module */
import type { Output } from "./output.ts";

/** A mode that runs: full screen, line mode or JSON mode. */
export interface Running {
  /** Runs to its end. */
  run(): Promise<number>;
  /** Ctrl-C. */
  interrupt(): void;
  /** Ends without waiting for anybody, but for `graceMs` to say goodbye. Harmless when it has ended. */
  abort(status: number, graceMs?: number): Promise<void>;
  /** Gives the terminal back at once, where a mode has taken more of it than its keys. Harmless when it has. */
  restore?(): void;
}

/** What a mode is started with. */
export interface Streams<Mode = Running> {
  /** Standard output. */
  out: Output;
  /** Standard error. */
  err: Output;
  /** Is told the mode before it runs, so that signals reach it. */
  ready: (mode: Mode) => void;
}

/** Waits for something, but not for ever, and whether it succeeds or fails. */
export async function withTimeout(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work.catch(() => {}), new Promise<void>((resolve) => timer = setTimeout(resolve, ms))]);
  clearTimeout(timer);
}
