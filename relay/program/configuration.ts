/** Reads all settings from where they may stand. @module */
import { misspelt, processEnv, readEnvFile } from "./env_file.ts";
import { type Configuration, configure, type Flags } from "./settings.ts";
import { ALL_SETTINGS, SETTINGS } from "./settings_table.ts";

/** Settings from flags, the environment, and the env file that the flags name; `warn` hears of slips there. @throws {UsageError} */
export async function configuration(flags: Flags, warn: (text: string) => void): Promise<Configuration> {
  const path = flags.get("envFile")?.given;
  const secrets = ALL_SETTINGS.flatMap(([, { env, secret }]) => secret && env !== undefined ? [env] : []);
  const file = path === undefined
    ? undefined
    : { path: SETTINGS.envFile.read(path) ?? path, variables: await readEnvFile(path, secrets) };
  const known = ALL_SETTINGS.flatMap(([, { env }]) => env === undefined ? [] : [env]);
  for (const slip of misspelt(file?.variables.keys() ?? [], known)) warn(`Warning: In ${path}, ${slip}`);
  return configure({ flags, env: processEnv(), file });
}
