/** Runs a relay until it is told to end. @module */
import { drain } from "./drain.ts";
import type { ProgramIo } from "./io.ts";
import { openParts } from "./open_parts.ts";
import type { Configuration } from "./settings.ts";
import { Signals } from "./signals.ts";

/** Longest that a goodbye may take after the draining, in milliseconds. */
const GOODBYE_MS = 1_900;

/** Opens the relay, says so, and ends it at a signal. Returns the exit status. @throws {UsageError} */
export async function serve(configuration: Configuration, io: ProgramIo): Promise<number> {
  // Before the first line is printed: whoever has read it may send a signal at once.
  const signals = new Signals();
  try {
    const opening = openParts(configuration, io);
    const parts = await Promise.race([opening, signals.first.then(() => undefined)]);
    if (parts === undefined) return 0; // nobody has come in yet
    if (parts.tls !== undefined) signals.onHangUp(() => void reload(parts.tls, io));
    parts.greet();
    if (await signals.first === "SIGTERM") {
      const { drainTime: ms } = configuration.settings;
      await drain(parts.running.relay, { ms, urgent: signals.urgent });
    }
    await withinTime(parts.close(), GOODBYE_MS);
    return 0;
  } finally {
    signals.close();
  }
}

/** Looks for another certificate, and says when there is none: whoever asked wants to know. */
async function reload(tls: { reload(): Promise<boolean> } | undefined, io: ProgramIo): Promise<void> {
  if (await tls?.reload() === false) io.print("SIGHUP: the certificate is the one that was in force.");
}

/** Waits for `work`, but not longer than `ms`: whoever does not hang up must not keep the relay from ending. */
async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise<void>((resolve) => timer = setTimeout(resolve, ms))]);
  clearTimeout(timer);
}
