/** Looks through the whole memory of another process. @module */
import { Buffer } from "node:buffer";

const CHUNK = 262_144;
const ZEROS = Buffer.alloc(CHUNK);
const OVERLAP = 256;

/** Whether there is a way to look, on this system. */
export const canReadMemory: boolean = exists("/proc/self/mem") && exists("/proc/self/maps");

/** What a look through a process's memory gives. */
export interface Look {
  /** How often each of the needles was found, by name. */
  found: Map<string, number>;
  /** Bytes looked through. */
  bytes: number;
}

/** Counts `needles`, each at most 256 bytes long, in all that is readable of the memory of process `pid`. */
export function searchMemory(pid: number, needles: ReadonlyMap<string, Uint8Array>): Look {
  const look: Look = { found: new Map([...needles.keys()].map((name) => [name, 0])), bytes: 0 };
  const chunk = Buffer.alloc(CHUNK);
  using memory = Deno.openSync(`/proc/${pid}/mem`);
  for (const { start, end } of readableRegions(pid)) {
    let at = start;
    while (at < end) {
      const view = chunk.subarray(0, Math.min(CHUNK, end - at));
      const length = readAt(memory, at, view);
      if (length === 0) break; // a region of the kernel's, or gone meanwhile
      for (const [name, needle] of isZero(view.subarray(0, length)) ? [] : needles) {
        look.found.set(name, (look.found.get(name) ?? 0) + count(view.subarray(0, length), needle));
      }
      look.bytes += length;
      if (at + length >= end) break;
      at += Math.max(1, length - OVERLAP);
    }
  }
  return look;
}

/** All that is readable, but for what is mapped from a file and cannot be written: that is the program as it is on disk. */
function readableRegions(pid: number): { start: number; end: number }[] {
  return Deno.readTextFileSync(`/proc/${pid}/maps`).split("\n").flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) (r\S+) \S+ \S+ (\d+)/.exec(line);
    if (
      match === null || (match[3]?.[1] !== "w" && match[4] !== "0") ||
      /\[(vvar|vsyscall|vvar_vclock)\]/.test(line)
    ) return [];
    return [{ start: parseInt(match[1] ?? "", 16), end: parseInt(match[2] ?? "", 16) }];
  });
}

function readAt(file: Deno.FsFile, at: number, into: Uint8Array): number {
  try {
    file.seekSync(at, Deno.SeekMode.Start);
    return file.readSync(into) ?? 0;
  } catch {
    return 0;
  }
}

function count(haystack: Buffer, needle: Uint8Array): number {
  let hits = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) hits++;
  return hits;
}

/** Most of what a process has reserved it has never touched. */
function isZero(bytes: Buffer): boolean {
  return bytes[0] === 0 && bytes.compare(ZEROS, 0, bytes.length) === 0;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
