/** A relay as a process of its own that can be killed and started again on its port. @module */
import { fileURLToPath } from "node:url";
import type { Limits } from "../../wire/mod.ts";
import { freePort } from "../free_port.ts";
import { Patience } from "./patience.ts";

const SERVER = fileURLToPath(new URL("../../server.ts", import.meta.url));
const MAIN = fileURLToPath(new URL("relay_main.ts", import.meta.url));

/** How long a relay may take to start or to end, in milliseconds. */
const PATIENCE_MS = 60_000;

/** How a relay is started. */
export interface RelayProcessOptions {
  /** How often clients ping and how long silence may last, in seconds. @default 30 and 60 */
  heartbeat?: { interval: number; timeout: number };
  /** What carries its sockets; not `server.ts` runs then, but the relay alone. @default "deno" */
  listener?: "deno" | "node";
  /** Limits beyond those of the command line. With any, it is not `server.ts` that runs but the relay alone. */
  limits?: Partial<Limits>;
}

/** A relay that runs, or has been killed. */
export class RelayProcess {
  readonly port: number;
  /** How often it was killed. */
  kills = 0;
  readonly #args: readonly string[];
  #child: Deno.ChildProcess | null = null;
  #reading: Promise<void> = Promise.resolve();

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
  }

  /** Starts one on a free port; resolves when it listens. */
  static async start({ heartbeat, limits, listener }: RelayProcessOptions = {}): Promise<RelayProcess> {
    const port = freePort();
    const beat = heartbeat ?? { interval: 30, timeout: 60 };
    const args = limits === undefined && listener === undefined
      ? [
        SERVER,
        ...["--port", `${port}`, "--max-messages", "1000000"],
        ...["--heartbeat-interval", `${beat.interval}`, "--heartbeat-timeout", `${beat.timeout}`],
      ]
      : [
        MAIN,
        `${port}`,
        JSON.stringify({
          rateCount: 1_000_000,
          heartbeatIntervalMs: beat.interval * 1_000,
          heartbeatTimeoutMs: beat.timeout * 1_000,
          ...limits,
        }),
        listener ?? "deno",
      ];
    const relay = new RelayProcess(port, args);
    await relay.start();
    return relay;
  }

  /** Starts it again on the same port; resolves when it listens. */
  async start(): Promise<void> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", "--no-check", "--cached-only", ...this.#args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#child = child;
    const listening = Promise.withResolvers<void>();
    this.#reading = this.#read(child, listening);
    try {
      await new Patience(PATIENCE_MS).within("the relay listens", listening.promise);
    } catch (error) {
      await this.#stop("SIGKILL").catch(() => {}); // it may have ended by itself
      throw error;
    }
  }

  /** `kill -9`; resolves when it is dead. */
  async kill(): Promise<void> {
    if (this.#child === null) return;
    this.kills++;
    await this.#stop("SIGKILL");
  }

  /** `kill -9`, and again on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    await this.#stop("SIGINT");
  }

  async #stop(signal: Deno.Signal): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    child.kill(signal);
    const patience = new Patience(PATIENCE_MS);
    await patience.within("the relay is dead", child.status);
    await patience.within("all is read that the relay has said", this.#reading);
  }

  async #read(child: Deno.ChildProcess, listening: PromiseWithResolvers<void>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of child.stdout) {
      text += decoder.decode(bytes, { stream: true });
      if (text.includes("listening on")) listening.resolve();
    }
    listening.reject(new Error(`the relay on port ${this.port} ended before it listened: ${text}`));
  }
}
