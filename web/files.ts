/** Files of the browser: chosen ones to offer, and fetched ones, which are kept in memory until they are whole. @module */
import { ClientError, type FileSink, type FileSource } from "../client/mod.ts";
import { safeFileName } from "../terminal/files/safe_name.ts";

/** Most bytes that a file may have to be fetched here: all of it is in memory. */
export const MAX_FETCH = 256 * 1_048_576;

/** A file that was chosen. */
export function sourceOf(file: File): FileSource {
  return {
    name: file.name,
    size: file.size,
    read: async (at, length) => new Uint8Array(await file.slice(at, at + length).arrayBuffer()),
    close: () => {},
  };
}

/**
 * Takes a file that is offered.
 *
 * @param name The name that its owner gave it.
 * @param hand Hands the whole of it to the user, under a safe name.
 */
export function sinkOf(
  name: string,
  hand: (bytes: Uint8Array<ArrayBuffer>[], name: string) => void,
): FileSink {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  return {
    async write(bytes) {
      size += bytes.length;
      if (size > MAX_FETCH) {
        throw await new ClientError(
          "too_large",
          "it is too large for a browser page; fetch it in the terminal",
        );
      }
      parts.push(new Uint8Array(bytes));
    },
    async done() {
      const safe = safeFileName(name);
      hand(parts, safe);
      parts = [];
      return await `${safe}, where your browser keeps downloads`;
    },
    abort() {
      parts = [];
    },
  };
}

/** Lets the browser save bytes: a type that nothing is shown as. */
export function download(parts: Uint8Array<ArrayBuffer>[], name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
