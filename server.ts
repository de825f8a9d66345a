/**
 * Starts a relay: `deno run -A server.ts [host] [port] [options]`.
 *
 * @module
 */
import { LineWriter } from "./relay/program/line_writer.ts";
import { runRelay } from "./relay/program/main.ts";
import { asInstalled } from "./relay/program/own_name.ts";
import { askSecret } from "./relay/program/prompt.ts";

/** How long the end waits for whoever reads what was printed, in milliseconds. */
const FLUSH_MS = 500;

if (import.meta.main) {
  const [out, err] = [new LineWriter(Deno.stdout), new LineWriter(Deno.stderr)];
  const status = await runRelay(Deno.args, {
    print: (text) => out.print(asInstalled(text)),
    complain: (text) => err.print(asInstalled(text)),
    record: (line) => out.record(line),
    askSecret,
  });
  await out.flush(FLUSH_MS);
  Deno.exit(status);
}
