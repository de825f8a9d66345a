/** Commands that the documents tell people to type, and a shell to type them at. @module */
import { fileURLToPath } from "node:url";
import { NOT_RUN } from "./_doc_not_run.ts";

/** The project's folder. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** Documents whose commands are run or listed here; the others are about bytes and proofs. */
export const DOCUMENTS: readonly string[] = documents();

/** The commands of some documents, to be taken one by one. */
export class DocCommands {
  readonly #left: Set<string>;
  readonly #all: readonly string[];

  /** Reads documents. */
  constructor(paths: readonly string[] = DOCUMENTS) {
    this.#all = paths.flatMap((path) => commandsOf(Deno.readTextFileSync(ROOT + path)));
    this.#left = new Set(this.#all);
  }

  /** All of them. */
  get all(): readonly string[] {
    return this.#all;
  }

  /** The commands that hold a text, in the document's order; they count as run. */
  take(text: string): string[] {
    const found = [...new Set(this.#all)].filter((command) => command.includes(text));
    if (found.length === 0) throw new Error(`Cannot run ${text}: the documents do not have it`);
    for (const command of found) this.#left.delete(command);
    return found;
  }

  /** The one that holds a text. */
  one(text: string): string {
    const found = this.take(text);
    if (found.length > 1) throw new Error(`Cannot choose: ${found.join(" | ")}`);
    return found[0] ?? "";
  }

  /** Leaves out a command that another test runs. */
  skip(command: string): void {
    this.#left.delete(command);
  }

  /** Those that nobody took and that are not listed as not run. */
  get left(): string[] {
    return [...this.#left].filter((command) => !Object.hasOwn(NOT_RUN, command));
  }
}

/** Blocks of shell, command by command with what they read; and code spans that begin with a program. */
function commandsOf(markdown: string): string[] {
  const out: string[] = [];
  for (const [, block = ""] of markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)) {
    let end: string | undefined;
    for (const line of block.split("\n")) {
      const last = out.length - 1;
      if (end !== undefined || out[last]?.endsWith("\\")) {
        out[last] += `\n${line}`;
        if (line === end) end = undefined;
        continue;
      }
      const command = line.replace(/(?:^| +)#.*$/, "").trim();
      if (command !== "") out.push(command);
      end = /<<'(\w+)'/.exec(command)?.[1];
    }
  }
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "");
  const programs = "deno|npx|npm|docker|curl|openssl|systemctl|systemd-analyze|man|gh|git";
  for (
    const [, span = ""] of prose.matchAll(new RegExp(`(?<!\`)\`((?:${programs}) [^\`\n]+)\`(?!\`)`, "g"))
  ) {
    if (!/^deno \w+$/.test(span)) out.push(span); // `deno run` alone is a name
  }
  return out;
}

function documents(): string[] {
  const about = /^(?:CHANGELOG|SPEC|THREAT_MODEL|PROMISES)\.md$/;
  return ["", "docs/"].flatMap((folder) =>
    [...Deno.readDirSync(ROOT + folder)]
      .filter(({ name }) => name.endsWith(".md") && !about.test(name))
      .map(({ name }) => folder + name)
  ).sort();
}

/** Runs a line of shell. */
export async function shell(
  command: string,
  { env = {}, cwd = ROOT, input = "" }: { env?: Record<string, string>; cwd?: string; input?: string } = {},
): Promise<{ code: number; out: string }> {
  const child = new Deno.Command("bash", {
    args: ["-c", command],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/** A program of the shell that runs until it is stopped. */
export class Started implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  /** What it has printed so far. */
  out = "";
  #heard: (() => void) | null = null;

  /** Starts a command; the shell gives way to it. */
  constructor(command: string, options: { env?: Record<string, string>; cwd?: string } = {}) {
    this.#child = new Deno.Command("bash", {
      args: ["-c", `exec ${command}`],
      cwd: options.cwd ?? ROOT,
      env: { NO_COLOR: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#read = this.#listen();
  }

  /** Waits until it has printed something; throws when it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    let ended = false;
    const end = this.#read.then(() => ended = true);
    while (true) {
      const match = pattern.exec(this.out);
      if (match !== null) return match;
      if (ended) throw new Error(`Cannot see ${pattern} in:\n${this.out}`);
      await Promise.race([end, new Promise<void>((resolve) => this.#heard = resolve)]);
    }
  }

  /** Stops it. @returns Its exit status. */
  async stop(signal: Deno.Signal = "SIGINT"): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch { /* it has ended */ }
    const [{ code }] = await Promise.all([this.#child.status, this.#read]);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #listen(): Promise<void> {
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.out += chunk;
      this.#heard?.();
    }
  }
}
