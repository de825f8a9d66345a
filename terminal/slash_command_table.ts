/** The slash commands: how each is typed, what it does, how its words are read. @module */
import type { SessionCommand } from "../client/commands.ts";
import { ClientError } from "../client/errors.ts";
import { COMMAND_EXAMPLES } from "./command_examples.ts";
import { bare, type FindMessage, firstWord, withTarget } from "./command_words.ts";
import { parseDuration } from "./duration.ts";
import { joinWords, splitWords } from "./join_words.ts";
import type { LineAction } from "./line_action.ts";

/** One slash command. */
export interface SlashCommand {
  /** How it is typed. */
  usage: string;
  /** What it does, in a line. */
  does: string;
  /** Reads what follows the command's name. */
  read: (rest: string, find: FindMessage) => LineAction;
}

const session = (command: SessionCommand): LineAction => ({ kind: "session", command });

/** All of them by name. */
export const SLASH_COMMANDS: Record<string, SlashCommand> = {
  help: {
    usage: "/help [command]",
    does: "show the commands",
    read: (rest) => ({ kind: "help", about: rest }),
  },
  who: { usage: "/who", does: "list the members", read: () => session({ command: "who" }) },
  nick: {
    usage: "/nick <name>",
    does: "change your nickname",
    read: (rest) => session({ command: "nick", nick: required(rest, "nick") }),
  },
  me: {
    usage: "/me <does something>",
    does: "say what you do: * alice waves",
    read: (rest) => session({ command: "me", text: required(rest, "me") }),
  },
  msg: {
    usage: "/msg <nick> <text>",
    does: "say something to one member alone",
    read: (rest) => {
      const [to, text] = firstWord(rest);
      return session({ command: "msg", to: required(to, "msg"), text: required(text, "msg") });
    },
  },
  reply: {
    usage: "/reply [#number] <text>",
    does: "answer a message; the last of another without a number",
    read: (rest, find) => {
      const [target, text] = withTarget(rest, find);
      return session({ command: "reply", text: required(text, "reply"), ...target });
    },
  },
  edit: {
    usage: "/edit [#number] <text>",
    does: "change what you said; your last message without a number",
    read: (rest, find) => {
      const [target, text] = withTarget(rest, find);
      return session({ command: "edit", text: required(text, "edit"), ...target });
    },
  },
  delete: {
    usage: "/delete [#number]",
    does: "take back what you said; your last message without a number",
    read: (rest, find) => {
      const [target, text] = withTarget(rest, find);
      if (text !== "") throw usage("delete");
      return session({ command: "delete", ...target });
    },
  },
  react: {
    usage: "/react [#number] <emoji>",
    does: "react to a message; the last of another without a number",
    read: (rest, find) => {
      const [target, emoji] = withTarget(rest, find);
      return session({ command: "react", emoji: required(emoji, "react"), ...target });
    },
  },
  file: {
    usage: "/file <path> [@nick]",
    does: "offer a file, to all or to one member; only who saves it gets it",
    read: (rest) => {
      const [, path = "", to] = /^(.*?)(?:\s+@(\S+))?$/.exec(rest) ?? [];
      return { kind: "file", path: required(path.trim(), "file"), ...(to === undefined ? {} : { to }) };
    },
  },
  save: {
    usage: "/save #<number> [path]",
    does: "fetch the file that a message offers; here, or to a path",
    read: (rest, find) => {
      const [{ id }, path] = withTarget(rest, find);
      if (id === undefined) throw usage("save");
      return { kind: "save", id, ...(path === "" ? {} : { path }) };
    },
  },
  cancel: {
    usage: "/cancel [#number]",
    does: "stop fetching or offering a file; alone, what is still being read",
    read: (rest, find) => {
      const [{ id }, more] = withTarget(rest, find);
      if (more !== "") throw usage("cancel");
      return session(id === undefined ? { command: "cancel" } : { command: "cancel", id });
    },
  },
  verify: {
    usage: "/verify [nick] [yes|no]",
    does: "show safety words; yes after you have compared them with nick",
    read: (rest) => {
      const [member, answer, ...more] = splitWords(rest);
      if (more.length > 0 || (answer !== undefined && !/^(?:yes|no)$/i.test(answer))) throw usage("verify");
      if (member === undefined) return session({ command: "verify" });
      return session({
        command: "verify",
        member: bare(member),
        ...(answer === undefined ? {} : { mark: /^yes$/i.test(answer) }),
      });
    },
  },
  invite: {
    usage: "/invite",
    does: "show the invite link and the codes",
    read: () => session({ command: "invite" }),
  },
  kick: {
    usage: "/kick <nick>",
    does: "put a member out and change the codes (operators)",
    read: (rest) => session({ command: "kick", member: bare(required(rest, "kick")) }),
  },
  role: {
    usage: "/role <nick> operator|member",
    does: "make or unmake an operator (operators)",
    read: (rest) => {
      const [member, role, ...more] = splitWords(rest);
      if (member === undefined || more.length > 0 || !/^(?:operator|member)$/i.test(role ?? "")) {
        throw usage("role");
      }
      return session({ command: "role", member: bare(member), operator: /^operator$/i.test(role ?? "") });
    },
  },
  lock: { usage: "/lock", does: "let nobody new in (operators)", read: () => session({ command: "lock" }) },
  unlock: {
    usage: "/unlock",
    does: "let people in again (operators)",
    read: () => session({ command: "unlock" }),
  },
  limit: {
    usage: "/limit <number>|off",
    does: "most members at a time (operators)",
    read: (rest) => {
      if (/^(?:off|none)$/i.test(rest)) return session({ command: "limit", limit: null });
      if (!/^\d{1,9}$/.test(rest)) throw usage("limit"); // which numbers will do, the session says
      return session({ command: "limit", limit: Number(rest) });
    },
  },
  topic: {
    usage: "/topic [text]",
    does: "set the topic; without text, remove it (operators)",
    read: (rest) => session({ command: "topic", text: rest }),
  },
  expire: {
    usage: "/expire <time>|off",
    does: "what is said from now on disappears: 30s, 10m, 24h (operators)",
    read: (rest) => {
      if (/^(?:off|none)$/i.test(rest)) return session({ command: "expire", ms: null });
      const days = /^(\d{1,3})d$/i.exec(rest);
      const ms = days === null ? parseDuration(rest) : Number(days[1]) * 86_400_000;
      if (ms === undefined || ms === 0) throw usage("expire");
      return session({ command: "expire", ms });
    },
  },
  away: {
    usage: "/away [text]",
    does: "tell the others that you are away",
    read: (rest) => session({ command: "away", text: rest }),
  },
  back: {
    usage: "/back",
    does: "tell the others that you are here again",
    read: () => session({ command: "back" }),
  },
  privacy: {
    usage: "/privacy [typing|presence on|off]",
    does: "whether typing and away are sent and shown",
    read: (rest) => {
      const [what, how, ...more] = splitWords(rest.toLowerCase());
      if (what === undefined) return session({ command: "privacy" });
      if (more.length > 0 || (how !== "on" && how !== "off")) throw usage("privacy");
      if (what === "typing") return session({ command: "privacy", typing: how === "on" });
      if (what === "presence") return session({ command: "privacy", presence: how === "on" });
      if (what === "receipts") return session({ command: "privacy", receipts: how === "on" });
      throw usage("privacy");
    },
  },
  public: {
    usage: "/public <name>",
    does: "list the room at the relay, for anyone there (operators)",
    read: (rest) => session({ command: "public", name: required(rest, "public") }),
  },
  private: {
    usage: "/private",
    does: "take the room off that list (operators)",
    read: () => session({ command: "private" }),
  },
  list: { usage: "/list", does: "show the public rooms of the relay", read: () => ({ kind: "list" }) },
  join: {
    usage: "/join <code> | <name> [password] | #<number>",
    does: "leave this room and enter another, such as number 2 of /list",
    read: (rest) => ({ kind: "join", words: joinWords(splitWords(rest)) }),
  },
  rejoin: {
    usage: "/rejoin",
    does: "leave this room and enter it again by the same code",
    read: () => ({ kind: "rejoin" }),
  },
  reconnect: {
    usage: "/reconnect",
    does: "try now to get a lost connection back",
    read: () => session({ command: "reconnect" }),
  },
  register: {
    usage: "/register <name> <password>",
    does: "make an account at the relay",
    read: (rest) => ({ kind: "register", ...account(rest, "register") }),
  },
  login: {
    usage: "/login <name> <password>",
    does: "check an account at the relay, and use it from now on",
    read: (rest) => ({ kind: "login", ...account(rest, "login") }),
  },
  leave: { usage: "/leave", does: "leave the room and stay at the prompt", read: () => ({ kind: "leave" }) },
  quit: { usage: "/quit", does: "leave the room and end Sotto", read: () => ({ kind: "quit" }) },
  clear: { usage: "/clear", does: "empty the screen", read: () => ({ kind: "clear" }) },
};

/** Refuses a command that is used wrongly, and says how it is typed. */
export function usage(name: string): ClientError {
  return misused(name, SLASH_COMMANDS[name]?.usage ?? "");
}

/** The same of any command: how it is typed, with an example where it takes words. */
export function misused(name: string, usage: string): ClientError {
  const example = COMMAND_EXAMPLES[name]?.[0];
  const such = example === undefined || usage === `/${name}` ? "" : `, such as ${example}`;
  return new ClientError("usage", `Cannot do /${name} like that: type ${usage}${such}`);
}

function required(text: string, name: string): string {
  if (text === "") throw usage(name);
  return text;
}

function account(rest: string, command: string): { name: string; password: string } {
  const [name, password] = firstWord(rest);
  return { name: required(name, command), password: required(password, command) };
}
