/** What can be done with an account file while no relay uses it. @module */
import type { Password } from "../../crypto/scram_prepare.ts";
import { AccountFile } from "../account_file.ts";
import { AccountFileError } from "../account_file_error.ts";
import { accountName, Accounts, RESERVED_NAMES } from "../accounts.ts";
import { makeVerifier } from "../password.ts";
import type { ProgramIo } from "./io.ts";
import { UsageError } from "../usage_error.ts";

/** One of the actions. */
export type AccountAction = "list" | "add" | "disable" | "enable" | "remove" | "reset" | "password";

/** An action, as help shows it. */
export interface Action {
  about: string;
  /** Whether it is about one account. */
  named: boolean;
  /** What to ask for when it takes a new password. */
  asks?: string;
}

/** All actions. */
export const ACCOUNT_ACTIONS: Readonly<Record<AccountAction, Action>> = {
  list: { about: "show all accounts", named: false },
  add: { about: "make an account", named: true, asks: "Password of the new account" },
  disable: { about: "let nobody in by an account", named: true },
  enable: { about: "let its owner in again", named: true },
  remove: { about: "take an account away; its name is free again", named: true },
  reset: { about: "give an account another password", named: true, asks: "New password of the account" },
  password: {
    about: "change the password that seals the file",
    named: false,
    asks: "New password of the relay",
  },
};

/** What is to be done. */
export interface AccountChange {
  action: AccountAction;
  /** The account; empty where the action is about none. */
  name: string;
  operator: boolean;
  path: string;
  /** The password that seals the file. */
  password: Password;
  newPassword: Password | undefined;
  /** The day. @default today */
  today?: string;
}

/** Does it and says so. Returns the exit status: 0 done, 1 there is no such account. @throws {UsageError} */
export async function changeAccounts(change: AccountChange, io: ProgramIo): Promise<number> {
  const { action, path, password, newPassword = "" } = change;
  const name = ACCOUNT_ACTIONS[action].named ? nameOf(change.name) : "";
  try {
    const file = await AccountFile.open(path, password, { create: action === "add" });
    try {
      if (action === "password") {
        await file.changePassword(newPassword);
        io.print("The file is sealed with the new password; start the relay with that from now on.");
        return 0;
      }
      const accounts = new Accounts(file.accounts);
      const problem = await apply({ ...change, name }, accounts, io);
      if (problem !== undefined) {
        io.complain(problem);
        return 1;
      }
      if (action !== "list") await file.save(accounts.list());
      return 0;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof AccountFileError)) throw error;
    throw new UsageError(
      error.code === "locked" ? `Cannot use ${path}: ${locked(action, name)}` : error.message,
    );
  }
}

/** What to type instead while a relay has the file. */
function locked(action: AccountAction, name: string): string {
  if (action === "password") {
    return "a relay uses it now, and goes on with the password that it was started with; stop it first";
  }
  const live = action === "list" ? "accounts" : `account-${action} ${name}`;
  return `a relay uses it now; ask that relay with \`server.ts ${live}\`, which takes a relay that runs with ` +
    "--admin-socket, or stop it first";
}

/** Changes accounts in RAM; returns why that cannot be. */
async function apply(change: AccountChange, accounts: Accounts, io: ProgramIo): Promise<string | undefined> {
  const { action, name, operator, newPassword = "" } = change;
  const missing = `There is no account ${name}; \`server.ts admin list\` shows all.`;
  const done = (ok: boolean, said: string): string | undefined => {
    if (ok) io.print(said);
    return ok ? undefined : missing;
  };
  switch (action) {
    case "list":
      io.print(showAccounts(accounts.show()));
      return undefined;
    case "add": {
      if (RESERVED_NAMES.includes(name)) {
        return `Nobody can have the name ${name}: it stands for the relay's own password; choose another name.`;
      }
      if (accounts.get(name) !== undefined) {
        return `There is an account ${name} already; choose another name.`;
      }
      const created = change.today ?? new Date().toISOString().slice(0, 10);
      const keys = await makeVerifier(newPassword);
      return done(accounts.add({ name, ...keys, disabled: false, operator, created }), `Added ${name}.`);
    }
    case "disable":
      return done(accounts.disable(name, true), `Disabled ${name}.`);
    case "enable":
      return done(accounts.disable(name, false), `Enabled ${name}.`);
    case "remove":
      return done(accounts.remove(name), `Removed ${name}.`);
    case "reset":
      return done(accounts.reset(name, await makeVerifier(newPassword)), `${name} has a new password.`);
    case "password":
      return undefined;
  }
}

function nameOf(text: string): string {
  const name = accountName(text);
  if (name !== undefined) return name;
  throw new UsageError(
    "Cannot use that name: write 1 to 32 letters, digits, dots, dashes, beginning with a letter or digit",
  );
}

/** A table of accounts. */
export function showAccounts(
  accounts: readonly { name: string; created: string; operator: boolean; disabled: boolean }[],
): string {
  if (accounts.length === 0) return "There are no accounts.";
  const width = Math.max(...accounts.map(({ name }) => name.length));
  return accounts.map(({ name, created, operator, disabled }) =>
    `${name.padEnd(width)}  ${created}${operator ? "  operator" : ""}${disabled ? "  disabled" : ""}`
  ).join("\n");
}
