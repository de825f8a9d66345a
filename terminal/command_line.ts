/** The client's command line. @module */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { ClientError } from "../client/errors.ts";
import { addCompletions, type CompletionsWish } from "../relay/program/shell/completions_command.ts";
import { joinWords } from "./join_words.ts";
import { nearest } from "./nearest.ts";
import {
  address,
  duration,
  fingerprint,
  hostAndPort,
  limitOf,
  MINUTE,
  port,
  publicName,
  SECOND,
  themeName,
} from "./option_values.ts";
import { type ThemeName, THEMES } from "./screen/theme.ts";
import { versionLine } from "../relay/program/version.ts";

/** Options that every way of starting takes. */
export interface CommonOptions {
  /** The relay's address as it was written, when one was named. */
  relay?: string | undefined;
  /** Speak TLS to the relay and nothing else. */
  ssl: boolean;
  /** File with the certificates of the issuers to trust. */
  ca?: string | undefined;
  /** SHA-256 of the one certificate that the relay may show. */
  pin?: Uint8Array | undefined;
  /** Access token for the relay. */
  token?: string | undefined;
  /** Send the token even where others on the way can read it. */
  insecureToken: boolean;
  /** The relay's password, as `connect` says it. */
  relayPassword?: string | undefined;
  /** File with the relay's password; `-` is standard input. */
  relayPasswordFile?: string | undefined;
  /** Ask for the relay's password without echo. */
  askRelayPassword: boolean;
  /** Account at the relay. */
  account?: string | undefined;
  /** File with the account's password; `-` is standard input. */
  accountPasswordFile?: string | undefined;
  /** Nickname, when one was named. */
  nick?: string | undefined;
  /** Most members of a room that is founded. */
  limit?: number | undefined;
  /** How long a member that has lost its connection stays one, in milliseconds. */
  away?: number | undefined;
  /** How long a lost connection is tried again, in milliseconds; without it, for ever. */
  giveUp?: number | undefined;
  /** JSON mode. */
  json: boolean;
  /** Plain lines: no line editor, colours or QR. */
  plain: boolean;
  /** Lines with a line editor, in place of the full screen. */
  lines: boolean;
  /** Config file of the full screen, or `none`. */
  config?: string | undefined;
  /** Colours of the full screen. */
  theme?: ThemeName | undefined;
  /** Locks the full screen after so many milliseconds without a key. */
  lock?: number | undefined;
  /** File with the password; `-` is standard input. */
  passwordFile?: string | undefined;
  /** Ask for the password without echo. */
  askPassword: boolean;
}

/** A task that leads into a room. */
export type RoomTask =
  | { action: "host"; lan: boolean; port: number | undefined }
  | { action: "create"; public?: string; topic?: string }
  | { action: "join"; code: string; password?: string }
  | { action: "ask" };

/** A task that needs no room. */
export type Errand =
  | { action: "register"; name: string; password?: string }
  | { action: "login"; name: string; password?: string }
  | { action: "list" }
  | { action: "check-client"; invite: string };

/** A task that needs no relay. */
export type Offline = { action: "completions" } & CompletionsWish;

/** What the user wants to do. */
export type Task = RoomTask | Errand | Offline;

/** A command line that was understood, or what to print and exit with. */
export type Parsed =
  | { kind: "run"; task: Task; options: CommonOptions }
  | { kind: "exit"; status: number; out: string; err: string };

const EXAMPLES = `
Examples:
  client.ts host --lan                        relay and room in one, open to your network
  client.ts create --nick alice               a new room on a relay that runs already
  client.ts join https://relay.example/#...   by invite link
  client.ts join 41793-copper-lemon-orbit-walnut
  client.ts join lobby hunter2                by a name of your own, with a password
  client.ts connect relay.example 4443 alice secret   in one line, with one password for room and relay
  client.ts create --public "Deno talk"       a room that everybody at the relay can see and enter
  client.ts list --relay relay.example        the public rooms there
  client.ts register alice --relay relay.example      an account, where the relay has them
  client.ts                                   asks for everything

A relay that asks for a login takes its password, a token or an account. At a terminal Sotto asks for it;
otherwise say it by option or environment. A file named - is the next line of standard input.

Environment: SOTTO_RELAY, SOTTO_NICK, SOTTO_PASSWORD (the room's), SOTTO_RELAY_PASSWORD, SOTTO_TOKEN,
SOTTO_ACCOUNT, SOTTO_ACCOUNT_PASSWORD, NO_COLOR`;

/**
 * Reads the command line.
 *
 * @param args The arguments, without the program's name.
 * @returns A task, or texts and the exit status: 0 for help and version, 2 for wrong usage.
 */
export function parseCommandLine(args: readonly string[]): Parsed {
  let out = "";
  let err = "";
  let task: Task = { action: "ask" };
  let said: Partial<CommonOptions> = {};
  const program = clientCommand((chosen, more) => {
    task = chosen;
    said = more ?? {};
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => out += text,
      writeErr: (text) => err += text,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    });
  }
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      return { kind: "exit", status: error.exitCode === 0 ? 0 : 2, out, err };
    }
    if (error instanceof ClientError) {
      return { kind: "exit", status: 2, out, err: `error: ${error.message}\n` };
    }
    throw error;
  }
  const flags = {
    json: false,
    plain: false,
    lines: false,
    askPassword: false,
    ssl: false,
    insecureToken: false,
  };
  const options = { ...flags, askRelayPassword: false, ...program.opts(), ...said };
  return { kind: "run", task, options };
}

/** Declares commands and options; `choose` hears which task was named, and what `connect` says in its arguments. */
// deno-lint-ignore explicit-module-boundary-types -- commander's types
export function clientCommand(choose: (task: Task, said?: Partial<CommonOptions>) => void) {
  const program = new Command("client.ts")
    .description("Sotto: end-to-end encrypted rooms in the terminal.")
    .version(versionLine(), "-V, --version", "print the version")
    .option("--relay <address>", "relay as host:port, ws://, wss:// or https://", address)
    .option("--ssl", "speak TLS to the relay and nothing else")
    .option("--ca <file>", "trust the issuers in this PEM file, and no others")
    .option("--pin <fingerprint>", "trust the certificate with this SHA-256, and no other", fingerprint)
    .option("--token <token>", "access token for the relay; ps shows it to others: prefer SOTTO_TOKEN")
    .option("--insecure-token", "send the token even without TLS, where others on the way can read it")
    .option("--relay-password-file <file>", "first line is the relay's password; - reads standard input")
    .option("--ask-relay-password", "ask for the relay's password, without echo")
    .option("--account <name>", "log in to the relay with this account")
    .option("--account-password-file <file>", "first line is the account's password; - reads standard input")
    .option("--nick <name>", "nickname; asked for or made up when left out")
    .option("--limit <members>", "most members of a room that you found", limitOf)
    .option(
      "--away <duration>",
      "how long members without a connection stay members (default: 1h)",
      (text) => duration(text, MINUTE),
    )
    .option(
      "--give-up <duration>",
      "end with status 3 when a lost connection is not back by then (default: never)",
      (text) => duration(text, SECOND),
    )
    .option("--password-file <file>", "first line is the room's password; - reads standard input")
    .option("--ask-password", "ask for the room's password, without echo")
    .option("--json", "one JSON object a line on stdin and stdout, for bots")
    .option("--lines", "lines that scroll by, with a line editor, in place of the full screen")
    .option("--plain", "plain lines only: for screen readers, pipes and simple terminals")
    .option("--theme <name>", `colours of the full screen: ${THEMES.join(", ")}`, themeName)
    .option(
      "--lock <duration>",
      "lock the full screen after so long without a key, such as 5m; asks for a passphrase",
      (text) => duration(text, 10 * SECOND),
    )
    .option(
      "--config <file>",
      "settings of the full screen; none reads no file (default: ~/.config/sotto/config)",
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Type --help for all commands and options.")
    .addHelpText("after", EXAMPLES)
    .argument("[words...]")
    .usage("[command] [options]")
    .action((words) => {
      if (words.length > 0) program.error(unknownCommand(words, program.commands.map((each) => each.name())));
      choose({ action: "ask" });
    });
  const refuse = (options: readonly Refusable[], why: string): void => {
    for (const option of options) {
      const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      if (program.opts()[option] !== undefined) program.error(`error: ${flag} cannot be used here: ${why}`);
    }
  };
  const noPassword = (): void => refuse(["passwordFile", "askPassword"], "only named rooms have a password");
  const noRoom = (): void => refuse(["passwordFile", "askPassword", "limit", "away"], "this enters no room");
  program.command("host").description("run a relay here and open a room on it; Ctrl-C ends both")
    .option("--lan", "let other computers of this network in")
    .addOption(new Option("--port <port>", "port of the relay, 0 for any").argParser((text) => port(text, 0)))
    .action(({ lan = false, port }) => {
      refuse(["relay", ...AT_A_RELAY], "host brings a relay of its own");
      noPassword();
      choose({ action: "host", lan, port });
    });
  program.command("create").description("open a new room on a running relay")
    .option("--public <name>", "list it at the relay: anyone there can see it and come in", publicName)
    .option("--topic <text>", "what the room is about")
    .action((said) => {
      noPassword();
      choose({ action: "create", ...said });
    });
  program.command("join").description("enter a room by invite link, spoken code, or name and password")
    .argument("<code...>", "invite link, spoken code (hyphens or spaces), or name [password]")
    .action((words) => {
      const said = joinWords(words);
      if (/^#\d+$/.test(said.code)) program.error(placeInList(said.code));
      choose({ action: "join", ...said });
    });
  program.command("connect").description("enter a named room, with everything said in one line")
    .argument("<host>").argument("<port>", "", (text) => port(text, 1)).argument("<nick>").argument(
      "[password]",
    )
    .option("--room <name>", "name of the room", "lobby")
    .action((host, port, nick, password, { room }) => {
      const said = password === undefined ? {} : { password };
      const toRelay = password === undefined ? {} : { relayPassword: password };
      choose({ action: "join", code: room, ...said }, { relay: hostAndPort(host, port), nick, ...toRelay });
    });
  program.command("list").description("show the public rooms of a relay")
    .action(() => {
      noRoom();
      choose({ action: "list" });
    });
  const account = (action: "register" | "login") => (name: string, password: string | undefined): void => {
    noRoom();
    refuse(["account"], `${action} names the account itself`);
    choose({ action, name, ...(password === undefined ? {} : { password }) });
  };
  program.command("register").description("make an account at a relay that has them")
    .argument("<name>").argument("[password]").action(account("register"));
  program.command("login").description("check an account at a relay; exit status 0 when it is let in")
    .argument("<name>").argument("[password]").action(account("login"));
  program.command("check-client").description("compare the client that a relay hands out with an invite")
    .argument("<invite>", "invite link")
    .action((invite) => {
      noRoom();
      refuse(["relay", ...AT_A_RELAY.filter((option) => option !== "ca")], "the invite says it");
      choose({ action: "check-client", invite });
    });
  addCompletions(program, "sotto", (wish) => choose({ action: "completions", ...wish }));
  return program;
}

/** Options about a relay that somebody else runs. */
const AT_A_RELAY = [
  "ssl",
  "ca",
  "pin",
  "token",
  "insecureToken",
  "relayPasswordFile",
  "askRelayPassword",
  "account",
  "accountPasswordFile",
] as const;
type Refusable = typeof AT_A_RELAY[number] | "relay" | "passwordFile" | "askPassword" | "limit" | "away";

/** Says that a number is no name: the list that it comes from may be another one by now. */
function placeInList(number: string): string {
  return `error: '${number}' is a place in a list of rooms, and lists change\n` +
    "(Join by the link that client.ts list shows below each room.)";
}

/** Says that there is no such command; a lone word may be a room that the user wants to join. */
function unknownCommand(words: readonly string[], commands: readonly string[]): string {
  const word = words[0] ?? "";
  const near = nearest(word, commands);
  const hint = near === undefined
    ? `To join a room of that name: client.ts join ${word}`
    : `Did you mean ${near}?`;
  return `error: unknown command '${word}'\n(${hint})`;
}
