/** What the relay's program says, and to whom. @module */
import type { Password } from "../../crypto/scram_prepare.ts";

/** The outside of the program. */
export interface ProgramIo {
  /** A line for whoever started it. */
  print(text: string): void;
  /** A line about what is wrong. */
  complain(text: string): void;
  /** A line that is JSON already, and is printed as it is; resolves when it has gone. @default `print` */
  record?(line: string): void | Promise<void>;
  /** Asks for a secret without showing it; null when nobody answers. Throws when there is no terminal. */
  askSecret?(question: string): Promise<Password | null>;
}

/** How the ordinary log is written. */
export type LogFormat = "text" | "json";

/** The same outside, with each line as text or as one JSON object. `now` is the time in milliseconds. */
export function logIo(io: ProgramIo, format: LogFormat, now: () => number = Date.now): ProgramIo {
  if (format === "text") return io;
  const line = (level: string, message: string): string =>
    JSON.stringify({ time: new Date(now()).toISOString(), level, message });
  return {
    ...io,
    record: (line) => io.record === undefined ? io.print(line) : io.record(line),
    print: (text) => io.print(line("info", text)),
    complain: (text) => io.complain(line(text.startsWith("Warning: ") ? "warning" : "error", text)),
  };
}
