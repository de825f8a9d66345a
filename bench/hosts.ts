/** Where members live: processes of their own. @module */
import { linesOf } from "./lines.ts";
import type { Answer, Order } from "./member_host.ts";
import { ROOT } from "./processes.ts";

/** A place for members. */
export interface Host {
  /** Set by whoever asks: called with each answer. */
  onAnswer: (answer: Answer) => void;
  /** Gives an order. */
  post(order: Order): void;
  /** Ends all that it holds. */
  end(): Promise<void>;
}

/** Members in a process of their own. */
export class ProcessHost implements Host {
  onAnswer: (answer: Answer) => void = () => {};
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();
  #ended = false;

  /** Starts it. */
  constructor() {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", "bench/member_process.ts"],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    void this.#read();
  }

  /** @inheritdoc */
  post(order: Order): void {
    this.#stdin.write(this.#encoder.encode(`${JSON.stringify(order)}\n`)).catch(() => {});
  }

  /** Stops it where it stands, as a suspended machine would: it costs no time and does not answer. */
  freeze(): void {
    if (!this.#ended) this.#child.kill("SIGSTOP");
  }

  /** Lets it go on. */
  thaw(): void {
    if (!this.#ended) this.#child.kill("SIGCONT");
  }

  /** @inheritdoc */
  async end(): Promise<void> {
    this.thaw();
    this.post({ order: "end" });
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.#child.status;
    clearTimeout(kill);
    await this.#stdin.close().catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.onAnswer(JSON.parse(line));
    this.#ended = true;
  }
}
