/** `server.ts` as a process of its own. */
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../server.ts", import.meta.url));

/** How it ended. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** `server.ts` with arguments and variables. */
export function command(
  args: readonly string[],
  env: Record<string, string> = {},
  permissions: readonly string[] = ["-A"],
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, "--no-prompt", "--no-check", SERVER, ...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs it to its end. */
export async function run(args: readonly string[], env?: Record<string, string>): Promise<Outcome> {
  const { code, stdout, stderr } = await command(args, env).output();
  const decoder = new TextDecoder();
  return { status: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Waits until a server says that it listens; `rest` reads on to its end. */
export async function untilListening(
  child: Deno.ChildProcess,
  last = "Stop:",
): Promise<{ url: string; text: string; rest: Promise<string> }> {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(last)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the server ended: ${text}`);
    text += value;
  }
  const readOn = async (): Promise<string> => {
    let all = text;
    for (let next = await reader.read(); !next.done; next = await reader.read()) all += next.value;
    return all;
  };
  return { url: /wss?:\S+/.exec(text)?.[0] ?? "", text, rest: readOn() };
}

/** Runs the server until `use` is done with it, then stops it with `signal`. */
export async function whileRunning(
  { args, env, signal = "SIGTERM", permissions }: {
    args: string[];
    env?: Record<string, string>;
    signal?: Deno.Signal;
    permissions?: string[];
  },
  use: (url: string, text: string) => Promise<void>,
): Promise<Outcome> {
  const child = command(args, env, permissions).spawn();
  const stderr = new Response(child.stderr).text();
  const { url, text, rest } = await untilListening(child);
  try {
    await use(url, text);
  } finally {
    child.kill(signal);
  }
  return { status: (await child.status).code, stdout: await rest, stderr: await stderr };
}
