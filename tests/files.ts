/** Files in memory, for tests of giving and getting them. */
import type { FileSink } from "../client/file_getting.ts";
import type { FileSource } from "../client/file_giving.ts";
import type { Person } from "./helpers.ts";

/** Bytes that are never the same twice in a row. */
export function bytesOfLength(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A file in memory. */
export class MemorySource implements FileSource {
  readonly name: string;
  bytes: Uint8Array<ArrayBuffer>;
  readonly size: number;
  closed = false;
  reads = 0;
  /** Reads are never answered. */
  stuck = false;

  constructor(name: string, bytes: Uint8Array<ArrayBuffer>) {
    this.name = name;
    this.bytes = bytes;
    this.size = bytes.length;
  }

  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.closed) return Promise.reject(new Error("closed"));
    this.reads++;
    if (this.stuck) return new Promise(() => {});
    return Promise.resolve(this.bytes.slice(at, at + length));
  }

  close(): void {
    this.closed = true;
  }
}

/** A place in memory. */
export class MemorySink implements FileSink {
  readonly pieces: Uint8Array<ArrayBuffer>[] = [];
  state: "open" | "done" | "aborted" = "open";
  full = Infinity;

  get bytes(): Uint8Array {
    const out = new Uint8Array(this.pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.bytes.length + bytes.length > this.full) return Promise.reject(new Error("the disk is full"));
    this.pieces.push(bytes);
    return Promise.resolve();
  }

  done(): Promise<string> {
    this.state = "done";
    return Promise.resolve("/somewhere");
  }

  abort(): void {
    this.state = "aborted";
  }
}

/** Offers a file and gives the id of the message that does. */
export async function offers(person: Person, source: MemorySource, to?: string): Promise<string> {
  const before = person.events.of("offered").length;
  await person.run({ command: "file", source, ...(to === undefined ? {} : { to }) });
  return person.events.of("offered")[before]?.id ?? "";
}

/** Waits until somebody has been told of an offer, and fetches it; the place that it goes to. */
export async function fetches(person: Person, id: string): Promise<MemorySink> {
  await person.events.until("message", (event) => event.id === id);
  const sink = new MemorySink();
  await person.run({ command: "save", id, sink });
  return sink;
}

/** Waits until a fetch has ended, and says how. */
export async function ending(person: Person, id: string): Promise<string> {
  const event = await person.events.until(
    "file",
    (event) => event.id === id && event.state !== "getting" && event.state !== "waiting",
    60_000,
  );
  return "message" in event ? `${event.state}: ${event.message}` : event.state;
}
