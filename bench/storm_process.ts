/** Starts {@linkcode ./storm.ts} and steers it. @module */
import type { StormCount } from "./storm.ts";

/** A storm in a process of its own, which yields to whatever else wants the processor. */
export class StormProcess implements AsyncDisposable {
  /** What has been counted by the end of the last storm. */
  counted: StormCount = { tried: 0, refused: 0, lost: 0 };
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;

  /** Against the relay at `port`, so many connections a second. */
  constructor(port: number, perSecond: number) {
    const args = ["run", "-A", new URL("./storm.ts", import.meta.url).pathname, `${port}`, `${perSecond}`];
    // Without `nice` it would be measured how three programs share two processors.
    this.#child = new Deno.Command("nice", {
      args: ["-n", "19", Deno.execPath(), ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** It begins; resolves when it has. */
  async begin(): Promise<void> {
    await this.#tell("begin");
  }

  /** It ends; resolves when every newcomer has been answered. */
  async end(): Promise<void> {
    this.counted = JSON.parse(await this.#tell("end"));
  }

  /** Stops the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }

  async #tell(what: string): Promise<string> {
    await this.#writer.write(new TextEncoder().encode(`${what}\n`));
    const { value } = await this.#reader.read();
    if (value === undefined) throw new Error("the storm has ended");
    return value.trim();
  }
}
