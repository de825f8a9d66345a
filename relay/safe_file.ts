/** Writes a file so that a power cut leaves the old one or the new one, whole. @module */

/** What a write asks of the file system; a test lets any of it fail. */
export interface FileOps {
  /** Makes a file that only its owner may read, which must not exist. */
  create(path: string): Promise<FileHandle>;
  /** Puts a file in the place of another. */
  rename(from: string, to: string): Promise<void>;
  /** Takes a file away. */
  remove(path: string): Promise<void>;
  /** Makes sure that a renaming outlasts a power cut. */
  syncFolder(path: string): Promise<void>;
}

/** A file being written. */
export interface FileHandle {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Waits until they are on the disk. */
  sync(): Promise<void>;
  /** Closes it. */
  close(): void;
}

/** The file system of the machine. */
export const systemFiles: FileOps = {
  create: (path) => Deno.open(path, { createNew: true, write: true, mode: 0o600 }),
  rename: (from, to) => Deno.rename(from, to),
  remove: (path) => Deno.remove(path),
  async syncFolder(path) {
    if (Deno.build.os === "windows") return; // folders cannot be opened there
    const folder = await Deno.open(path, { read: true });
    try {
      await folder.sync();
    } finally {
      folder.close();
    }
  },
};

/** How the name of a file that is not finished ends, after the name that it is to have. */
const UNFINISHED = /^\.new-[0-9a-f]{16}$/;

/** The folder and the name in it that a path stands for. */
export function splitPath(path: string): { folder: string; base: string } {
  const cut = Math.max(path.lastIndexOf("/"), Deno.build.os === "windows" ? path.lastIndexOf("\\") : -1);
  return { folder: cut < 0 ? "." : path.slice(0, cut) || "/", base: path.slice(cut + 1) };
}

/** Writes `bytes` in the place of the file at `path`. When it throws, the file is the old one or the new one. */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  ops: FileOps = systemFiles,
): Promise<void> {
  const random = crypto.getRandomValues(new Uint8Array(8));
  const unfinished = `${path}.new-${
    Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")
  }`;
  const file = await ops.create(unfinished);
  try {
    try {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    } finally {
      file.close();
    }
    await ops.rename(unfinished, path);
  } catch (error) {
    await ops.remove(unfinished).catch(() => {}); // the next start takes it away
    throw error;
  }
  await ops.syncFolder(splitPath(path).folder);
}

/** Takes away what a crash left of files meant for `path`; the file itself is not touched. */
export async function removeUnfinished(path: string, ops: FileOps = systemFiles): Promise<number> {
  const { folder, base } = splitPath(path);
  let removed = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.startsWith(base) || !UNFINISHED.test(name.slice(base.length))) continue;
    await ops.remove(`${folder}/${name}`);
    removed++;
  }
  return removed;
}
