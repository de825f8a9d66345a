/** 10,000 lines through a pipe: `client.ts --json`, as a bot uses it, under the relay's default limits. @module */
import { linesOf } from "./lines.ts";
import { ROOT, startRelay } from "./processes.ts";
import { type Report, within } from "./report.ts";

const LINES = 10_000;
const TEXT_BYTES = 200;
const PATIENCE_MS = 60_000;

/** From the first line written until the other member's process has printed the last, all whole and in order. */
export async function benchLines(report: Report): Promise<void> {
  const relay = await startRelay();
  await using _relay = relay.program;
  const common = ["--json", "--relay", relay.url];
  await using reader = new JsonClient(["create", "--nick", "reader", ...common]);
  const { invite } = await reader.event("invite");
  await using writer = new JsonClient(["join", String(invite), "--nick", "writer", ...common]);
  await writer.event("member_confirmed");
  const texts = Array.from({ length: LINES }, (_, i) => `line ${i} `.padEnd(TEXT_BYTES, "."));
  const all = Promise.withResolvers<void>();
  let next = 0;
  reader.onEvent = ({ event, text }) => {
    if (event === "lost") all.reject(new Error("lines were lost"));
    if (event !== "message") return;
    if (text !== texts[next]) all.reject(new Error(`line ${next} did not come whole and in order`));
    else if (++next === LINES) all.resolve();
  };
  writer.onEvent = ({ event, message }) => {
    if (event === "error") all.reject(new Error(`a line was refused: ${message}`));
  };
  const began = performance.now();
  void writer.type(texts.map((text) => JSON.stringify({ command: "send", text })));
  await within(PATIENCE_MS, `${LINES} lines`, all.promise);
  report.figure("client/lines_10000", performance.now() - began, "ms");
}

type Event = Record<string, unknown>;

/** A client in JSON mode, whose lines are read one by one: keeping all to search in them would be slower than it is. */
class JsonClient implements AsyncDisposable {
  onEvent: (event: Event) => void = () => {};
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;

  constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", "client.ts", ...args],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    void this.#read();
  }

  /** Waits for the next event of this name. */
  async event(name: string): Promise<Event> {
    const found = Promise.withResolvers<Event>();
    this.onEvent = (event) => {
      if (event["event"] === name) found.resolve(event);
    };
    return await within(PATIENCE_MS, name, found.promise);
  }

  async type(lines: readonly string[]): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(lines.join("\n") + "\n")).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGINT");
    const kill = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await this.#child.status;
    clearTimeout(kill);
    await this.#stdin.close().catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.onEvent(JSON.parse(line));
  }
}
