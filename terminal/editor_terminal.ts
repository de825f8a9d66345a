/** The line editor on this process's terminal. @module */
import { consoleColumns } from "./console_size.ts";
import { EditorIo } from "./editor_io.ts";
import type { Output } from "./output.ts";
import { enterRaw, leaveRaw } from "./raw_terminal.ts";

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
    suspend,
  });
  onSignal("SIGWINCH", () => io.redraw());
  return io;
}

/** Stops this process as Ctrl-Z does; resolves when the user brings it back. */
function suspend(): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = onSignal("SIGCONT", () => {
      stopListening();
      resolve();
    });
    try {
      Deno.kill(Deno.pid, "SIGSTOP");
    } catch {
      stopListening();
      resolve(); // a system without job control
    }
  });
}

function onSignal(signal: Deno.Signal, handler: () => void): () => void {
  try {
    Deno.addSignalListener(signal, handler);
  } catch {
    return () => {};
  }
  return () => Deno.removeSignalListener(signal, handler);
}
