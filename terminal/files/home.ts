/** Paths as people write them. @module */
import { readEnv } from "../env.ts";

/** `~/plan.pdf` with the home folder in place of `~`, where that is known. */
export function expandHome(path: string): string {
  const home = path === "~" || path.startsWith("~/") ? readEnv("HOME") : undefined;
  return home === undefined ? path : home + path.slice(1);
}
