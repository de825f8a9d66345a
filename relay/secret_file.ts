/** Files that hold secrets. @module */
import { isOpenToOthers } from "./file_mode.ts";
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
  const { bytes, openTo } = await read(path, option);
  const text = new TextDecoder().decode(bytes); // without a byte order mark
  bytes.fill(0);
  return { text, openTo };
}

/**
 * The first line of a file that only its owner can read, as bytes: text could not be wiped.
 *
 * @throws {UsageError} When it is anything else.
 */
export async function readSecretFile(path: string, option: string): Promise<Uint8Array> {
  const { bytes, openTo } = await read(path, option);
  const problem = (why: string): UsageError => new UsageError(`Cannot use ${option} ${path}: ${why}`);
  try {
    if (openTo !== undefined) throw problem(openTo);
    const start = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
    const newline = bytes.indexOf(LF);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.slice(start, end > 0 && newline >= 0 && bytes[end - 1] === CR ? end - 1 : end);
    if (line.length === 0) throw problem("its first line is empty; write the password there");
    return line;
  } finally {
    bytes.fill(0);
  }
}

const BOM = [0xef, 0xbb, 0xbf];
const LF = 10;
const CR = 13;

/** The bytes of a file, in the one buffer that they are read into. */
async function read(
  path: string,
  option: string,
): Promise<{ bytes: Uint8Array; openTo: string | undefined }> {
  const problem = (why: string): UsageError => new UsageError(`Cannot use ${option} ${path}: ${why}`);
  try {
    using file = await Deno.open(path);
    const { mode, isDirectory } = await file.stat();
    if (isDirectory) throw problem("it is a directory");
    const buffer = new Uint8Array(MAX_BYTES + 1);
    let length = 0;
    for (let count: number | null = 0; count !== null && length < buffer.length;) {
      count = await file.read(buffer.subarray(length));
      length += count ?? 0;
    }
    if (length > MAX_BYTES) throw problem("it is too large; name the right file");
    return { bytes: buffer.subarray(0, length), openTo: permissionProblem(path, mode) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(readProblem(error));
  }
}

/** Why such permissions do not suit a secret, with the fix; undefined where they do. */
function permissionProblem(path: string, mode: number | null): string | undefined {
  if (!isOpenToOthers(mode)) return undefined;
  return `others can use this file; run: chmod 600 ${/^[\w./-]+$/.test(path) ? path : `'${path}'`}`;
}

/** Why a file cannot be read. */
export function readProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) return "Deno was not given --allow-read for it";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return "it cannot be read";
}
