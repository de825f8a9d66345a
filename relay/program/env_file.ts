/** Variables from the environment, and from a file in the form of `.env`. @module */
import { parseEnv } from "node:util";
import { ownersFile } from "../secret_file.ts";
import { likely } from "./likely.ts";
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

/** Whether a variable is set to nothing, as when a script fills it in from another one that it has misspelt. */
export function isEmptyVariable(name: string): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" && Deno.env.get(name) === "";
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
  if (variables.size === 0 && /^\s*[^\s#]/m.test(text)) {
    throw new UsageError(`Cannot use --env-file ${path}: no line of it is NAME=value`);
  }
  const doubtful = secrets.find((name) => text.split(/\r?\n/).some((line) => isDoubtful(line, name)));
  if (doubtful !== undefined) {
    throw new UsageError(
      `Cannot use --env-file ${path}: what ${doubtful} is cannot be told; write ${doubtful}='…' on one line`,
    );
  }
  if (openTo !== undefined && secrets.some((name) => (variables.get(name) ?? "") !== "")) {
    throw new UsageError(`Cannot use --env-file ${path}: ${openTo}`);
  }
  return variables;
}

/** Whether a line gives a secret in a way that is read as another one, or as none: what follows a # is dropped. */
function isDoubtful(line: string, name: string): boolean {
  const [, rest] = new RegExp(`^\\s*(?:export\\s+)?${name}(?!\\w)(.*)$`).exec(line) ?? [];
  if (rest === undefined) return false;
  const quoted = /^\s*=\s*(?:'[^']*'|"[^"\\]*"|`[^`]*`)\s*(?:#.*)?$/;
  return !quoted.test(rest) && !/^\s*=\s*(?:[^\s#'"`\\][^#\\]*)?$/.test(rest);
}

/**
 * Variables of a file that mean nothing here, and look like ones that do. Others may be there for other programs.
 *
 * @returns Sentences, without a full stop.
 */
export function misspelt(given: Iterable<string>, known: readonly string[]): string[] {
  return [...given].filter((name) => !known.includes(name)).flatMap((name) => {
    const meant = likely(name, known);
    return meant === undefined ? [] : [`${name} is no setting, and does nothing: did you mean ${meant}?`];
  });
}
