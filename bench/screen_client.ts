/** The client on the full screen, in a terminal that a bench types at. @module */
import { ROOT } from "./processes.ts";
import { within } from "./report.ts";

const START_MS = 20_000;
/** Typed one after another: each differs, and nobody else writes them, so that it is found as soon as it is painted. */
const FIRST_LETTER = 0x1400; // Canadian syllabics, one column each
const COLUMNS = 100;
const ROWS = 24;

/** What is run. */
export interface ScreenForm {
  /** Flags of `deno run`. */
  flags?: readonly string[];
  /** @default {"client.ts"} */
  entry?: string;
}

/** One client in a terminal of its own, by `script`. */
export class ScreenClient implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();
  #recent = "";
  readonly #waiting = new Set<() => void>();

  /** Starts the client with these arguments. */
  constructor(args: readonly string[], { flags = [], entry = "client.ts" }: ScreenForm = {}) {
    const run = [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", ...flags, entry, ...args];
    const program = `stty cols ${COLUMNS} rows ${ROWS}; echo pid=$$.; exec env -u CI ${
      run.map(quoted).join(" ")
    }`;
    this.#child = new Deno.Command("script", {
      args: ["-qfec", program, "/dev/null"],
      cwd: ROOT,
      env: { TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#pid = within(START_MS, "its process", this.#find(/pid=(\d+)\./)).then((match) => Number(match[1]));
    this.#pid.catch(() => {});
    void this.#read();
  }

  readonly #pid: Promise<number>;

  /** The client's process. */
  pid(): Promise<number> {
    return this.#pid;
  }

  /** Waits until a text has been written to the terminal in one piece. */
  async shows(text: string, ms: number = START_MS): Promise<void> {
    await within(ms, `waiting for ${text}`, this.#find(text));
  }

  /** Presses keys, one every so many milliseconds. @returns Milliseconds until each was painted. */
  async typing(count: number, everyMs: number): Promise<number[]> {
    const times: number[] = [];
    await this.#stdin.write(Uint8Array.of(0x05, 0x15)); // Ctrl-E, Ctrl-U
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, everyMs));
      const letter = String.fromCodePoint(FIRST_LETTER + 1 + i);
      this.#recent = "";
      const began = performance.now();
      await this.#stdin.write(this.#encoder.encode(letter));
      await this.shows(letter);
      times.push(performance.now() - began);
    }
    return times;
  }

  /** Resident memory in bytes: all of it, its own, and pages of files (of Deno), which all Deno processes share. */
  async memory(): Promise<{ resident: number; own: number; file: number }> {
    const status = await Deno.readTextFile(`/proc/${await this.#pid}/status`);
    const bytes = (what: string): number =>
      1_024 * Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
    return { resident: bytes("VmRSS"), own: bytes("RssAnon"), file: bytes("RssFile") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Deno.kill(await this.#pid, "SIGKILL");
    await this.#stdin.close().catch(() => {});
    await this.#child.status;
  }

  async #find(text: string | RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = typeof text === "string"
        ? this.#recent.includes(text) ? /^/.exec("") : null
        : text.exec(this.#recent);
      if (match !== null) return match;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.#recent = (this.#recent + decoder.decode(chunk, { stream: true })).slice(-20_000);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    }
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
