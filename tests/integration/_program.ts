/** The relay's program in this process, as far as it ends before it listens. */
import type { ProgramIo } from "../../relay/program/io.ts";
import { runRelay } from "../../relay/program/main.ts";

/** How it ended. */
export interface Outcome {
  status: number;
  out: string[];
  err: string[];
}

/** Runs the program up to where it would listen: only what ends before that. */
export async function run(args: readonly string[], secret?: string | null): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const io: ProgramIo = { print: (text) => out.push(text), complain: (text) => err.push(text) };
  if (secret !== undefined) io.askSecret = () => Promise.resolve(secret);
  return { status: await runRelay(args, io), out, err };
}

/** Sets variables for as long as `use` runs. */
export async function withEnv(env: Record<string, string>, use: () => Promise<void>): Promise<void> {
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  try {
    await use();
  } finally {
    for (const name of Object.keys(env)) Deno.env.delete(name);
  }
}

/** A directory with files, for as long as `use` runs. */
export async function withFiles(
  files: Record<string, { text: string; mode?: number }>,
  use: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "relay-settings-" });
  try {
    for (const [name, { text, mode = 0o600 }] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
      await Deno.chmod(`${dir}/${name}`, mode);
    }
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
