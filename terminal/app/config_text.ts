/** What stands in a config file: `key = value` lines, read strictly. @module */
import { parseDuration } from "../duration.ts";
import { type KeyConfig, KeyMap, KeyMapError } from "../input/key_map.ts";
import { nearest } from "../nearest.ts";
import { type ThemeName, THEMES } from "../screen/theme.ts";
import type { CallFor } from "./attention.ts";

/** What a user has chosen; what is missing stays as it is by default. */
export interface Config {
  theme?: ThemeName;
  nick?: string;
  bell?: CallFor;
  notifications?: CallFor;
  mouse?: boolean;
  /** Hints for new users. */
  hints?: boolean;
  /** Whether the members are shown where there is space. */
  members?: boolean;
  /** Locks the screen after so many milliseconds without a key. */
  lockMs?: number;
  /** Whether others are told that one is typing; whether they are told that one has come back to the keyboard. */
  typing?: boolean;
  presence?: boolean;
  /** Keys by action. */
  keys?: KeyConfig;
}

/** A line that cannot be used. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Its number, from 1. */
  readonly line: number;

  /** Makes one; `why` is a sentence without a full stop. */
  constructor(line: number, why: string) {
    super(`line ${line}: ${why}`);
    this.line = line;
  }
}

const CALLS: readonly CallFor[] = ["off", "mentions", "all"];
const BIND = "bind.";
const MAX_LINES = 1_000;
const MIN_LOCK_MS = 10_000;

type Reader = (config: Config, value: string) => void;

/** Every setting with what it takes; a reader throws a text that says what is wrong. */
const SETTINGS: Readonly<Record<string, Reader>> = {
  theme: (config, value) => config.theme = oneOf(value, THEMES),
  nick: (config, value) => config.nick = value,
  bell: (config, value) => config.bell = oneOf(value, CALLS),
  notifications: (config, value) => config.notifications = oneOf(value, CALLS),
  mouse: (config, value) => config.mouse = onOff(value),
  hints: (config, value) => config.hints = onOff(value),
  members: (config, value) => config.members = onOff(value),
  lock: (config, value) => {
    if (value === "off") return;
    const ms = parseDuration(value);
    if (ms === undefined || ms < MIN_LOCK_MS) throw "use a time of 10s or more, such as 5m, or off";
    config.lockMs = ms;
  },
  "privacy.typing": (config, value) => config.typing = onOff(value),
  "privacy.presence": (config, value) => config.presence = onOff(value),
};

/**
 * Reads a config.
 *
 * @param text The file: `key = value` lines; what begins with `#` is a remark, also behind a value and a space.
 * @throws {ConfigError} For the first line that cannot be used.
 */
export function parseConfig(text: string): Config {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  if (lines.length > MAX_LINES) {
    throw new ConfigError(MAX_LINES + 1, `there are more than ${MAX_LINES} lines`);
  }
  const config: Config = {};
  const keys: Record<string, string[]> = {};
  const seen = new Map<string, number>();
  lines.forEach((line, index) => {
    const number = index + 1;
    const bare = line.trim();
    if (bare === "" || bare.startsWith("#")) return;
    const [, key, value] = /^([a-z0-9_.]+)\s*=\s*(\S.*)$/i.exec(bare.replace(/\s+#\s.*$/, "")) ?? [];
    if (key === undefined || value === undefined) throw new ConfigError(number, shape(bare));
    const name = key.toLowerCase();
    const before = seen.get(name);
    if (before !== undefined) throw new ConfigError(number, `${name} stands in line ${before} already`);
    seen.set(name, number);
    if (name.startsWith(BIND)) keys[name.slice(BIND.length)] = readKeys(value);
    else setOne(config, name, value, number);
  });
  if (Object.keys(keys).length > 0) config.keys = checked(keys, seen);
  return config;
}

function setOne(config: Config, name: string, value: string, line: number): void {
  const reader = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (reader === undefined) {
    const near = nearest(name, [...Object.keys(SETTINGS), "bind.<action>"]);
    throw new ConfigError(
      line,
      `there is no setting ${JSON.stringify(name)}${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  try {
    reader(config, value);
  } catch (why) {
    if (typeof why !== "string") throw why;
    throw new ConfigError(line, `${name} cannot be ${JSON.stringify(value)}: ${why}`);
  }
}

/** Keys are parted by commas; `none` takes them all away. A comma itself is written as `,` alone or after a modifier. */
function readKeys(value: string): string[] {
  if (value.toLowerCase() === "none") return [];
  return value.split(/(?<=[^\s,+-]),\s*/).map((key) => key.trim()).filter((key) => key !== "");
}

function checked(keys: Record<string, string[]>, seen: ReadonlyMap<string, number>): KeyConfig {
  try {
    KeyMap.from(keys);
    return keys;
  } catch (error) {
    if (!(error instanceof KeyMapError)) throw error;
    const entry = [error.entry, ...Object.keys(keys)].find((name) =>
      seen.has(BIND + name) && (name === error.entry || name.endsWith(`.${error.entry}`))
    );
    throw new ConfigError(seen.get(BIND + (entry ?? "")) ?? 1, error.message.replace(/^Cannot /, "cannot "));
  }
}

function shape(line: string): string {
  return /^[a-z0-9_.]+\s*=\s*$/i.test(line)
    ? "there is no value behind ="
    : "it does not read key = value; remarks begin with #";
}

function oneOf<T extends string>(value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value.toLowerCase());
  if (found === undefined) throw `use ${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
  return found;
}

function onOff(value: string): boolean {
  return oneOf(value, ["on", "off"]) === "on";
}
