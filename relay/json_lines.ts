/** Lines of text from a stream of bytes. @module */

const NEWLINE = 10;

/** The lines of a stream without their ends; `undefined`, once and last, for one that is longer than `most` bytes. */
export async function* readLines(
  from: { read(into: Uint8Array): Promise<number | null> },
  most: number,
): AsyncGenerator<string | undefined> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(16_384);
  let parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const count = await from.read(chunk);
    if (count === null) return;
    let rest = chunk.slice(0, count);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      if (length + end > most) return yield undefined;
      yield decoder.decode(joined([...parts, rest.subarray(0, end)]));
      [parts, length] = [[], 0];
      rest = rest.subarray(end + 1);
    }
    length += rest.length;
    if (length > most) return yield undefined;
    parts.push(rest);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
