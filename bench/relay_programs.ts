/** The programs that measuring the relay takes. @module */
import { v8Flags } from "../tools/compile_program.ts";
import type { Limits } from "../wire/mod.ts";
import { Program } from "./processes.ts";
import type { Job } from "./relay_load.ts";

/** Starts the relay behind one of its listeners, with the flags of V8 that it has wherever it is installed. */
export function relay(
  kind: "deno" | "node" | "tls",
  { flags = [], limits = {}, env = {} }: {
    flags?: readonly string[];
    limits?: Partial<Limits>;
    env?: Readonly<Record<string, string>>;
  } = {},
): Program {
  return new Program(["bench/relay_entry.ts", kind, JSON.stringify(limits)], {
    flags: [...v8Flags("sotto-relay"), ...flags],
    env,
  });
}

/** The port that a relay says it has. */
export async function portOf(program: Program): Promise<number> {
  const [, port] = await program.prints(/port (\d+)\n/);
  return Number(port);
}

/** Starts a process of load. */
export function load(job: Job): Program {
  return new Program(["bench/relay_load.ts", JSON.stringify(job)], {
    flags: ["--unsafely-ignore-certificate-errors=127.0.0.1"],
  });
}

/** What a process of load found. */
export async function findings<T>(program: Program, ms: number): Promise<T> {
  const [, json = ""] = await program.prints(/^done (.*)\n/m, ms);
  return JSON.parse(json) as T;
}
