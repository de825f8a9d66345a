/** Which version this is, and of which commit. @module */
import config from "../../deno.json" with { type: "json" };

/** The version, such as `0.1.0`. */
export const VERSION: string = config.version;

/**
 * The commit from which a bundle or a binary was made, as the build wrote it into it; "" in a checkout, where git
 * knows better.
 */
export const COMMIT: string = builtFrom();

/** What `--version` prints: `0.1.0`, or `0.1.0 (4470fcc3b1d2)` for what was built. */
export function versionLine(commit: string = COMMIT): string {
  return commit === "" ? VERSION : `${VERSION} (${commit})`;
}

function builtFrom(): string {
  const said: unknown = Reflect.get(globalThis, Symbol.for("sotto.commit"));
  return typeof said === "string" ? said : "";
}
