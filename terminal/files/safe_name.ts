/** A name for a file on this disk, made of the one that somebody else gave it. @module */

/** Longest name, in bytes of UTF-8: some file systems take no more than 255, and `.part` and a number are added. */
const MAX_BYTES = 200;
// What no file system takes, what hides or turns text around, and what shells and Windows read in their own way.
// Fillers and Braille's blank are no spaces by their kind, and look like them: many push an ending out of sight.
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0<>:"/\\|?*`$&;'!]/gu;
/** Names that are devices on Windows, whatever follows the dot; small raised digits count as digits there. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3]) *(?:\.|$)/i;

/** Makes a name that is shown as it is, hides nothing, names no device and starts no option. */
export function safeFileName(name: string): string {
  const plain = name.toWellFormed().normalize("NFC").replace(UNSAFE, "_").replace(/\s+/gu, " ");
  const trimmed = plain.replace(/^[ .\-~]+/, "").replace(/[ .]+$/, "");
  const named = trimmed === "" ? "file" : DEVICES.test(trimmed) ? `_${trimmed}` : trimmed;
  return shorten(named);
}

/** The same name with a number before its ending, for when the name is taken. */
export function numberedName(name: string, number: number): string {
  const { stem, ending } = split(name);
  return `${stem}-${number}${ending}`;
}

function shorten(name: string): string {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= MAX_BYTES) return name;
  const { stem, ending } = split(name);
  const room = MAX_BYTES - encoder.encode(ending).length;
  let short = "";
  let bytes = 0;
  for (const letter of stem) {
    bytes += encoder.encode(letter).length;
    if (bytes > room) break;
    short += letter;
  }
  return short.replace(/[ .]+$/, "") + ending;
}

/** An ending is short; what is long belongs to the name. */
function split(name: string): { stem: string; ending: string } {
  const match = /^(.+?)((?:\.tar)?\.[^.\s]{1,12})$/u.exec(name);
  return match === null ? { stem: name, ending: "" } : { stem: match[1] ?? "", ending: match[2] ?? "" };
}
