/** Files that an operator puts beside the relay for others to fetch: a list made at start, and nothing else. @module */
import { createHash } from "node:crypto";
import { readProblem } from "./secret_file.ts";
import { UsageError } from "./usage_error.ts";

/** Names that mean the same in a URL, a shell, a header and on every file system. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
/** Where the hashes of the others may stand, as `sha256sum` writes it. */
const SUMS = "SHA256SUMS";
/** More files than these, and larger ones, are no programs; hashing them would hold up the start. */
const MAX_FILES = 256;
const MAX_BYTES = 2 * 1_073_741_824;
const MAX_SUMS_BYTES = 65_536;
const CHUNK = 1_048_576;

/** A file as it was when the relay began. */
export interface Download {
  /** Its name in the folder. */
  readonly name: string;
  /** Its size in bytes. */
  readonly size: number;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
  /** Opens it. Undefined when another file, or another state of it, lies there now. */
  open(): Promise<Deno.FsFile | undefined>;
}

/** Files by name, and what was left out with the reason. */
export interface Listing {
  /** What is served. */
  readonly files: ReadonlyMap<string, Download>;
  /** What is not, and why. */
  readonly leftOut: readonly { name: string; why: string }[];
}

/**
 * Lists a folder: plain files with plain names, each with its hash. Links, folders, odd names, huge files and those
 * that differ from what `SHA256SUMS` says are left out.
 *
 * @param folder The folder.
 * @param flag The option that named it.
 * @throws {UsageError} When it cannot be read.
 */
export async function listDownloads(folder: string, flag = "--downloads"): Promise<Listing> {
  const files = new Map<string, Download>();
  const leftOut: { name: string; why: string }[] = [];
  for (const entry of await read(folder, flag)) {
    const skip = (why: string): unknown => leftOut.push({ name: entry.name, why });
    if (entry.isSymlink) skip("it is a link");
    else if (!entry.isFile) skip("it is no file");
    else if (!NAME.test(entry.name)) skip("its name has other characters than A-Z a-z 0-9 . _ + -");
    else if (files.size >= MAX_FILES) skip(`there are more than ${MAX_FILES}`);
    else {
      const found = await look(`${folder}/${entry.name}`, entry.name);
      if (typeof found === "string") skip(found);
      else files.set(entry.name, found);
    }
  }
  for (const [name, hash] of await sums(files.get(SUMS))) {
    const file = files.get(name);
    if (file === undefined || file.sha256 === hash) continue;
    files.delete(name);
    leftOut.push({ name, why: `its SHA-256 is not the one in ${SUMS}: copy it again` });
  }
  return { files, leftOut };
}

async function read(folder: string, flag: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such folder"
      : error instanceof Deno.errors.NotADirectory
      ? "it is no folder"
      : readProblem(error);
    throw new UsageError(`Cannot use ${flag} ${folder}: ${why}`);
  }
}

/** The file, or why it is none to be served. */
async function look(path: string, name: string): Promise<Download | string> {
  try {
    if (!(await Deno.lstat(path)).isFile) return "it is no file"; // before opening: a pipe would wait for a writer
    using file = await Deno.open(path);
    const before = await file.stat();
    if (!before.isFile) return "it is no file";
    if (before.size > MAX_BYTES) return "it is larger than 2 GB";
    const hash = createHash("sha256");
    const buffer = new Uint8Array(CHUNK);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      hash.update(buffer.subarray(0, count));
    }
    const state = stateOf(before);
    if (stateOf(await file.stat()) !== state) return "it changes while it is read";
    return { name, size: before.size, sha256: hash.digest("hex"), open: () => open(path, state) };
  } catch (error) {
    return readProblem(error);
  }
}

async function open(path: string, state: string): Promise<Deno.FsFile | undefined> {
  try {
    if (!(await Deno.lstat(path)).isFile) return undefined;
    const file = await Deno.open(path);
    // What was opened is looked at, not what the path led to a moment ago.
    if (stateOf(await file.stat()) === state) return file;
    file.close();
  } catch {
    // Gone, or not readable any more.
  }
  return undefined;
}

function stateOf({ dev, ino, size, mtime }: Deno.FileInfo): string {
  return [dev, ino, size, mtime?.getTime()].join(" ");
}

async function sums(file: Download | undefined): Promise<[string, string][]> {
  if (file === undefined || file.size > MAX_SUMS_BYTES) return [];
  const opened = await file.open();
  if (opened === undefined) return [];
  const text = await new Response(opened.readable).text();
  return [...text.matchAll(/^([0-9a-f]{64}) [ *](\S+)\r?$/gm)].map((
    [, hash = "", name = ""],
  ) => [name, hash]);
}
