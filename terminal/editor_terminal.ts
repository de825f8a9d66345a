/** The line editor on this process's terminal. @module */
import { consoleColumns } from "./console_size.ts";
import { EditorIo } from "./editor_io.ts";
import type { Output } from "./output.ts";
import { enterRaw, leaveRaw } from "./raw_terminal.ts";
import { onSignal, stopProcess } from "./screen/job_control.ts";

/**
 * Takes over the terminal for line mode.
 *
 * @param output The screen.
 */
export function openEditorIo(output: Output): EditorIo {
  const io = new EditorIo({
    source: Deno.stdin,
    output,
    columns: consoleColumns,
    enter: enterRaw,
    leave: leaveRaw,
    suspend: async () => void await stopProcess(),
  });
  onSignal("SIGWINCH", () => io.redraw());
  return io;
}
