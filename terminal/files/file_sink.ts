/**
 * Where a file that is fetched goes on disk. It is written beside its place under another name, which ends in `.part`,
 * and gets its own when all of it has come and is what was offered. Nothing that is there already is written over.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { ClientError } from "../../client/errors.ts";
import type { FileSink } from "../../client/file_getting.ts";
import { expandHome } from "./home.ts";
import { numberedName, safeFileName } from "./safe_name.ts";

/** How many names are tried where the user has given none. */
const MAX_NAMES = 1_000;

/**
 * Finds the place for a file.
 *
 * @param offered The name that its owner gave it.
 * @param typed The path that the user gave; a folder, or nothing, takes the offered name, made safe.
 * @throws {ClientError} `unwritable` or `exists`, with a sentence for the user.
 */
export async function openSink(offered: string, typed: string | undefined): Promise<FileSink> {
  const wanted = typed === undefined ? "." : expandHome(typed);
  for (const name of ["read", "write"] as const) {
    if (Deno.permissions.querySync({ name, path: wanted }).state === "granted") continue;
    throw refused(
      typed ?? offered,
      "Sotto may not write files; start it with --allow-read and --allow-write for the folder, or with -A",
    );
  }
  const there = await lookAt(wanted, typed ?? offered);
  if (there === "folder") {
    const name = safeFileName(offered);
    const next = (): Promise<string> => freeName(wanted, name);
    return new DiskSink(await next(), next);
  }
  if (there === "file") {
    throw new ClientError("exists", `Cannot save to ${wanted}: there is one already. Give another name`);
  }
  return new DiskSink(wanted, null);
}

class DiskSink implements FileSink {
  /** Where the user has named a folder only: another name there, when somebody else was faster. */
  readonly #next: (() => Promise<string>) | null;
  #path: string;
  #part = "";
  #file: Deno.FsFile | null = null;
  #over = false;

  constructor(path: string, next: (() => Promise<string>) | null) {
    this.#path = path;
    this.#next = next;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = await this.#open();
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at)).catch(unwritable);
  }

  async done(): Promise<string> {
    const file = await this.#open();
    await file.sync().catch(unwritable);
    while (!await moved(this.#part, this.#path)) {
      if (this.#next === null) {
        throw new Error(`${this.#path} is there by now; save it again under another name`);
      }
      this.#path = await this.#next();
    }
    this.#over = true;
    file.close();
    return this.#path;
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#file === null) return;
    this.#file.close();
    try {
      Deno.removeSync(this.#part);
    } catch { /* somebody else has taken it away */ }
  }

  async #open(): Promise<Deno.FsFile> {
    if (this.#over) throw new Error("it is no longer wanted");
    if (this.#file !== null) return this.#file;
    const file = await this.#create();
    if (this.#over) { // given up while it was being opened
      file.close();
      await Deno.remove(this.#part).catch(() => {});
      throw new Error("it is no longer wanted");
    }
    return this.#file = file;
  }

  async #create(): Promise<Deno.FsFile> {
    for (;;) {
      this.#part = `${this.#path}.part`;
      try {
        return await Deno.open(this.#part, { write: true, createNew: true, mode: 0o600 });
      } catch (cause) {
        if (this.#next === null || !(cause instanceof Deno.errors.AlreadyExists)) return unwritable(cause);
        this.#path = await this.#next();
      }
    }
  }
}

/** Gives a file its name, unless there is something of that name, also since the last look. */
async function moved(part: string, path: string): Promise<boolean> {
  try {
    await Deno.link(part, path);
    await Deno.remove(part).catch(() => {});
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return false;
  }
  // Not every file system has links.
  if (await lookAt(path, path) !== "nothing") return false;
  await Deno.rename(part, path).catch(unwritable);
  return true;
}

async function freeName(folder: string, name: string): Promise<string> {
  for (let number = 1; number <= MAX_NAMES; number++) {
    const path = join(folder, number === 1 ? name : numberedName(name, number));
    const free = await lookAt(path, path) === "nothing" && await lookAt(`${path}.part`, path) === "nothing";
    if (free) return path;
  }
  throw new ClientError("exists", `Cannot save ${name}: there are too many of that name. Give another name`);
}

async function lookAt(path: string, named: string): Promise<"nothing" | "file" | "folder"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw refused(named, "you may not look there", cause);
  }
  try {
    await Deno.lstat(path);
    return "file"; // a link that leads nowhere
  } catch {
    const folder = await Deno.stat(dirname(path)).catch(() => null);
    if (folder?.isDirectory !== true) throw refused(named, "there is no such folder");
    return "nothing";
  }
}

function unwritable(cause: unknown): never {
  const why = cause instanceof Deno.errors.PermissionDenied
    ? "you may not write there"
    : cause instanceof Deno.errors.AlreadyExists
    ? "a file of the same name that ends in .part is there already"
    : cause instanceof Error && /no space|ENOSPC/i.test(cause.message)
    ? "the disk is full"
    : "it cannot be written";
  throw new Error(why, { cause });
}

function refused(path: string, why: string, cause?: unknown): ClientError {
  return new ClientError("unwritable", `Cannot save ${path}: ${why}`, { cause });
}
