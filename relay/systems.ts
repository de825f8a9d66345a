/** Which program a file is for which system, by its name: `sotto-0.1.0-x86_64-unknown-linux-gnu`. @module */

/** A compiled program. */
export interface Build {
  /** Its name, such as `sotto`. */
  program: string;
  /** Its version. */
  version: string;
  /** What it was compiled for, as compilers call it. */
  target: string;
  /** The same in words. */
  system: string;
  /** Whose commands fetch it. */
  family: "linux" | "macos" | "windows";
}

const NAME =
  /^(sotto(?:-relay)?)-(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.]+)?)-((x86_64|aarch64)-[a-z0-9_]+-([a-z0-9_-]+?))(?:\.exe)?$/;
const MACHINES: Readonly<Record<string, string>> = { x86_64: "x86-64", aarch64: "ARM 64" };
const FAMILIES = { linux: "Linux", macos: "macOS", windows: "Windows" } as const;

/** Reads the name of a file; undefined when it is no compiled program. */
export function buildOf(name: string): Build | undefined {
  const [, program, version, target, machine = "", rest = ""] = NAME.exec(name) ?? [];
  if (program === undefined || version === undefined || target === undefined) return undefined;
  const family = rest.startsWith("linux") ? "linux" : rest === "darwin" ? "macos" : "windows";
  if (family === "windows" && !rest.startsWith("windows")) return undefined;
  const system = `${FAMILIES[family]}, ${MACHINES[machine]}${machineNote(family, machine)}`;
  return { program, version, target, system, family };
}

function machineNote(family: Build["family"], machine: string): string {
  if (family === "macos") return machine === "aarch64" ? " (Apple silicon)" : " (Intel)";
  return machine === "x86_64" ? " (Intel, AMD)" : "";
}
