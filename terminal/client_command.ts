/** The commands and options that the client declares. @module */
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addCompletions } from "../relay/program/shell/completions_command.ts";
import { versionLine } from "../relay/program/version.ts";
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
import { THEMES } from "./screen/theme.ts";
import type { CommonOptions, Task } from "./tasks.ts";

const EXAMPLES = `
Examples:
  client.ts host --lan                   relay and room in one, for your network
  client.ts create --nick alice          a new room on a relay that runs already
  client.ts join https://relay.example/#...        by invite link
  client.ts join 41793-copper-lemon-orbit-walnut   by spoken code
  client.ts join lobby hunter2           by a name of your own, with a password
  client.ts connect relay.example 4443 alice secret
                                         all in one line: one password for room
                                         and relay
  client.ts create --public "Deno talk"  a room that all at the relay can see
                                         and enter
  client.ts list --relay relay.example   the public rooms there
  client.ts register alice --relay relay.example
                                         an account, where the relay has them
  client.ts                              asks for everything

A relay that asks for a login takes its password, a token or an account. At a
terminal Sotto asks for it; otherwise say it by option or environment. A file
named - is the next line of standard input.

Environment: SOTTO_RELAY, SOTTO_NICK, SOTTO_PASSWORD (the room's),
SOTTO_RELAY_PASSWORD, SOTTO_TOKEN, SOTTO_ACCOUNT, SOTTO_ACCOUNT_PASSWORD,
NO_COLOR`;

/** Longest way to type a command that help shows whole, so that there is room beside it. */
const LONGEST_TERM = 32;

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
    .configureHelp({ showGlobalOptions: true, subcommandTerm })
    .showHelpAfterError("Type --help for all commands and options.")
    .addHelpText("after", EXAMPLES)
    .argument("[words...]")
    .usage("[command] [options]")
    .action((words) => {
      if (words[0] === "help") (program.commands.find((each) => each.name() === words[1]) ?? program).help();
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
    .argument("<host>", "the relay's name or address")
    .argument("<port>", "its port", (text) => port(text, 1))
    .argument("<nick>", "your nickname")
    .argument("[password]", "the room's password, and the relay's where it asks for one")
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
    .argument("<name>", "name of the account").argument("[password]", NEW_PASSWORD).action(
      account("register"),
    );
  program.command("login").description("check an account at a relay; exit status 0 when it is let in")
    .argument("<name>", "name of the account").argument("[password]", ASKED).action(account("login"));
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

/** What is said of a password that need not be typed there. */
const ASKED = "its password; asked for when left out, which keeps it out of ps";
const NEW_PASSWORD = ASKED.replace("; ", ", at least 8 characters; ");

function subcommandTerm(command: CommandUnknownOpts): string {
  const words = command.registeredArguments.map((argument) => {
    const word = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${word}>` : `[${word}]`;
  });
  const term = [command.name(), ...words].join(" ");
  return term.length <= LONGEST_TERM ? term : `${command.name()} ${words[0]} ...`;
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
