/** Files that hold secrets. @module */
import { UsageError } from "./usage_error.ts";

/** Far more than any password or list of variables. */
const MAX_BYTES = 65_536;

/** A file's text, and what is wrong with its permissions if others can read it. */
export interface OwnersFile {
  text: string;
  /** Why it is no place for a secret; undefined where it is one. */
  openTo: string | undefined;
}

/** Reads a small file that `option` names. @throws {UsageError} When it cannot be read. */
export async function ownersFile(path: string, option: string): Promise<OwnersFile> {
  const problem = (why: string): UsageError => new UsageError(`Cannot use ${option} ${path}: ${why}`);
  try {
    const { mode, isDirectory, size } = await Deno.stat(path);
    if (isDirectory) throw problem("it is a directory");
    if (size > MAX_BYTES) throw problem("it is too large; name the right file");
    const text = await Deno.readTextFile(path);
    return { text: text.replace(/^\ufeff/, ""), openTo: permissionProblem(path, mode) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(readProblem(error));
  }
}

/** The first line of a file that only its owner can read. @throws {UsageError} When it is anything else. */
export async function readSecretFile(path: string, option: string): Promise<string> {
  const { text, openTo } = await ownersFile(path, option);
  if (openTo !== undefined) throw new UsageError(`Cannot use ${option} ${path}: ${openTo}`);
  const [line = ""] = text.split(/\r?\n/, 1);
  if (line === "") {
    throw new UsageError(`Cannot use ${option} ${path}: its first line is empty; write the password there`);
  }
  return line;
}

/** Why such permissions do not suit a secret, with the fix; undefined where they do. */
function permissionProblem(path: string, mode: number | null): string | undefined {
  if (mode === null || (mode & 0o077) === 0) return undefined;
  return `others can use this file; run: chmod 600 ${/^[\w./-]+$/.test(path) ? path : `'${path}'`}`;
}

/** Why a file cannot be read. */
export function readProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) return "Deno was not given --allow-read for it";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  return "it cannot be read";
}
