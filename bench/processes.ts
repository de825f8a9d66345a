/** Relays and clients as processes of their own, as users run them. @module */
import { fileURLToPath } from "node:url";
import { within } from "./report.ts";

/** Root of the project. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));
const START_MS = 20_000;

/** How a {@linkcode Program} is started. */
export interface ProgramOptions {
  /** Puts it into a terminal of its own, by `script`. @default false */
  terminal?: boolean;
  /** Flags of `deno run`. */
  flags?: readonly string[];
  /** Another program than Deno; then the arguments are all its own. */
  command?: string;
  /** Variables besides those of this process. */
  env?: Readonly<Record<string, string>>;
}

/** Ticks of `/proc/PID/stat` in a second: `USER_HZ`, which is 100 on every Linux. */
const TICKS = 100;

/** CPU seconds, user and system, that a process has used; needs Linux's `/proc`. */
export function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third on: the second may hold blanks
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** A program that runs. */
export class Program implements AsyncDisposable {
  readonly pid: number;
  /** Everything it has printed so far. */
  printed = "";
  readonly #child: Deno.ChildProcess;
  readonly #signal: Deno.Signal;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #wake: () => void = () => {};
  #ended = false;

  /** Starts `deno run -A` with these arguments. */
  constructor(args: readonly string[], options: ProgramOptions = {}) {
    const { terminal = false, flags = [], command, env = {} } = options;
    const run = command === undefined
      ? [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", ...flags, ...args]
      : [command, ...args];
    const [program = "", ...rest] = terminal ? ["script", "-qfec", run.join(" "), "/dev/null"] : run;
    this.#child = new Deno.Command(program, {
      args: rest,
      cwd: ROOT,
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.pid = this.#child.pid;
    this.#signal = terminal ? "SIGKILL" : "SIGINT"; // what runs in a terminal ends with it; `script` would wait 2 s
    this.#stdin = this.#child.stdin.getWriter();
    void this.#read();
  }

  /** Waits until it has printed something that matches; gives the match. */
  async prints(pattern: RegExp, ms: number = START_MS): Promise<RegExpMatchArray> {
    return await within(ms, `waiting for ${pattern}`, this.#find(pattern));
  }

  /** Types a line. */
  async type(line: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Resident memory in bytes; needs Linux's `/proc`. */
  async rss(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kib === undefined) throw new Error("this system does not say how much memory a process has");
    return Number(kib) * 1_024;
  }

  /** Sends it a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Closes its standard input and waits until it has ended by itself. */
  async end(): Promise<void> {
    await this.#stdin.close();
    await this.#child.status;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill(this.#signal);
    await this.#stdin.close().catch(() => {});
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.#child.status;
    clearTimeout(kill);
  }

  async #find(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = pattern.exec(this.printed);
      if (match !== null) return match;
      if (this.#ended) throw new Error("it has ended");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.printed += decoder.decode(chunk, { stream: true });
      this.#wake();
    }
    this.#ended = true;
    this.#wake();
  }
}

/** Starts `server.ts` with its defaults on a free port. */
export async function startRelay(...args: string[]): Promise<{ program: Program; url: string }> {
  const program = new Program(["server.ts", "--port", "0", ...args]);
  const [, url = ""] = await program.prints(/listening on (ws:\S+)/);
  return { program, url };
}
