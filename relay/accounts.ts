/** The accounts of a relay: names and what SCRAM stores of their passwords. @module */
import type { ScramVerifier } from "../crypto/scram_keys.ts";
import { ACCOUNT_NAME, SCRAM_ITERATIONS } from "../wire/login.ts";

/** An account. */
export interface Account extends ScramVerifier {
  /** In lower case. */
  name: string;
  /** True when nobody may log in by it. */
  disabled: boolean;
  /** True when it may ask for what only an operator may. It has no power over rooms. */
  operator: boolean;
  /** The day it was made, as `2026-11-21`. */
  created: string;
}

/** What may be shown of an account. */
export type AccountInfo = Pick<Account, "name" | "disabled" | "operator" | "created">;

/** Most accounts of a relay. */
export const MAX_ACCOUNTS = 10_000;
/** Fewest and most bytes of an account's salt. */
export const ACCOUNT_SALT: Readonly<{ min: number; max: number }> = { min: 8, max: 64 };

/** Names that nobody can register: the relay's own password goes by it in HTTP calls. */
export const RESERVED_NAMES: readonly string[] = ["admin"];

/** An account's name as it is stored, or `undefined` when it cannot be one. */
export function accountName(text: string): string | undefined {
  const name = text.toLowerCase();
  return ACCOUNT_NAME.test(name) ? name : undefined;
}

/** True when these could be the keys of an account. */
export function areAccountKeys({ salt, iterations, storedKey, serverKey }: ScramVerifier): boolean {
  return salt.length >= ACCOUNT_SALT.min && salt.length <= ACCOUNT_SALT.max &&
    Number.isInteger(iterations) && iterations >= SCRAM_ITERATIONS.min &&
    iterations <= SCRAM_ITERATIONS.max &&
    storedKey.length === 32 && serverKey.length === 32;
}

/** All accounts, in RAM. What changes is told to `onChange`, which saves it. */
export class Accounts {
  /** Told after each change. What saves them resolves to whether that change is on the disk; it never rejects. */
  onChange: (() => void | Promise<boolean>) | undefined;
  /** Told of an account whose logins are void from now on. The desk closes what came in by it. */
  onRevoked: ((name: string) => void) | undefined;
  readonly #accounts = new Map<string, Account>();
  #saving: Promise<boolean> | undefined;

  /** The given accounts. */
  constructor(accounts: Iterable<Account> = []) {
    for (const account of accounts) this.#accounts.set(account.name, account);
  }

  /** How many there are. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Whether the last change gets to the disk; undefined where nothing saves them. */
  get saving(): Promise<boolean> | undefined {
    return this.#saving;
  }

  /** True when there is no room for another. */
  get full(): boolean {
    return this.#accounts.size >= MAX_ACCOUNTS;
  }

  /** An account by its name as stored. */
  get(name: string): Readonly<Account> | undefined {
    return this.#accounts.get(name);
  }

  /** Adds an account; false when its name is taken. Throws `RangeError` on one that cannot be. */
  add(account: Account): boolean {
    const { name } = account;
    if (accountName(name) !== name || RESERVED_NAMES.includes(name) || !areAccountKeys(account)) {
      throw new RangeError("Cannot add an account: its name or its keys cannot be those of one");
    }
    if (this.full) throw new RangeError(`Cannot add an account: there are ${MAX_ACCOUNTS} already`);
    if (this.#accounts.has(account.name)) return false;
    this.#accounts.set(account.name, { ...account, ...copyKeys(account) });
    this.#changed();
    return true;
  }

  /** All of them whole, by name; to be saved, not to be shown. */
  list(): Account[] {
    return [...this.#accounts.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** What may be shown of all of them, by name. */
  show(): AccountInfo[] {
    return this.list().map(({ name, disabled, operator, created }) => ({
      name,
      disabled,
      operator,
      created,
    }));
  }

  /** Shuts an account or opens it again; false when there is none. */
  disable(name: string, disabled: boolean): boolean {
    return this.#change(name, { disabled }, disabled);
  }

  /** Gives an account another password; false when there is none. */
  reset(name: string, keys: ScramVerifier): boolean {
    if (!areAccountKeys(keys)) throw new RangeError("Cannot reset an account: these cannot be its keys");
    return this.#change(name, copyKeys(keys), true);
  }

  /** Makes an account an operator's, or takes that away; false when there is none. */
  promote(name: string, operator: boolean): boolean {
    return this.#change(name, { operator }, false);
  }

  /** Takes an account away; false when there is none. Its name is free again. */
  remove(name: string): boolean {
    if (!this.#accounts.delete(name)) return false;
    this.#changed();
    this.onRevoked?.(name);
    return true;
  }

  #changed(): void {
    this.#saving = this.onChange?.() ?? undefined;
  }

  #change(name: string, change: Partial<Account>, revokes: boolean): boolean {
    const account = this.#accounts.get(name);
    if (account === undefined) return false;
    this.#accounts.set(name, { ...account, ...change });
    this.#changed();
    if (revokes) this.onRevoked?.(name);
    return true;
  }
}

/** Views of a frame must not keep the whole frame. */
function copyKeys({ salt, iterations, storedKey, serverKey }: ScramVerifier): ScramVerifier {
  return { salt: salt.slice(), iterations, storedKey: storedKey.slice(), serverKey: serverKey.slice() };
}
