/** One range of bytes of a file (RFC 9110 §14). @module */

/** A part of a file: its first byte and how many there are. */
export interface Span {
  start: number;
  length: number;
}

/**
 * Reads a `Range` header.
 *
 * @param header What the request says.
 * @param size The size of the file.
 * @returns The part; `"none"` when no byte of the file is in it; undefined when the whole file is to be sent, as for
 * several ranges at once and for what cannot be read.
 */
export function readRange(header: string | null, size: number): Span | "none" | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "none" : { start: size - length, length };
  }
  const start = Number(from);
  if (to !== "" && Number(to) < start) return undefined;
  if (start >= size) return "none";
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return { start, length: end - start + 1 };
}

/** Whether `If-None-Match` names this tag, whatever its strength. */
export function namesTag(header: string | null, tag: string): boolean {
  if (header === null) return false;
  return header.split(",").map((each) => each.trim().replace(/^W\//, "")).some((each) =>
    each === tag || each === "*"
  );
}
