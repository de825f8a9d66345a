/** Variables from the environment, and from a file in the form of `.env`. @module */
import { parseEnv } from "node:util";
import { ownersFile } from "../secret_file.ts";
import { UsageError } from "../usage_error.ts";

/** Looks a variable up; empty is as good as unset. */
export type Lookup = (name: string) => string | undefined;

/** The environment of this process, as far as it may be read. */
export function processEnv(): Lookup {
  // Without --allow-env, reading would ask the user or throw: go on as if it were empty.
  const all = Deno.permissions.querySync({ name: "env" }).state === "granted";
  return (name) => {
    if (!all && Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
      return undefined;
    }
    return Deno.env.get(name) || undefined;
  };
}

/**
 * Reads variables from a file.
 *
 * @param path The file.
 * @param secrets Names of variables that are secrets: a file with one of them must be its owner's alone.
 * @returns Variables by name.
 * @throws {UsageError} When it cannot be read.
 */
export async function readEnvFile(path: string, secrets: readonly string[]): Promise<Map<string, string>> {
  const { text, openTo } = await ownersFile(path, "--env-file");
  const variables = new Map(Object.entries(parseEnv(text) as Record<string, string>));
  if (openTo !== undefined && secrets.some((name) => (variables.get(name) ?? "") !== "")) {
    throw new UsageError(`Cannot use --env-file ${path}: ${openTo}`);
  }
  return variables;
}
