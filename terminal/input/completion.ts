/** What Tab offers: commands, nicknames, emoji, and what a command takes. @module */
import { sanitize } from "../sanitize.ts";
import { carriesSecret } from "./secret_lines.ts";

/** A slash command, as far as completion is concerned. */
export interface CommandWords {
  /** Its name without the slash. */
  name: string;
  /** How it is typed. */
  usage?: string;
  /** What it does, in a line. */
  does?: string;
}

/** What can be completed. */
export interface CompletionSources {
  /** Slash commands. */
  commands: readonly CommandWords[];
  /** Nicknames of those who are here. */
  nicks: readonly string[];
  /** Emoji by name, see `emoji_names.ts`. */
  emoji: ReadonlyMap<string, string>;
  /** Names of rooms for `/join`, where the relay has listed any. */
  rooms?: readonly string[];
}

/** One choice of the menu. */
export interface CompletionItem {
  /** What the menu shows, cleaned for the screen: `/kick`, `@alice`, `👍 :thumbsup:`. */
  label: string;
  /** What it puts in, with the space behind it. */
  insert: string;
  /** A line of help beside it. */
  detail?: string;
}

/** What can stand in place of a part of the text. */
export interface Completion {
  /** What kind of thing it is. */
  kind: "command" | "nick" | "emoji" | "room" | "path" | "word";
  /** Where the replaced part begins, in UTF-16 units. */
  from: number;
  /** Where it ends. */
  to: number;
  /** At least one, best first. */
  items: CompletionItem[];
}

/** Most choices of one menu. */
export const MAX_ITEMS = 50;

/** Commands whose first word is a nickname; what each takes as its second word. */
const TAKES_NICK: Readonly<Record<string, readonly string[]>> = {
  msg: [],
  kick: [],
  role: ["operator", "member"],
  verify: ["yes", "no"],
};
const TAKES_COMMAND = "help";
const TAKES_ROOM = "join";

/** Choices for a word. */
type Choices = Omit<Completion, "from" | "to">;

/**
 * Finds what could be meant at the cursor.
 *
 * @param text The text being written.
 * @param cursor Where the cursor stands, in UTF-16 units.
 * @param sources What there is.
 * @returns The choices; null when nothing fits.
 */
export function complete(text: string, cursor: number, sources: CompletionSources): Completion | null {
  const before = text.slice(0, cursor);
  // A name is taken up to the next space, so that one completed in its middle is not left doubled.
  const to = cursor + (/^[^\s:]*/.exec(text.slice(cursor))?.[0].length ?? 0);
  const word = /\S*$/.exec(before)?.[0] ?? "";
  // Nothing is guessed at a code or a password; the name of a listed room is neither.
  if (carriesSecret(before) && /\s/.test(before.trimStart()) && !/^\/join\s+\S*$/i.test(before)) return null;
  const found = (word.startsWith("@") ? null : ofCommand(before, sources)) ?? ofWord(word, before, sources);
  if (found === null || found.choices.items.length === 0) return null;
  const { kind, items } = found.choices;
  const ahead = text[to] === " " ? to + 1 : to; // the space that is put in is not doubled
  return { kind, from: cursor - found.length, to: ahead, items: items.slice(0, MAX_ITEMS) };
}

/** What stands in place of the last `length` units. */
interface Found {
  length: number;
  choices: Choices;
}

/** The command itself, or what it takes. A text that begins with two slashes is no command. */
function ofCommand(before: string, sources: CompletionSources): Found | null {
  const match = /^\/([^\s/]*)(?:(\s+)([\s\S]*))?$/.exec(before);
  if (match === null) return null;
  const [, name = "", space, rest = ""] = match;
  if (space === undefined) return { length: before.length, choices: commands(name, sources.commands, "/") };
  const words = rest.split(/\s+/);
  const last = words.at(-1) ?? "";
  const found = (choices: Choices): Found => ({ length: last.length, choices });
  const command = name.toLowerCase();
  if (command === TAKES_COMMAND && words.length === 1) {
    return found(commands(last.replace(/^\//, ""), sources.commands, ""));
  }
  if (command === TAKES_ROOM && words.length === 1) {
    return found({
      kind: "room",
      items: starting(sources.rooms ?? [], last).map((room) => item(room, `${room} `)),
    });
  }
  const second = Object.hasOwn(TAKES_NICK, command) ? TAKES_NICK[command] : undefined;
  if (second === undefined || words.length > 2) return null;
  if (words.length === 1) {
    return found({
      kind: "nick",
      items: starting(sources.nicks, last).map((nick) => item(nick, `${nick} `)),
    });
  }
  if (second.length === 0) return null;
  return found({ kind: "word", items: starting(second, last).map((one) => item(one, `${one} `)) });
}

function commands(typed: string, known: readonly CommandWords[], slash: "/" | ""): Choices {
  const by = new Map(known.map((command) => [command.name, command]));
  const items = starting([...by.keys()], typed).map((name): CompletionItem => {
    const { usage, does } = by.get(name) ?? {};
    const detail = [usage, does].filter((part) => part !== undefined).join("  ");
    return { ...item(slash + name, `${slash}${name} `), ...(detail === "" ? {} : { detail }) };
  });
  return { kind: "command", items };
}

/** `@nick` and `:emoji`; a bare word is a nickname only when it has a letter. */
function ofWord(word: string, before: string, sources: CompletionSources): Found | null {
  const mention = /(?:^|[\s(["'])@([^\s@]*)$/.exec(before);
  if (mention !== null) {
    const typed = mention[1] ?? "";
    const items = starting(sources.nicks, typed).map((nick) => item(`@${nick}`, `@${nick} `));
    return { length: typed.length + 1, choices: { kind: "nick", items } };
  }
  const named = /(?:^|[^\p{L}\p{N}:]):([\p{L}\p{N}_+-]+)$/u.exec(before);
  if (named !== null) {
    const typed = named[1] ?? "";
    const names = matching([...sources.emoji.keys()], typed);
    const items = names.map((name) => {
      const emoji = sources.emoji.get(name) ?? "";
      return item(`${emoji} :${name}:`, `${emoji} `);
    });
    return { length: typed.length + 1, choices: { kind: "emoji", items } };
  }
  if (!/[\p{L}\p{N}]/u.test(word)) return null;
  const items = starting(sources.nicks, word).map((nick) =>
    item(nick, `${nick}${word === before ? ": " : " "}`)
  );
  return { length: word.length, choices: { kind: "nick", items } };
}

function item(label: string, insert: string): CompletionItem {
  return { label: sanitize(label), insert };
}

const fold = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** Names that begin as typed, whatever the case and the accents; as they came. A nickname is one word. */
function starting(names: readonly string[], typed: string): string[] {
  const start = fold(typed.replace(/^@/, ""));
  const fitting = names.filter((name) => name !== "" && !/\s/.test(name) && fold(name).startsWith(start));
  return [...new Set(fitting)].slice(0, MAX_ITEMS);
}

/** Names that begin as typed first, shorter ones before longer ones, then those with it behind a `_`. */
function matching(names: readonly string[], typed: string): string[] {
  const start = fold(typed);
  const first = names.filter((name) => name.startsWith(start)).sort((a, b) => a.length - b.length);
  return [...first, ...names.filter((name) => name.includes(`_${start}`))].slice(0, MAX_ITEMS);
}
