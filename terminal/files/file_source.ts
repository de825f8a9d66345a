/** A file on disk that is offered to a room: read where a part is asked for, and never held as a whole. @module */
import { basename } from "node:path";
import { ClientError } from "../../client/errors.ts";
import type { FileSource } from "../../client/file_giving.ts";
import { expandHome } from "./home.ts";

/**
 * Opens a file to be offered.
 *
 * @param typed Its path as the user wrote it.
 * @throws {ClientError} `unreadable`, with a sentence for the user.
 */
export async function openSource(typed: string): Promise<FileSource> {
  const path = expandHome(typed);
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") {
    throw refused(typed, "Sotto may not read files; start it with --allow-read for it, or with -A");
  }
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) throw refused(typed, info.isDirectory ? "it is a folder" : "it is no ordinary file");
    return new DiskSource(path, info.size);
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw refused(typed, reason(cause), cause);
  }
}

class DiskSource implements FileSource {
  readonly name: string;
  readonly size: number;
  readonly #path: string;
  #file: Promise<Deno.FsFile> | null = null;
  #reading: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(path: string, size: number) {
    this.#path = path;
    this.name = basename(path);
    this.size = size;
  }

  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const next = this.#reading.then(() => this.#read(at, length)); // one file has one position
    this.#reading = next.catch(() => {});
    return next;
  }

  close(): void {
    this.#closed = true;
    void this.#reading.then(() => this.#file).then((file) => file?.close(), () => {});
  }

  async #read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#closed) throw new Error("Cannot read: the file is closed");
    this.#file ??= Deno.open(this.#path, { read: true });
    const file = await this.#file;
    await file.seek(at, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }
}

function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "it does not exist";
  if (cause instanceof Deno.errors.PermissionDenied) return "you may not read it";
  return "it cannot be read";
}

function refused(path: string, why: string, cause?: unknown): ClientError {
  return new ClientError("unreadable", `Cannot offer ${path}: ${why}`, { cause });
}
