/** Finds and reads the config file. Nothing is ever written, and nobody is asked for a permission. @module */
import { ClientError } from "../../client/errors.ts";
import { readEnv } from "../env.ts";
import { type Config, ConfigError, parseConfig } from "./config_text.ts";

/** Longest config file, in bytes. */
const MAX_BYTES = 65_536;

/** What {@linkcode loadConfig} works with; all of it is the system's, but in tests. */
export interface ConfigSources {
  /** Reads a variable; undefined where it may not be read. */
  env?: (name: string) => string | undefined;
  /** Whether a file may be read without asking. */
  mayRead?: (path: string) => boolean;
  /** Reads a file, at most one byte more than a config may have. */
  read?: (path: string) => Promise<Uint8Array>;
}

/**
 * Loads the config.
 *
 * @param named What `--config` says: a file, `none`, or nothing at all. A file that is named must be there and be read.
 * @throws {ClientError} `bad_config`, status 2, with file, line and reason.
 */
export async function loadConfig(named: string | undefined, sources: ConfigSources = {}): Promise<Config> {
  if (named === "none") return {};
  const { env = readEnv, mayRead = granted, read = readStart } = sources;
  const path = named ?? usualPath(env);
  if (path === null) return {};
  if (!mayRead(path)) {
    if (named === undefined) return {};
    throw refused(path, `Sotto may not read it; put --allow-read=${path} behind "deno run"`);
  }
  let bytes: Uint8Array;
  try {
    bytes = await read(path);
  } catch (cause) {
    if (named === undefined) return {}; // none there is the usual case
    throw refused(
      path,
      cause instanceof Deno.errors.NotFound ? "it does not exist" : "it cannot be read",
      cause,
    );
  }
  if (bytes.length > MAX_BYTES) throw refused(path, `it is longer than ${MAX_BYTES} bytes`);
  try {
    return parseConfig(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof ConfigError) throw refused(path, cause.message, cause);
    throw refused(path, "it is not text in UTF-8", cause);
  }
}

/** `$XDG_CONFIG_HOME/sotto/config`, or `~/.config/sotto/config`; null where neither is known. */
export function usualPath(env: (name: string) => string | undefined): string | null {
  const base = env("XDG_CONFIG_HOME");
  if (base?.startsWith("/")) return `${base}/sotto/config`; // a relative one is to be ignored, says the standard
  const home = env("HOME");
  return home === undefined ? null : `${home}/.config/sotto/config`;
}

function granted(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

async function readStart(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  if (!(await file.stat()).isFile) throw new Error("it is no file");
  const buffer = new Uint8Array(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = await file.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

function refused(path: string, why: string, cause?: unknown): ClientError {
  return new ClientError("bad_config", `Cannot use the config file ${path}: ${why}`, { status: 2, cause });
}
