/** The client's command line. @module */
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { ClientError } from "../client/errors.ts";
import config from "../deno.json" with { type: "json" };
import { durationArgument, parseDuration } from "./duration.ts";
import { joinWords } from "./join_words.ts";
import { nearest } from "./nearest.ts";
import { relayUrl } from "./relay_url.ts";

/** Options that every way of starting takes. */
export interface CommonOptions {
  /** Relay URL, when one was named. */
  relay?: string | undefined;
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
  /** File with the password; `-` is standard input. */
  passwordFile?: string | undefined;
  /** Ask for the password without echo. */
  askPassword: boolean;
}

/** What the user wants to do. */
export type Task =
  | { action: "host"; lan: boolean; port: number | undefined }
  | { action: "create" }
  | { action: "join"; code: string; password?: string }
  | { action: "ask" };

/** A command line that was understood, or what to print and exit with. */
export type Parsed =
  | { kind: "run"; task: Task; options: CommonOptions }
  | { kind: "exit"; status: number; out: string; err: string };

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

const EXAMPLES = `
Examples:
  client.ts host --lan                        relay and room in one, open to your network
  client.ts create --nick alice               a new room on a relay that runs already
  client.ts join https://relay.example/#...   by invite link
  client.ts join 41793-copper-lemon-orbit-walnut
  client.ts join lobby hunter2                by a name of your own, with a password
  client.ts                                   asks for everything

Environment: SOTTO_RELAY, SOTTO_NICK, SOTTO_PASSWORD, NO_COLOR`;

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
  const program = commandTree((chosen, more) => {
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
  const { json = false, plain = false, askPassword = false, ...others } = program.opts();
  return { kind: "run", task, options: { ...others, json, plain, askPassword, ...said } };
}

/** Declares commands and options; `choose` hears which task was named, and what `connect` says in its arguments. */
function commandTree(choose: (task: Task, said?: Partial<CommonOptions>) => void) {
  const program = new Command("client.ts")
    .description("Sotto: end-to-end encrypted rooms in the terminal.")
    .version(config.version, "-V, --version", "print the version")
    .option("--relay <address>", "relay as host:port, ws://, wss:// or https://", address)
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
    .option("--plain", "plain lines only: for screen readers, pipes and simple terminals")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("Type --help for all commands and options.")
    .addHelpText("after", EXAMPLES)
    .argument("[words...]")
    .usage("[command] [options]")
    .action((words) => {
      if (words.length > 0) program.error(unknownCommand(words, program.commands.map((each) => each.name())));
      choose({ action: "ask" });
    });
  const refuse = (option: "relay" | "passwordFile" | "askPassword", why: string): void => {
    const flag = { relay: "--relay", passwordFile: "--password-file", askPassword: "--ask-password" }[option];
    if (program.opts()[option] !== undefined) program.error(`error: ${flag} cannot be used here: ${why}`);
  };
  const noPassword = (): void => {
    for (const option of ["passwordFile", "askPassword"] as const) {
      refuse(option, "only named rooms have a password");
    }
  };
  program.command("host").description("run a relay here and open a room on it; Ctrl-C ends both")
    .option("--lan", "let other computers of this network in")
    .addOption(new Option("--port <port>", "port of the relay, 0 for any").argParser((text) => port(text, 0)))
    .action(({ lan = false, port }) => {
      refuse("relay", "host brings a relay of its own");
      noPassword();
      choose({ action: "host", lan, port });
    });
  program.command("create").description("open a new room on a running relay")
    .action(() => {
      noPassword();
      choose({ action: "create" });
    });
  program.command("join").description("enter a room by invite link, spoken code, or name and password")
    .argument("<code...>", "invite link, spoken code (hyphens or spaces), or name [password]")
    .action((words) => choose({ action: "join", ...joinWords(words) }));
  program.command("connect").description("enter a named room, with everything said in one line")
    .argument("<host>").argument("<port>", "", (text) => port(text, 1)).argument("<nick>").argument(
      "[password]",
    )
    .option("--room <name>", "name of the room", "lobby")
    .action((host, port, nick, password, { room }) => {
      const task: Task = { action: "join", code: room, ...(password === undefined ? {} : { password }) };
      choose(task, { relay: hostAndPort(host, port), nick });
    });
  return program;
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

function address(text: string): string {
  return asArgument(() => relayUrl(text));
}

function hostAndPort(host: string, port: number): string {
  const url = new URL(relayUrl(host));
  url.port = String(port);
  return url.href;
}

function port(text: string, least: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (value < least || value > 65535) throw new InvalidArgumentError(`Use a port from ${least} to 65535.`);
  return value;
}

function limitOf(text: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value < 2 || value > 1000) throw new InvalidArgumentError("Use a whole number from 2 to 1000.");
  return value;
}

/** A length of time from `least` to a day, in milliseconds. */
function duration(text: string, least: number): number {
  const value = parseDuration(text);
  if (value !== undefined && value >= least && value <= DAY) return value;
  throw new InvalidArgumentError(
    `Use a time from ${durationArgument(least)} to ${durationArgument(DAY)}, such as 90s, 10m or 1h30m.`,
  );
}

/** Turns our own refusal into one that commander reports beside the option's name. */
function asArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "");
  }
}
