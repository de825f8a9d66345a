/** Relays and clients as processes of their own, as users run them. @module */
import { within } from "./report.ts";

/** Root of the project. */
export const ROOT: string = new URL("..", import.meta.url).pathname;
const START_MS = 20_000;

/** A program that runs. */
export class Program implements AsyncDisposable {
  readonly pid: number;
  /** Everything it has printed so far. */
  printed = "";
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #wake: () => void = () => {};
  #ended = false;

  /** Starts `deno run -A` with these arguments; `terminal` puts it into a terminal of its own, by `script`. */
  constructor(args: readonly string[], { terminal = false }: { terminal?: boolean } = {}) {
    const run = ["run", "-A", "--no-check", "--cached-only", ...args];
    this.#child = new Deno.Command(terminal ? "script" : Deno.execPath(), {
      args: terminal ? ["-qfec", [Deno.execPath(), ...run].join(" "), "/dev/null"] : run,
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.pid = this.#child.pid;
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

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGTERM");
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
export async function startRelay(): Promise<{ program: Program; url: string }> {
  const program = new Program(["server.ts", "--port", "0"]);
  const [, url = ""] = await program.prints(/listening on (ws:\S+)/);
  return { program, url };
}
