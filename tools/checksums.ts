/** `SHA256SUMS`: what `sha256sum --check` reads. @module */
import { createHash } from "node:crypto";
import { basename } from "node:path";

/** A file with its hash. */
export interface Sum {
  name: string;
  /** In bytes. */
  size: number;
  /** 64 hex digits. */
  sha256: string;
}

/** Hashes a file, piece by piece. */
export async function sumOf(path: string): Promise<Sum> {
  const hash = createHash("sha256");
  let size = 0;
  using file = await Deno.open(path);
  const piece = new Uint8Array(1 << 20);
  for (let count = await file.read(piece); count !== null; count = await file.read(piece)) {
    hash.update(piece.subarray(0, count));
    size += count;
  }
  return { name: basename(path), size, sha256: hash.digest("hex") };
}

/** Writes `SHA256SUMS` of these files, which lie in the folder. @returns The sums, sorted by name. */
export async function writeChecksums(folder: string, paths: readonly string[]): Promise<Sum[]> {
  const sums: Sum[] = [];
  for (const path of paths) sums.push(await sumOf(path));
  sums.sort((a, b) => a.name < b.name ? -1 : 1);
  await Deno.writeTextFile(
    `${folder}/SHA256SUMS`,
    sums.map(({ sha256, name }) => `${sha256}  ${name}\n`).join(""),
  );
  return sums;
}
