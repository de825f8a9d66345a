/** The commands of JSON mode: one object a line. @module */
import type { SessionCommand } from "../client/commands.ts";
import { ClientError } from "../client/errors.ts";
import type { JoinWords } from "./join_words.ts";
import { nearest } from "./nearest.ts";

/** What a line asks for. */
export type JsonAction =
  | {
    kind: "session";
    command: Exclude<SessionCommand, { command: "leave" }>;
    ref: string | number | undefined;
  }
  | { kind: "join"; words: JoinWords }
  | { kind: "register"; name: string; password: string }
  | { kind: "login"; name: string; password: string }
  | { kind: "list" }
  | { kind: "file"; path: string; to?: string; ref?: string | number }
  | { kind: "save"; id: string; path: string; ref?: string | number }
  | { kind: "leave" | "rejoin" | "help" | "nothing" };

type Type =
  | "string"
  | "text"
  | "boolean"
  | "ref"
  | "limit"
  | "ms"
  | "string?"
  | "text?"
  | "boolean?"
  | "ref?";

const REF = { ref: "ref?" } as const;

/** Every command with its fields; a question mark means that the field may be missing. */
const COMMANDS: Record<string, Record<string, Type>> = {
  send: { text: "string", ...REF },
  me: { text: "string", ...REF },
  msg: { to: "string", text: "string", ...REF },
  reply: { text: "string", id: "string?", ...REF },
  edit: { text: "string", id: "string?", ...REF },
  delete: { id: "string?", ...REF },
  react: { emoji: "string", id: "string?", ...REF },
  file: { path: "string", to: "string?", ...REF },
  save: { id: "string", path: "string", ...REF },
  cancel: { id: "string?", ...REF },
  nick: { nick: "string" },
  who: {},
  verify: { member: "string?", mark: "boolean?" },
  invite: {},
  kick: { member: "string" },
  role: { member: "string", operator: "boolean" },
  lock: {},
  unlock: {},
  limit: { limit: "limit" },
  topic: { text: "text" },
  expire: { ms: "ms" },
  typing: { on: "boolean" },
  away: { text: "text?" },
  back: {},
  privacy: { typing: "boolean?", presence: "boolean?", receipts: "boolean?" },
  public: { name: "string" },
  private: {},
  list: {},
  register: { name: "string", password: "string" },
  login: { name: "string", password: "string" },
  join: { code: "string", password: "string?" },
  rejoin: {},
  reconnect: {},
  leave: {},
  quit: {},
  help: {},
  clear: {},
};

/** Names of all commands. */
export const JSON_COMMANDS: readonly string[] = Object.keys(COMMANDS);

/**
 * Reads a line of JSON mode. Fields that are not known are ignored, so that later versions may add some.
 *
 * @param line One line of input.
 * @throws {ClientError} `bad_command` with a sentence that names the field; the line itself is never repeated.
 */
export function readJsonCommand(line: string): JsonAction {
  if (line.trim() === "") return { kind: "nothing" };
  const given = parse(line);
  const name = given["command"];
  if (typeof name !== "string") throw bad('"command" is missing or no string');
  const fields = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (fields === undefined) {
    const near = nearest(name, JSON_COMMANDS);
    throw bad(`there is no such command${near === undefined ? "" : `; did you mean "${near}"?`}`);
  }
  const command: Record<string, unknown> = { command: name };
  for (const [field, type] of Object.entries(fields)) {
    const value = given[field];
    if (value === undefined && type.endsWith("?")) continue;
    if (!fits(value, type)) throw bad(`"${field}" of ${name} must be ${SHAPES[type]}`);
    command[field] = value;
  }
  if (name === "leave" || name === "quit") return { kind: "leave" };
  if (name === "rejoin" || name === "help") return { kind: name };
  if (name === "list") return { kind: name };
  if (name === "register" || name === "login") {
    return { kind: name, name: String(command["name"]), password: String(command["password"]) };
  }
  if (name === "file" || name === "save") {
    const { command: kind, ...rest } = command;
    return { kind, ...rest } as Extract<JsonAction, { kind: "file" | "save" }>;
  }
  if (name === "clear") return { kind: "nothing" };
  if (name === "join") return { kind: "join", words: command as unknown as JoinWords };
  const ref = fits(given["ref"], "ref") ? given["ref"] as string | number : undefined;
  // Checked field by field above, against a table that has the shape of SessionCommand.
  return { kind: "session", command: command as Extract<JsonAction, { kind: "session" }>["command"], ref };
}

/**
 * What an error is to say of the command that it is about, so that a program knows which of its lines it was: the
 * command's name, and the message and the reference that it named.
 */
export function aboutCommand(command: object): Record<string, string | number> {
  const about: Record<string, string | number> = {};
  for (const field of ["command", "id", "ref"] as const) {
    const value: unknown = Object.hasOwn(command, field)
      ? (command as Record<string, unknown>)[field]
      : undefined;
    if (typeof value === "string" || (field === "ref" && typeof value === "number")) about[field] = value;
  }
  return about;
}

/** The same of a line that was refused; nothing where it is not even an object or names no command that there is. */
export function aboutLine(line: string): Record<string, string | number> {
  try {
    const about = aboutCommand(parse(line));
    return JSON_COMMANDS.includes(String(about["command"])) ? about : {};
  } catch {
    return {};
  }
}

const SHAPES: Record<Type, string> = {
  "string": "a string that is not empty",
  "text": "a string",
  "text?": "a string",
  "string?": "a string that is not empty",
  "boolean": "true or false",
  "boolean?": "true or false",
  "ref": "a string or a number",
  "ref?": "a string or a number",
  "limit": "a whole number of at least 2, or null",
  "ms": "a whole number of milliseconds, or null",
};

function fits(value: unknown, type: Type): boolean {
  switch (type) {
    case "string":
    case "string?":
      return typeof value === "string" && value !== "";
    case "text":
    case "text?":
      return typeof value === "string";
    case "boolean":
    case "boolean?":
      return typeof value === "boolean";
    case "ref":
    case "ref?":
      return typeof value === "string" || typeof value === "number";
    case "ms":
      return value === null || (typeof value === "number" && Number.isSafeInteger(value) && value > 0);
    case "limit":
      return value === null || (typeof value === "number" && Number.isInteger(value) && value >= 2);
  }
}

function parse(line: string): Record<string, unknown> {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch (cause) {
    throw new ClientError("bad_command", "Cannot read this line: it is not JSON", { cause });
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw bad("it is no JSON object");
  return given as Record<string, unknown>;
}

function bad(why: string): ClientError {
  return new ClientError("bad_command", `Cannot carry out this line: ${why}`);
}
