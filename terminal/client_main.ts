/** The client program: from arguments to an exit status. Only what the first prompt needs is loaded before it. @module */
import type { Errand, Task } from "./tasks.ts";
import { failureOf } from "./failure.ts";
import { LineReader } from "./line_reader.ts";
import { Output } from "./output.ts";
import { leaveRaw } from "./raw_terminal.ts";
import { type Running, type Streams, withTimeout } from "./running.ts";
import { internalError, onShutdown } from "./shutdown.ts";
import type { OpenScreen } from "./open_screen.ts";
import { opensScreen, wantsScreen } from "./wants_screen.ts";
import { sentence } from "./wording.ts";
import { asInstalled } from "../relay/program/own_name.ts";

/** Exit statuses beyond those of DESIGN §9. */
const CRASHED = 1;
const HUNG_UP = 129;
/** After a crash or without a terminal, the others are still told that we go; but not at any price. In milliseconds. */
const GOODBYE_MS = 3_000;
/** Longest wait for a reader of our last words, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Runs the client.
 *
 * @param args The arguments.
 * @returns The exit status; the caller exits with it, as input may still be waited for.
 */
export async function clientMain(args: readonly string[]): Promise<number> {
  const out = new Output(Deno.stdout);
  const err = new Output(Deno.stderr);
  const finish = Promise.withResolvers<number>();
  let running: Running | null = null;
  let ending = false;
  const giveBack = (): void => {
    running?.restore?.();
    leaveRaw();
  };
  const end = async (status: number): Promise<void> => {
    if (ending) return;
    ending = true;
    giveBack();
    await running?.abort(status, GOODBYE_MS);
    finish.resolve(status);
  };
  const stopListening = onShutdown({
    interrupt: () => running === null ? void end(0) : running.interrupt(),
    hangup: () => void end(HUNG_UP),
    crash: (error) => {
      giveBack();
      err.line(internalError(error));
      void end(CRASHED);
    },
  });
  out.onBroken = () => void end(HUNG_UP);
  const work = start(args, { out, err, ready: (mode) => running = mode }).catch((error) => {
    giveBack();
    const failure = failureOf(error);
    err.line(failure === null ? internalError(error) : asInstalled(sentence(failure.message)));
    return failure?.status ?? CRASHED;
  });
  const status = await Promise.race([work, finish.promise]);
  if (running !== null) await (running as Running).abort(status); // harmless when it has ended
  giveBack();
  stopListening();
  await withTimeout(Promise.all([out.flush(), err.flush()]), FLUSH_MS);
  return status;
}

/** Opens the screen as soon as it is clear that there will be one: to read the arguments properly takes its time. */
async function start(args: readonly string[], streams: Streams): Promise<number> {
  const plainly = { json: false, plain: false, lines: false };
  if (!opensScreen(args) || !wantsScreen(plainly, { terminal: atTerminal() })) {
    return await run(args, streams, null);
  }
  const { openScreen } = await import("./open_screen.ts");
  const opened = await openScreen();
  try {
    await opened.terminal.flush(); // the first frame is out before
    return await run(args, streams, opened);
  } catch (error) {
    opened.terminal.leave(); // before anybody says what has happened
    throw error;
  }
}

async function run(args: readonly string[], streams: Streams, opened: OpenScreen | null): Promise<number> {
  const { parseCommandLine } = await import("./command_line.ts");
  const parsed = parseCommandLine(args);
  if (parsed.kind === "exit") {
    opened?.terminal.leave();
    streams.out.write(asInstalled(parsed.out));
    streams.err.write(asInstalled(parsed.err));
    return parsed.status;
  }
  const reader = new LineReader(Deno.stdin);
  const { task, options } = parsed;
  if (task.action === "completions") {
    streams.out.write(await (await import("./client_tree.ts")).clientCompletions(task));
    return 0;
  }
  if (isErrand(task)) {
    const { startErrand } = await import("./start_errand.ts");
    return await startErrand(task, options, streams, reader);
  }
  if (options.json) {
    const { startJson } = await import("./start_json.ts");
    return await startJson(task, options, streams, reader);
  }
  if (opened !== null || wantsScreen(options, { terminal: atTerminal() })) {
    const { startScreen } = await import("./start_screen.ts");
    return await startScreen(task, options, streams, { reader, opened });
  }
  const { startLines } = await import("./start_lines.ts");
  return await startLines(task, options, streams, reader);
}

function atTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

function isErrand(task: Task): task is Errand {
  return ["register", "login", "list", "check-client"].includes(task.action);
}
