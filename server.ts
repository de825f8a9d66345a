/**
 * Starts a relay: `deno run -A server.ts [host] [port] [options]`.
 *
 * @module
 */
import { runRelay } from "./relay/program/main.ts";
import { askSecret } from "./relay/program/prompt.ts";

const encoder = new TextEncoder();

/** Writes a line. That nobody reads any more is no reason for a relay to end. */
function write(to: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  let bytes = encoder.encode(`${text}\n`);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(to.writeSync(bytes));
  } catch { /* the other end of the pipe is closed */ }
}

if (import.meta.main) {
  const print = (text: string): void => write(Deno.stdout, text);
  const complain = (text: string): void => write(Deno.stderr, text);
  Deno.exit(await runRelay(Deno.args, { print, complain, askSecret }));
}
