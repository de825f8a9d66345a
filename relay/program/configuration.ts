/** Reads all settings from where they may stand. @module */
import { processEnv, readEnvFile } from "./env_file.ts";
import { type Configuration, configure, type Flags } from "./settings.ts";
import { ALL_SETTINGS, SETTINGS } from "./settings_table.ts";

/** Settings from flags, the environment, and the env file that the flags name. @throws {UsageError} */
export async function configuration(flags: Flags): Promise<Configuration> {
  const path = flags.get("envFile")?.given;
  const secrets = ALL_SETTINGS.flatMap(([, { env, secret }]) => secret && env !== undefined ? [env] : []);
  const file = path === undefined
    ? undefined
    : { path: SETTINGS.envFile.read(path) ?? path, variables: await readEnvFile(path, secrets) };
  return configure({ flags, env: processEnv(), file });
}
