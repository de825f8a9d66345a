/** The sealed file that accounts are kept in. @module */
import { type AccountTable, decodeAccounts, encodeAccounts } from "./account_codec.ts";
import type { Password } from "../crypto/scram_prepare.ts";
import { AccountFileError, type AccountFileErrorCode } from "./account_file_error.ts";
import { type AccountLock, lockAccountFile } from "./account_lock.ts";
import {
  deriveSealKey,
  MAX_FILE_BYTES,
  openSealed,
  readSealed,
  SEAL_COST,
  type SealCost,
  type SealKey,
  sealTable,
} from "./account_seal.ts";
import type { Account } from "./accounts.ts";
import { isOpenToOthers } from "./file_mode.ts";
import { type FileOps, removeUnfinished, replaceFile, splitPath, systemFiles } from "./safe_file.ts";
import { sameBytes, sha256 } from "./hashing.ts";

/** Settings of {@linkcode AccountFile.open}; a test owns them. */
export interface AccountFileOptions {
  /** Cost of the key of a new file, or of a new password. @default 64 MiB, 3 passes */
  cost?: SealCost;
  /** Whether a file that does not exist is made. @default true */
  create?: boolean;
  /** The file system. @default the machine's */
  files?: FileOps;
}

/** An account file in use. It is locked until it is closed. */
export class AccountFile {
  /** Where it is. */
  readonly path: string;
  /** True when there was none before. */
  readonly created: boolean;
  /** The accounts as they were read. */
  readonly accounts: readonly Account[];
  /** 32 bytes that stay the same for as long as the file does. */
  readonly secret: Uint8Array;
  readonly #lock: AccountLock;
  readonly #files: FileOps;
  readonly #cost: SealCost;
  #key: SealKey;
  #known: Uint8Array | undefined;
  #latest: readonly Account[];
  /** What is being written, and all that waits behind it; never rejects. */
  #tail: Promise<unknown> = Promise.resolve();
  /** The save that has not begun. */
  #waiting: Promise<void> | undefined;
  #closed = false;

  private constructor(state: Opened, lock: AccountLock, options: Required<AccountFileOptions>) {
    this.path = state.path;
    this.created = state.known === undefined;
    this.accounts = state.table.accounts;
    this.secret = state.table.secret;
    this.#lock = lock;
    this.#files = options.files;
    this.#cost = options.cost;
    this.#key = state.key;
    this.#known = state.known;
    this.#latest = state.table.accounts;
  }

  /**
   * Opens the file, or makes it. A file that cannot be trusted is refused and left as it is.
   *
   * @throws {AccountFileError} with a sentence for the operator.
   */
  static async open(
    path: string,
    password: Password,
    options: AccountFileOptions = {},
  ): Promise<AccountFile> {
    const settings = { cost: SEAL_COST, create: true, files: systemFiles, ...options };
    const place = await realPlace(path);
    const lock = await lockAccountFile(place);
    try {
      const file = new AccountFile(await read(place, password, settings), lock, settings);
      if (file.created) await file.save([]);
      await removeUnfinished(place, settings.files).catch(() => {}); // they do no harm
      return file;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Saves all accounts. Saves follow one another; of those that wait only the last is written.
   *
   * @throws {AccountFileError} `unsaved` or `changed`; what was saved before is whole.
   */
  save(accounts: readonly Account[]): Promise<void> {
    if (this.#closed) return Promise.reject(refuse(this.path, "closed", "it is closed"));
    this.#latest = accounts;
    return this.#waiting ??= this.#inTurn(() => {
      this.#waiting = undefined;
      return this.#replace(this.#key);
    });
  }

  /**
   * Seals the file with a key from another password. When it throws, the old password holds, unless the disk failed
   * after the new file was in place.
   */
  async changePassword(next: Password): Promise<void> {
    const key = await deriveSealKey(next, this.#cost);
    if (this.#closed) throw refuse(this.path, "closed", "it is closed");
    await this.#inTurn(() => this.#replace(key));
  }

  /** Waits for what is being saved and lets others have the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#tail;
    this.#lock.release();
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(run);
    this.#tail = done.catch(() => {});
    return done;
  }

  async #replace(key: SealKey): Promise<void> {
    const bytes = await sealTable(
      key,
      encodeAccounts({ secret: this.secret, accounts: sorted(this.#latest) }),
    );
    await this.#checkUntouched();
    try {
      await replaceFile(this.path, bytes, this.#files);
    } catch (cause) {
      // The renaming may have been done: then the file is the new one.
      const now = await Deno.readFile(this.path).catch(() => undefined);
      if (now !== undefined && sameBytes(now, bytes)) this.#taken(key, bytes);
      throw refuse(
        this.path,
        "unsaved",
        "it could not be written, so that changes are lost at the end",
        cause,
      );
    }
    this.#taken(key, bytes);
  }

  #taken(key: SealKey, bytes: Uint8Array): void {
    this.#key = key;
    this.#known = sha256(bytes);
  }

  /** A copy that somebody has put back must not be lost to what this relay remembers. */
  async #checkUntouched(): Promise<void> {
    const now = await readIfThere(this.path);
    if (now === undefined || (this.#known !== undefined && sameBytes(sha256(now), this.#known))) return;
    throw refuse(
      this.path,
      "changed",
      "another program has changed it since this relay read it; restart the relay to use it as it is now",
    );
  }
}

interface Opened {
  path: string;
  key: SealKey;
  table: AccountTable;
  /** Hash of the file's bytes; without it there was no file. */
  known: Uint8Array | undefined;
}

async function read(
  path: string,
  password: Password,
  options: Required<AccountFileOptions>,
): Promise<Opened> {
  await checkPrivate(path);
  const bytes = await readIfThere(path);
  if (bytes === undefined) {
    if (!options.create) throw refuse(path, "unreadable", "there is no such file");
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const key = await deriveSealKey(password, options.cost);
    return { path, key, table: { secret, accounts: [] }, known: undefined };
  }
  const file = readSealed(bytes, path);
  const key = await deriveSealKey(password, file.cost, file.salt);
  const table = await openSealed(key, file);
  if (table === undefined) throw refuse(path, "sealed", "the password is wrong or the file was changed");
  try {
    return { path, key, table: decodeAccounts(table), known: sha256(bytes) };
  } catch (cause) {
    throw refuse(path, "version", "what is sealed in it is not of this version of the program", cause);
  } finally {
    table.fill(0);
  }
}

/** Where a link leads: the file itself is replaced, not the link. */
async function realPlace(path: string): Promise<string> {
  const { folder, base } = splitPath(path);
  try {
    return await Deno.realPath(path);
  } catch {
    const real = await Deno.realPath(folder).catch(() => folder);
    return real === "/" ? `/${base}` : `${real}/${base}`;
  }
}

async function checkPrivate(path: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined) return;
  if (!info.isFile) throw refuse(path, "foreign", "it is not a file");
  if (info.size > MAX_FILE_BYTES) throw refuse(path, "foreign", "it is too large for an account file");
  if (isOpenToOthers(info.mode)) {
    throw refuse(path, "permissions", `others on this machine may read it; run chmod 600 ${path}`);
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw refuse(path, "unreadable", "the system does not let this program read it", cause);
  }
}

function sorted(accounts: readonly Account[]): Account[] {
  return [...accounts].sort((a, b) => a.name < b.name ? -1 : 1);
}

function refuse(path: string, code: AccountFileErrorCode, why: string, cause?: unknown): AccountFileError {
  return new AccountFileError(
    code,
    `Cannot use ${path}: ${why}`,
    cause === undefined ? undefined : { cause },
  );
}
