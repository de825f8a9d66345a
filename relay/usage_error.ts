/** What a person got wrong in asking for something. @module */

/** A wrong option, variable, file or command; its message is one sentence that names it and the fix. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
