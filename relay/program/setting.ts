/** What one setting of the relay is. @module */
import type { Limits } from "../../wire/mod.ts";

/** Headings under which `--help` and `.env.example` list settings. */
export const GROUPS = [
  "Listening",
  "TLS",
  "Who may come in",
  "Limits",
  "Pages and files",
  "Seeing and steering",
  "About this program",
] as const;

/** One setting: its names, what it means, and how it is read. */
export interface Setting<T> {
  /** Where help lists it. */
  group: (typeof GROUPS)[number];
  /** The flag as help shows it, such as `--host <host>`; none for what only the environment may say. */
  flag?: string;
  /** Other names of the flag. */
  aliases?: readonly string[];
  /** The variable, in the environment or in an env file. */
  env?: string;
  /** What it is for. */
  about: string;
  /** Its value when nobody says anything. */
  fallback: T;
  /** Reads its text. Throws `RangeError` with what would be right. It may know the `words` that there are. */
  read: ((given: string) => T) & { readonly words?: readonly string[] };
  /** Its value as text. @default `String` */
  show?: (value: T) => string;
  /** Its value must never be shown. */
  secret?: true;
  /** The flag may be given again and again; the variable has commas. */
  many?: true;
  /** The limit of the wire that it is. */
  limit?: keyof Limits;
  /** A value for `.env.example` where there is no default. */
  example?: string;
}

/** Says that a setting is of one type. */
export function setting<T>(its: Setting<T>): Setting<T> {
  return its;
}
