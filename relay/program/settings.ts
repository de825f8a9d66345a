/** What is in force: flags over the environment, the environment over an env file, that over defaults. @module */
import type { Limits } from "../../wire/mod.ts";
import type { Lookup } from "./env_file.ts";
import type { Setting } from "./setting.ts";
import { ALL_SETTINGS, type SettingName, type Settings } from "./settings_table.ts";
import { UsageError } from "../usage_error.ts";

/** Where a value comes from. */
export type Source = "flag" | "env" | "env-file" | "default";

/** Something said about a setting: by which name, and what. */
export interface Said {
  by: string;
  given: string;
}

/** What the command line says, by setting. */
export type Flags = ReadonlyMap<SettingName, Said>;

/** All settings and where each comes from. */
export interface Configuration {
  settings: Settings;
  sources: ReadonlyMap<SettingName, { source: Source; by: string }>;
}

/** Where settings are looked for. */
export interface Places {
  flags: Flags;
  env: Lookup;
  /** An env file, by its path. */
  file?: { path: string; variables: ReadonlyMap<string, string> } | undefined;
}

/** Reads all settings. @throws {UsageError} On the first that cannot be used. */
export function configure(places: Places): Configuration {
  const values: Partial<Record<SettingName, unknown>> = {};
  const sources = new Map<SettingName, { source: Source; by: string }>();
  for (const [name, its] of ALL_SETTINGS) {
    const found = find(name, its, places);
    values[name] = found === undefined ? its.fallback : read(its, found);
    sources.set(name, {
      source: found?.source ?? "default",
      by: found?.by ?? its.flag?.split(" ")[0] ?? name,
    });
  }
  return { settings: values as unknown as Settings, sources };
}

interface Found extends Said {
  source: Source;
  file?: string;
}

function find(
  name: SettingName,
  { env }: Setting<unknown>,
  { flags, env: lookup, file }: Places,
): Found | undefined {
  const flag = flags.get(name);
  if (flag !== undefined) return { source: "flag", ...flag };
  if (env === undefined) return undefined;
  const variable = lookup(env);
  if (variable !== undefined) return { source: "env", by: env, given: variable };
  const inFile = file?.variables.get(env) || undefined;
  if (inFile === undefined || file === undefined) return undefined;
  return { source: "env-file", by: env, given: inFile, file: file.path };
}

function read({ read, secret }: Setting<unknown>, { source, by, given, file }: Found): unknown {
  try {
    return read(given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const shown = secret ? "" : `${source === "flag" ? " " : "="}${plain(given)}`;
    throw new UsageError(
      `Cannot use ${by}${shown}${file === undefined ? "" : ` of ${file}`}: ${error.message}`,
    );
  }
}

/** A value on one line, short, and without what a terminal would obey. */
function plain(given: string): string {
  // deno-lint-ignore no-control-regex
  const shown = given.replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
  return shown === "" ? "''" : shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

/** The limits among the settings. */
export function limitsOf(settings: Settings): Partial<Limits> {
  const limits: Partial<Limits> = {};
  for (const [name, { limit }] of ALL_SETTINGS) {
    if (limit !== undefined) limits[limit] = settings[name] as number;
  }
  return limits;
}
