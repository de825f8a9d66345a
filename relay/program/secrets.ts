/** The secrets that the relay starts with. @module */
import type { Password } from "../../crypto/scram_prepare.ts";
import type { ProgramIo } from "./io.ts";
import { readSecretFile } from "../secret_file.ts";
import type { Configuration } from "./settings.ts";
import { isEmptyVariable } from "./env_file.ts";
import { type SettingName, SETTINGS } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";

const STRENGTH = ["flag", "env", "env-file"];

/** The relay's password from wherever it was said; undefined where there is none. @throws {UsageError} */
export async function relayPassword(
  { settings, sources }: Configuration,
  io: ProgramIo,
): Promise<Password | undefined> {
  const from = (name: SettingName): number => STRENGTH.indexOf(sources.get(name)?.source ?? "default");
  const said = (["password", "passwordFile", "askPassword"] as const)
    .filter((name) => from(name) >= 0 && settings[name] !== false)
    .sort((a, b) => from(a) - from(b))[0];
  if (said === undefined) {
    const empty = [SETTINGS.password.env, SETTINGS.passwordFile.env].find((name) =>
      name !== undefined && isEmptyVariable(name)
    );
    if (empty !== undefined) io.complain(`Warning: ${empty} is set, but empty: this relay has no password.`);
    return undefined;
  }
  if (said === "passwordFile") {
    return await readSecretFile(
      settings.passwordFile ?? "",
      sources.get("passwordFile")?.by ?? "--password-file",
    );
  }
  if (said === "askPassword") return await ask(io, "Password of this relay: ");
  if (sources.get("password")?.source === "flag") {
    io.complain(
      "Warning: --password can be read by everybody on this machine, with `ps`. Use --password-file, " +
        "ADMIN_PASSWORD or --ask-password.",
    );
  }
  return settings.password;
}

/** Asks for a secret; `instead` is the option that names a file with it. @throws {UsageError} When nobody answers. */
export async function ask(io: ProgramIo, question: string, instead = "--password-file"): Promise<Password> {
  let answer: Password | null = null;
  try {
    answer = await io.askSecret?.(question) ?? null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`Cannot ask for the password: ${error.message}; use ${instead}`);
  }
  if (answer === null || answer.length === 0) {
    throw new UsageError(`Cannot go on: no password was typed; start again, or use ${instead}`);
  }
  return answer;
}
