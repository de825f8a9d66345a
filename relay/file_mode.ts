/** What the mode of a file tells about who may use it. @module */

/**
 * Whether others on this machine may use a file. On Windows the mode tells nothing: Deno says 0666 of every file there,
 * and what keeps others out is the folder, which in a user's home is for that user alone.
 *
 * @param mode As `Deno.stat()` gives it.
 */
export function isOpenToOthers(mode: number | null, os: string = Deno.build.os): boolean {
  return os !== "windows" && mode !== null && (mode & 0o077) !== 0;
}
