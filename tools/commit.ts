/**
 * Which commit is being built.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/**
 * The commit that is checked out, 12 digits, with `-changed` behind it if tracked files differ from it.
 *
 * @returns What the variable `SOTTO_COMMIT` says (for a build without git's folder), or git, or "" if neither knows.
 */
export async function commitOf(folder = ROOT): Promise<string> {
  const said = Deno.env.get("SOTTO_COMMIT");
  if (said !== undefined) return isCommit(said) ? said : "";
  const head = await git(folder, "rev-parse", "--short=12", "HEAD");
  if (head === undefined || !isCommit(head)) return "";
  const changes = await git(folder, "status", "--porcelain", "--untracked-files=no");
  return changes === "" ? head : `${head}-changed`;
}

/**
 * When the commit was made, in milliseconds: the time of a build that comes out the same tomorrow.
 *
 * @returns What the variable `SOURCE_DATE_EPOCH` says, or git, or 0 if neither knows.
 */
export async function commitTime(folder = ROOT): Promise<number> {
  const seconds = Deno.env.get("SOURCE_DATE_EPOCH") ?? await git(folder, "log", "-1", "--format=%ct") ?? "";
  return /^\d{1,11}$/.test(seconds) ? Number(seconds) * 1_000 : 0;
}

/** Whether this is a commit as {@linkcode commitOf} writes one. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{7,40}(-changed)?$/.test(text);
}

async function git(cwd: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args, cwd, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
