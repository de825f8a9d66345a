/** Saves accounts whenever they change, and again when that has failed. @module */
import { AccountFileError } from "../account_file_error.ts";
import type { Account } from "../accounts.ts";
import { type RelayClock, systemClock } from "../clock.ts";
import type { ProgramIo } from "./io.ts";

/** How long until a save that has failed is tried again, in milliseconds. */
export const AGAIN_MS = 30_000;

/** What is saved, and where. */
export interface AccountSaverOptions {
  /** An `AccountFile`. */
  file: { readonly path: string; save(accounts: readonly Account[]): Promise<void> };
  /** All accounts as they are now. */
  list: () => Account[];
  io: Pick<ProgramIo, "print" | "complain">;
  /** Timers. @default the machine's */
  clock?: RelayClock;
}

/** Keeps the file as the accounts are. */
export class AccountSaver {
  readonly #options: AccountSaverOptions;
  readonly #clock: RelayClock;
  #unsaved = false;
  #timer: unknown;

  /** For one file, which holds all accounts now. */
  constructor(options: AccountSaverOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Saves; tells the operator once when it cannot be, and once when it could be after all. Never rejects.
   *
   * @returns Whether what there was when it was called is on the disk.
   */
  async save(): Promise<boolean> {
    const { file, list, io } = this.#options;
    try {
      await file.save(list());
      if (this.#unsaved) io.print(`All accounts are saved again (${file.path}).`);
      this.#unsaved = false;
      return true;
    } catch (error) {
      const known = error instanceof AccountFileError;
      if (!this.#unsaved) io.complain(known ? `${error.message}.` : `Cannot save ${file.path}.`);
      this.#unsaved = true;
      this.#timer ??= this.#clock.setTimer(() => {
        this.#timer = undefined;
        void this.save();
      }, AGAIN_MS);
      return false;
    }
  }

  /** The last try, where one has failed. */
  async close(): Promise<void> {
    if (this.#unsaved) await this.save();
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
