/** IP addresses as certificates carry them. @module */

/** The 4 or 16 bytes of an IP address; undefined for anything else, an address with a zone included. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split(".").map(Number);
    return parts.every((part) => part < 256) ? Uint8Array.from(parts) : undefined;
  }
  if (!text.includes(":") || !URL.canParse(`http://[${text}]`)) return undefined;
  // A URL writes it in one way: hexadecimal, at most one "::".
  const plain = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const groups = (part: string): number[] => part === "" ? [] : part.split(":").map((g) => parseInt(g, 16));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}
