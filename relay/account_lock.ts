/** Keeps two relays from one account file. @module */
import { AccountFileError } from "./account_file_error.ts";

/** A lock that is held. */
export interface AccountLock {
  /** Gives it up. */
  release(): void;
}

/**
 * Locks the account file at `path` by a file of its own beside it, which stays: the system lets go of a lock when
 * the process that holds it ends, however it ends. Throws {@linkcode AccountFileError} `locked` or `unreadable`.
 */
export async function lockAccountFile(path: string): Promise<AccountLock> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(`${path}.lock`, { create: true, write: true, mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "its folder does not exist"
      : "its folder cannot be written";
    throw new AccountFileError("unreadable", `Cannot use ${path}: ${why}`, { cause });
  }
  try {
    if (await file.tryLock(true)) return { release: () => file.close() };
  } catch (cause) {
    file.close();
    const why = "its file system has no locks, so another relay could not be kept from it";
    throw new AccountFileError("unreadable", `Cannot use ${path}: ${why}`, { cause });
  }
  file.close();
  throw new AccountFileError(
    "locked",
    `Cannot use ${path}: another relay uses it; stop that one first, or give this one a file of its own`,
  );
}
