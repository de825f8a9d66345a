/**
 * Accounts as bytes: what an account file seals. All numbers are big-endian.
 *
 *     secret 32 · number of accounts u32 · for each, in the order of their names:
 *       name u16 + ASCII · flags u8 (1 disabled, 2 operator) · day since 1970 u32 ·
 *       iterations u32 · salt u16 + bytes · stored key 32 · server key 32
 *
 * @module
 */
import { type Bytes, FieldReader, FieldWriter, textBytes } from "../wire/bytes.ts";
import { WireError } from "../wire/errors.ts";
import { type Account, ACCOUNT_SALT, accountName, areAccountKeys, MAX_ACCOUNTS } from "./accounts.ts";

/** What an account file holds. */
export interface AccountTable {
  /** 32 bytes from which the salts of accounts that do not exist are made, so that a restart does not tell. */
  secret: Uint8Array;
  /** Sorted by name. */
  accounts: readonly Account[];
}

const SECRET_BYTES = 32;
const FIXED_BYTES = 2 + 1 + 4 + 4 + 2 + 32 + 32;
const DAY_MS = 86_400_000;
/** The last day that has four digits for its year. */
const MAX_DAY = 2_932_896;

/** Most bytes of a table. */
export const MAX_TABLE_BYTES: number = SECRET_BYTES + 4 +
  MAX_ACCOUNTS * (FIXED_BYTES + 32 + ACCOUNT_SALT.max);

/** Bytes of a table. */
export function encodeAccounts({ secret, accounts }: AccountTable): Bytes {
  const length = accounts.reduce((sum, { name, salt }) => sum + FIXED_BYTES + name.length + salt.length, 0);
  const out = new FieldWriter(SECRET_BYTES + 4 + length).bytes(secret, SECRET_BYTES).u32(accounts.length);
  for (const account of accounts) {
    const name = textBytes(account.name);
    out.u16(name.length).bytes(name).u8((account.disabled ? 1 : 0) | (account.operator ? 2 : 0))
      .u32(dayNumber(account.created)).u32(account.iterations).u16(account.salt.length).bytes(account.salt)
      .bytes(account.storedKey, 32).bytes(account.serverKey, 32);
  }
  return out.done();
}

/** Reads a table. @throws {WireError} on anything that `encodeAccounts` does not make. */
export function decodeAccounts(bytes: Uint8Array): { secret: Uint8Array; accounts: Account[] } {
  const reader = new FieldReader(bytes);
  const secret = reader.bytes(SECRET_BYTES).slice();
  const count = reader.u32();
  if (count > MAX_ACCOUNTS) throw malformed("there are too many");
  const accounts: Account[] = [];
  for (let i = 0; i < count; i++) {
    const account = readAccount(reader);
    const before = accounts.at(-1);
    if (before !== undefined && before.name >= account.name) throw malformed("they are not in order");
    accounts.push(account);
  }
  reader.end();
  return { secret, accounts };
}

function readAccount(reader: FieldReader): Account {
  const name = reader.text(32);
  const flags = reader.u8();
  const day = reader.u32();
  const iterations = reader.u32();
  const salt = reader.short(ACCOUNT_SALT.max).slice();
  const storedKey = reader.bytes(32).slice();
  const serverKey = reader.bytes(32).slice();
  const keys = { iterations, salt, storedKey, serverKey };
  if (accountName(name) !== name || flags > 3 || day > MAX_DAY || !areAccountKeys(keys)) {
    throw malformed("one of them cannot be");
  }
  const created = new Date(day * DAY_MS).toISOString().slice(0, 10);
  return { name, disabled: (flags & 1) !== 0, operator: (flags & 2) !== 0, created, ...keys };
}

function dayNumber(day: string): number {
  return Date.parse(day) / DAY_MS;
}

function malformed(why: string): WireError {
  return new WireError("malformed", `Cannot read accounts: ${why}`);
}
