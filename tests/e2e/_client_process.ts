/** Drives `client.ts` as a process of its own: in JSON mode by pipes, or with any arguments for its exit status. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Root of the project. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));
/** Longest wait for anything that should happen, in milliseconds. */
const DEADLINE_MS = 60_000;

/** A line of JSON mode. */
export type Line = { event: string } & Record<string, unknown>;

/** What a finished process left. */
export interface Finished {
  status: number;
  out: string;
  err: string;
}

function command(args: string[], env: Record<string, string> = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "client.ts", ...args],
    cwd: ROOT,
    env: {
      NO_COLOR: "1",
      SOTTO_RELAY: "",
      SOTTO_NICK: "",
      SOTTO_PASSWORD: "",
      SOTTO_TOKEN: "",
      SOTTO_ACCOUNT: "",
      ...env,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs the client with some input to its end. */
export async function runClient(
  args: string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  const child = command(args, options.env).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.input ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  return { status: code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** A client in JSON mode that runs. */
export class JsonClient implements AsyncDisposable {
  /** Everything it has printed, in order. */
  readonly lines: Line[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  readonly #err: Promise<string>;
  #wake: () => void = () => {};
  #closed = false;

  /** Starts a client; `--json` is added. */
  constructor(args: string[], env?: Record<string, string>) {
    this.#child = command([...args, "--json"], env).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = this.#read();
    this.#err = new Response(this.#child.stderr).text();
  }

  /** Gives a command. */
  async say(command: Record<string, unknown>): Promise<void> {
    await this.raw(JSON.stringify(command));
  }

  /** Gives a line as it is. */
  async raw(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(line + "\n"));
  }

  /** Waits for a line that fits, among all that were printed. */
  async until(event: string, fits: (line: Line) => boolean = () => true): Promise<Line> {
    const deadline = Date.now() + DEADLINE_MS;
    while (true) {
      const found = this.lines.find((line) => line.event === event && fits(line));
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0 || this.#closed) {
        const all = this.lines.map((line) => JSON.stringify(line)).join("\n");
        throw new Error(`Cannot find "${event}" in:\n${all}\n${this.#closed ? await this.#err : ""}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
    }
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Closes its input. */
  async end(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  /** Waits for its end; checks that nothing but events was printed. */
  async status(): Promise<number> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), DEADLINE_MS);
    const { code } = await this.#child.status;
    clearTimeout(timer);
    await this.#reading;
    assert.equal(await this.#err, "");
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* it has ended */ }
    await this.end();
    await this.#child.status;
    await this.#reading;
    await this.#err;
  }

  async #read(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stdout) {
      rest += decoder.decode(bytes, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines.map((line) => JSON.parse(line) as Line));
      this.#wake();
    }
    this.#closed = true;
    this.#wake();
    assert.equal(rest, "", "the last line was not ended");
  }
}
