/** Why a file that somebody has named cannot be read. @module */

/**
 * Words it.
 *
 * @param cause What reading it threw.
 * @param path The file.
 * @returns What follows on its name: `does not exist`.
 */
export function whyUnreadable(cause: unknown, path: string): string {
  if (cause instanceof Deno.errors.NotFound) return "does not exist";
  if (cause instanceof Deno.errors.NotCapable) {
    return `may not be read by Deno: put --allow-read=${path} behind "deno run"`;
  }
  if (cause instanceof Deno.errors.PermissionDenied) return "may not be read by you";
  if (cause instanceof Deno.errors.IsADirectory) return "is a folder";
  return "cannot be read";
}
