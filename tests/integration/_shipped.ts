/** Relay and client as people start them, in whatever form they are shipped: a room, two members, a message. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { untilListening } from "./_server_process.ts";

/** The project. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));
/** Longest wait for what should happen, in milliseconds. */
const DEADLINE_MS = 60_000;
/** What Deno says about every named set of permissions. */
const EXPERIMENTAL =
  "Warning Permissions in the config file is an experimental feature and may change in the future.\n";

/** A program with its first arguments. */
export interface Program {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
}

/** What a process left. */
export interface Left {
  status: number;
  out: string;
  err: string;
}

/** `deno run` with these flags, of a module. */
export function denoRun(flags: readonly string[], module: string, env?: Record<string, string>): Program {
  const program = { command: Deno.execPath(), args: ["run", "--no-prompt", ...flags, module] };
  return env === undefined ? program : { ...program, env };
}

function spawn({ command, args, env }: Program, more: readonly string[], stdin: "piped" | "null") {
  return new Deno.Command(command, {
    args: [...args, ...more],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs a program to its end. */
export async function runToEnd(program: Program, args: readonly string[], input?: string): Promise<Left> {
  const child = spawn(program, args, input === undefined ? "null" : "piped");
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return { status: code, out: decoder.decode(stdout), err: decoder.decode(stderr).replace(EXPERIMENTAL, "") };
}

/** Runs a relay on a free port until `use` is done with it. It must end in order and without a complaint. */
export async function whileServing(
  relay: Program,
  args: readonly string[],
  use: (url: string, text: string) => Promise<void>,
): Promise<void> {
  const child = spawn(relay, ["--port", "0", ...args], "null");
  const complaints = new Response(child.stderr).text();
  const timer = setTimeout(() => child.kill("SIGKILL"), 3 * DEADLINE_MS);
  let rest: Promise<string> | undefined;
  try {
    const listening = await untilListening(child).catch(async (error) => {
      throw new Error(`${error.message}\n${await complaints}`);
    });
    rest = listening.rest;
    await use(listening.url, listening.text);
  } finally {
    if (rest !== undefined) child.kill("SIGTERM");
    clearTimeout(timer);
    await child.status;
    await rest;
  }
  const said = (await complaints).replace(EXPERIMENTAL, "").replace(/^Warning: The certificate .*\n/, ""); // of 9 days
  assert.equal(said, "");
  assert.equal((await child.status).code, 0);
}

/** Makes a room on a relay, comes in with its invite, and says something. */
export async function talk(client: Program, url: string, args: readonly string[] = []): Promise<void> {
  await using alice = new Talker(client, ["create", "--nick", "alice", "--relay", url, ...args]);
  const { invite } = await alice.until("invite");
  assert.ok(typeof invite === "string");
  await using bob = new Talker(client, ["join", invite, "--nick", "bob", ...args]);
  await bob.until("joined");
  await alice.until("member_joined");
  await alice.say({ command: "send", text: "Can you read this?" });
  assert.equal((await bob.until("message")).text, "Can you read this?");
  await bob.say({ command: "send", text: "Every word." });
  assert.equal((await alice.until("message")).text, "Every word.");
  for (const who of [bob, alice]) assert.deepEqual(await who.leave(), { status: 0, err: "" });
}

/** Makes a room and comes in with its spoken code, wherever the client goes when no relay is named. */
export async function talkByCode(client: Program): Promise<void> {
  await using alice = new Talker(client, ["create", "--nick", "alice"]);
  const { code } = await alice.until("invite");
  assert.ok(typeof code === "string");
  await using bob = new Talker(client, ["join", code, "--nick", "bob"]);
  await alice.until("member_joined");
  await bob.say({ command: "send", text: "No relay named." });
  assert.equal((await alice.until("message")).text, "No relay named.");
  for (const who of [bob, alice]) assert.deepEqual(await who.leave(), { status: 0, err: "" });
}

type Line = { event: string } & Record<string, unknown>;

/** A client in JSON mode. */
export class Talker implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<Line>;
  readonly #complaints: Promise<string>;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #heard: Line[] = [];

  /** Starts `client` with these arguments. */
  constructor(client: Program, args: readonly string[]) {
    this.#child = spawn(client, [...args, "--json"], "piped");
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = readLines(this.#child.stdout);
    this.#complaints = new Response(this.#child.stderr).text();
    this.#timer = setTimeout(() => this.#child.kill("SIGKILL"), DEADLINE_MS);
  }

  /** Gives it a command. */
  async say(command: Record<string, unknown>): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
  }

  /** The first line of this kind that comes now. */
  async until(event: string): Promise<Line> {
    for (let next = await this.#lines.next(); !next.done; next = await this.#lines.next()) {
      this.#heard.push(next.value);
      if (next.value.event === event) return next.value;
    }
    const heard = this.#heard.map((line) => JSON.stringify(line)).join("\n");
    throw new Error(`Cannot find "${event}" in:\n${heard}\n${await this.#complaints}`);
  }

  /** Ends its input; gives what is left of it. */
  async leave(): Promise<{ status: number; err: string }> {
    await this.#writer.close();
    for (let next = await this.#lines.next(); !next.done;) next = await this.#lines.next();
    const { code } = await this.#child.status;
    return { status: code, err: (await this.#complaints).replace(EXPERIMENTAL, "") };
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#child.kill("SIGKILL");
    } catch { /* it has ended */ }
    await this.#writer.close().catch(() => {});
    for (let next = await this.#lines.next(); !next.done;) next = await this.#lines.next();
    await this.#child.status;
    await this.#complaints;
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Line, void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Line;
  }
}
