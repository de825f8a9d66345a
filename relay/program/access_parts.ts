/** Who may come in, as the settings say: the relay's password, tokens, accounts. @module */
import { CryptoError } from "../../crypto/errors.ts";
import { checkNewPassword, type Password } from "../../crypto/scram_prepare.ts";
import { AccessDesk } from "../access_desk.ts";
import { AccessTokens } from "../access_tokens.ts";
import { AccountFile } from "../account_file.ts";
import { AccountFileError } from "../account_file_error.ts";
import { accountName, Accounts, RESERVED_NAMES } from "../accounts.ts";
import type { Audit } from "../audit.ts";
import { systemClock } from "../clock.ts";
import { makeVerifier, PasswordVerifier } from "../password.ts";
import { AccountSaver } from "./account_saver.ts";
import type { ProgramIo } from "./io.ts";
import { ask } from "./secrets.ts";
import type { Settings } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";

/** What it is made of. */
export interface AccessPartsOptions {
  settings: Settings;
  /** The relay's password. */
  password: Password;
  io: ProgramIo;
  audit: Audit;
}

/** Who may come in. */
export interface AccessParts {
  desk: AccessDesk;
  tokens: AccessTokens;
  accounts: Accounts | undefined;
  /** The file of the accounts. */
  file: AccountFile | undefined;
  /** Saves what is to be saved. */
  close(): Promise<void>;
}

const SHORT_PASSWORD = "Warning: the relay's password has fewer than 8 characters, and can be guessed. " +
  "Make one with: openssl rand -base64 18";

/** Opens the desk, and the account file if there is to be one. @throws {UsageError} When it cannot be used. */
export async function openAccess(
  { settings, password, io, audit }: AccessPartsOptions,
): Promise<AccessParts> {
  const verifier = await PasswordVerifier.create(password, { iterations: settings.passwordIterations });
  if (unfitAsNew(password) !== undefined) io.complain(SHORT_PASSWORD);
  const file = settings.accounts === undefined ? undefined : await openFile(settings.accounts, password);
  try {
    const { accounts, saver } = file === undefined ? {} : await readAccounts(file, { settings, io });
    const tokens = new AccessTokens();
    const { registration, requireAccount: accountOnly } = settings;
    const secret = file?.secret;
    const desk = new AccessDesk({
      password: verifier,
      tokens,
      accounts,
      secret,
      registration,
      accountOnly,
      audit,
    });
    const stopSweeping = tokens.keepSweeping(systemClock);
    const close = async (): Promise<void> => {
      stopSweeping();
      await saver?.close();
      await file?.close();
    };
    return { desk, tokens, accounts, file, close };
  } catch (error) {
    await file?.close();
    throw error;
  }
}

async function openFile(path: string, password: Password): Promise<AccountFile> {
  try {
    return await AccountFile.open(path, password);
  } catch (error) {
    throw error instanceof AccountFileError ? new UsageError(`${error.message} (--accounts)`) : error;
  }
}

/** The accounts of a file, which saves what changes of them. */
async function readAccounts(
  file: AccountFile,
  { settings, io }: Pick<AccessPartsOptions, "settings" | "io">,
): Promise<{ accounts: Accounts; saver: AccountSaver }> {
  const accounts = new Accounts(file.accounts);
  if (settings.operator !== undefined && await addOperator(accounts, settings, io)) {
    await file.save(accounts.list());
  }
  const saver = new AccountSaver({ file, list: () => accounts.list(), io });
  accounts.onChange = () => saver.save();
  return { accounts, saver };
}

/** Makes the operator's account at first start; false when there is one. */
async function addOperator(accounts: Accounts, settings: Settings, io: ProgramIo): Promise<boolean> {
  const text = settings.operator ?? "";
  const name = accountName(text);
  if (name === undefined || RESERVED_NAMES.includes(name)) {
    throw new UsageError(
      `Cannot use --operator ${text}: write 1 to 32 letters, digits, dots, dashes; and not admin, which is the ` +
        "relay's own password",
    );
  }
  const known = accounts.get(name);
  if (known?.operator === true) return false;
  if (known !== undefined) {
    throw new UsageError(
      `Cannot use --operator ${name}: somebody else has an account of this name; choose another`,
    );
  }
  const password = settings.operatorPassword ??
    await ask(io, `Password of the operator's account ${name}: `, "OPERATOR_PASSWORD");
  const unfit = unfitAsNew(password);
  if (unfit !== undefined) {
    throw new UsageError(unfit.replace("this password", `the password of --operator ${name}`));
  }
  const keys = await makeVerifier(password);
  if (typeof password === "object") password.fill(0);
  accounts.add({
    name,
    ...keys,
    disabled: false,
    operator: true,
    created: new Date().toISOString().slice(0, 10),
  });
  io.print(`Operator:      ${name}, for the admin's HTTP calls; it has no power over rooms`);
  return true;
}

/** Why this may not be a new password; undefined where it may. */
function unfitAsNew(password: Password): string | undefined {
  try {
    checkNewPassword(password);
    return undefined;
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return error.message;
  }
}
