/** The systems for which binaries are made, and which of them a file is for. @module */

/** A system as compilers call it. */
export type Target = (typeof TARGETS)[number];

/** All of them. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** Whether binaries are made for it. */
export function isTarget(text: string): text is Target {
  return TARGETS.some((target) => target === text);
}

/** How the file of a program is called: with version and system. */
export function fileName(program: string, version: string, target: Target): string {
  return `${program}-${version}-${target}${target.includes("windows") ? ".exe" : ""}`;
}

/** Enough of a file to tell what it is for. */
const HEAD_BYTES = 4_096;

const ELF: Readonly<Record<number, Target>> = {
  62: "x86_64-unknown-linux-gnu",
  183: "aarch64-unknown-linux-gnu",
};
const MACH_O: Readonly<Record<number, Target>> = {
  0x01000007: "x86_64-apple-darwin",
  0x0100000c: "aarch64-apple-darwin",
};
const PE: Readonly<Record<number, Target>> = { 0x8664: "x86_64-pc-windows-msvc" };

/** Which system a program is for, as its first bytes say. */
export function targetOf(head: Uint8Array): Target | undefined {
  if (head.length < 64) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0) === 0x7f454c46) return ELF[view.getUint16(18, true)];
  if (view.getUint32(0, true) === 0xfeedfacf) return MACH_O[view.getUint32(4, true)]; // of 64 bits
  const at = view.getUint16(0) === 0x4d5a ? view.getUint32(0x3c, true) : Infinity; // MZ, then PE
  if (at + 6 > head.length || view.getUint32(at) !== 0x50450000) return undefined;
  return PE[view.getUint16(at + 4, true)];
}

/** Which system a file on disk is for; undefined too where there is none. */
export async function targetOfFile(path: string): Promise<Target | undefined> {
  try {
    using file = await Deno.open(path);
    const head = new Uint8Array(HEAD_BYTES);
    return targetOf(head.subarray(0, await file.read(head) ?? 0));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
