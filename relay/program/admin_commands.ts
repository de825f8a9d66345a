/** The commands for a relay that runs: `server.ts status`, `ban`, `top` and so on. @module */
import { Command, CommanderError, InvalidArgumentError } from "@commander-js/extra-typings";
import { askRelay } from "../admin_client.ts";
import type { AdminAccount, AdminToken, Status } from "../admin_desk.ts";
import { defaultSocketPath } from "../admin_path.ts";
import { AdminError, type AdminRequest } from "../admin_requests.ts";
import type { Ban } from "../bans.ts";
import type { ConnectionInfo, RoomInfo } from "../control.ts";
import * as show from "./admin_tables.ts";
import type { ProgramIo } from "./io.ts";
import { newKeys } from "./new_password.ts";
import { openScreen, type Screen } from "./screen.ts";
import { top } from "./top.ts";
import { asSentence } from "./setting_options.ts";
import { duration, wholeNumber } from "./values.ts";

/** What the commands are called: the first word of a command line that is one of them. */
export const ADMIN_COMMANDS: readonly string[] = [
  "status",
  "top",
  "rooms",
  "close-room",
  "connections",
  "cut",
  "bans",
  "ban",
  "unban",
  "tokens",
  "token-create",
  "token-revoke",
  "accounts",
  "account-disable",
  "account-enable",
  "account-remove",
  "account-reset",
  "account-add",
  "drain",
];

const YEARS = 10 * 365 * 86_400_000;

/** Where the commands look, and what they ask. */
export interface AdminCommandOptions {
  /** A variable of the environment. @default Deno's */
  env?: (name: string) => string | undefined;
  /** The terminal for `top`. @default the one that the program runs in */
  screen?: () => Screen | undefined;
  /** The time of day. @default `Date.now` */
  now?: () => number;
}

/** Runs one of {@linkcode ADMIN_COMMANDS}; returns the exit status: 0 done, 1 refused, 2 wrong usage. */
export async function runAdminCommand(
  args: readonly string[],
  io: ProgramIo,
  options: AdminCommandOptions = {},
): Promise<number> {
  const program = new Command("server.ts").helpCommand(false);
  adminCommands(program, io, options);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.print(text.trimEnd()),
      writeErr: (text) => io.complain(text.trimEnd()),
      outputError: () => {},
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof AdminError) {
      io.complain(`${error.message}.`.replace(/\.\.$/, "."));
      return 1;
    }
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    io.complain(
      asSentence(error, {
        what: "do this",
        help: `server.ts ${ADMIN_COMMANDS.includes(args[0] ?? "") ? args[0] : ""} --help`,
      }),
    );
    return 2;
  }
}

/** Adds the commands to a program. Their actions throw {@linkcode AdminError}. */
export function adminCommands(program: Command, io: ProgramIo, options: AdminCommandOptions = {}): void {
  const { env = (name) => Deno.env.get(name), screen = openScreen, now = Date.now } = options;

  const socketPath = (given: string | undefined): string => {
    const path = given ?? env("ADMIN_SOCKET");
    return path === undefined || /^(1|true|yes|on|)$/i.test(path)
      ? defaultSocketPath(env("XDG_RUNTIME_DIR"), "--socket")
      : path;
  };
  /** A command with the two options that all have. */
  const add = <const Name extends string>(name: Name, about: string) =>
    program.command(name).description(about)
      .option("--socket <path>", "the relay's admin socket (ADMIN_SOCKET)")
      .option("--json", "print the answer as JSON");
  type Common = { socket?: string | undefined; json?: true | undefined };
  const ask = async (
    common: Common,
    request: AdminRequest,
    say: (result: never) => string,
  ): Promise<void> => {
    const result = await askRelay(socketPath(common.socket), request);
    io.print(common.json ? JSON.stringify(result) : say(result as never));
  };

  add("status", "how the relay is")
    .action((o) => ask(o, { command: "status" }, (status: Status) => show.showStatus(status)));
  add("top", "a live screen of the same figures; q ends it").action(async (o) => {
    const path = socketPath(o.socket);
    const look = async () => await askRelay(path, { command: "status" }) as Status;
    if (o.json) return io.print(JSON.stringify(await look()));
    await look(); // before the screen is taken, so that it is not there for nothing
    await top({ look, screen: screen(), io });
  });
  add("rooms", "all rooms, by ids that nobody in them knows")
    .action((o) => ask(o, { command: "rooms" }, ({ rooms }: { rooms: RoomInfo[] }) => show.showRooms(rooms)));
  add("close-room <id>", "end a room for everybody in it")
    .action((id, o) => ask(o, { command: "close-room", id }, () => `The room ${id} is closed.`));
  add("connections", "all connections").action((o) =>
    ask(
      o,
      { command: "connections" },
      (result: { connections: ConnectionInfo[] }) => show.showConnections(result.connections),
    )
  );
  add("cut <connection>", "end a connection, by its number, or all from an address or range")
    .action((which, o) => {
      const request: AdminRequest = /^\d+$/.test(which)
        ? { command: "cut", id: Number(which) }
        : { command: "cut", cidr: which };
      return ask(o, request, ({ cut }: { cut: number }) => `${people(cut)} cut off.`);
    });
  add("bans", "who is banned")
    .action((o) => ask(o, { command: "bans" }, ({ bans }: { bans: Ban[] }) => show.showBans(bans)));
  add("ban <address>", "let nobody in from an address or a range such as 192.0.2.0/24")
    .option("--reason <text>", "why, for the list and the audit log")
    .option("--for <time>", "how long, such as 2h or 7d; without it until the relay ends", time(1_000))
    .action((cidr, o) =>
      ask(
        o,
        { command: "ban", cidr, ...(o.reason && { reason: o.reason }), ...(o.for && { forMs: o.for }) },
        ({ ended }: { ended: number }) => `${cidr} is banned. ${people(ended)} cut off.`,
      )
    );
  add("unban <address>", "take a ban back, named as in the list")
    .action((cidr, o) => ask(o, { command: "unban", cidr }, () => `${cidr} is no longer banned.`));
  add("tokens", "all access tokens").action((o) =>
    ask(o, { command: "tokens" }, ({ tokens }: { tokens: AdminToken[] }) => show.showTokens(tokens, now()))
  );
  add("token-create <name>", "make an access token")
    .option(
      "--ttl <time>",
      "how long it lasts; without it as long as the relay's --token-ttl says",
      time(1_000),
    )
    .option("--ip <address>", "the only address that may use it")
    .option("--uses <count>", "how many may come in by it", wholeUses)
    .action((name, o) =>
      ask(o, {
        command: "token-create",
        name,
        ...(o.ttl === undefined ? {} : { ttlMs: o.ttl }),
        ...(o.ip && { ip: o.ip }),
        ...(o.uses === undefined ? {} : { uses: o.uses }),
      }, ({ token, id }: { token: string; id: string }) =>
        `${token}\nThis is the only time that it is shown. Its id is ${id}.`)
    );
  add("token-revoke <token>", "make a token void, by itself or its id, and end what came in by it")
    .action((token, o) => ask(o, { command: "token-revoke", token }, () => "The token is void."));
  add("accounts", "all accounts").action((o) =>
    ask(
      o,
      { command: "accounts" },
      (result: { accounts: AdminAccount[] }) => show.showAccounts(result.accounts),
    )
  );
  for (const [verb, disabled] of [["disable", true], ["enable", false]] as const) {
    add(`account-${verb} <name>`, disabled ? "shut an account" : "open an account again").action((name, o) =>
      ask(o, { command: "account-disable", name, disabled }, () => `The account ${name} is ${verb}d.`)
    );
  }
  add("account-remove <name>", "take an account away; its name is free again")
    .action((name, o) => ask(o, { command: "account-remove", name }, () => `The account ${name} is gone.`));
  for (const [verb, { about, asks, done }] of Object.entries(WITH_PASSWORD)) {
    const command = add(`account-${verb}`, about).argument("<name>", "name of the account")
      .option("--new-password-file <file>", "file whose first line is the new password");
    if (verb === "add") command.option("--operator", "it may use the admin's HTTP calls");
    command.action(async (name, o: Common & { newPasswordFile?: string; operator?: true }) => {
      const path = socketPath(o.socket);
      const { accounts } = await askRelay(path, { command: "accounts" }) as { accounts: AdminAccount[] };
      const known = accounts.some((account) => account.name === name.toLowerCase());
      if (known === (verb === "add")) { // a password is not asked for in vain
        const why = known ? "there is one of this name already" : `there is no account ${name}`;
        throw new AdminError("not_found", `Cannot ${verb} the account: ${why}`);
      }
      const keys = await newKeys(o.newPasswordFile, asks, io);
      const request: AdminRequest = verb === "add"
        ? { command: "account-add", name, keys, ...(o.operator && { operator: true }) }
        : { command: "account-reset", name, keys };
      await ask(o, request, () => done(name.toLowerCase()));
    });
  }
  add("drain", "take no new rooms, and tell everybody")
    .option("--say <sentence>", "what everybody is told")
    .option("--off", "take new rooms again")
    .action((o) =>
      ask(
        o,
        { command: "drain", ...(o.say && { sentence: o.say }), ...(o.off && { off: true }) },
        ({ draining }: { draining: boolean }) =>
          draining ? "The relay takes no new rooms; everybody has been told." : "The relay takes new rooms.",
      )
    );
}

/** What takes a new password, which stays here: the relay is given what it stores of it. */
const WITH_PASSWORD = {
  reset: {
    about: "give an account another password, and end what came in by the old one",
    asks: "New password of the account",
    done: (name: string): string => `${name} has a new password.`,
  },
  add: {
    about: "make an account",
    asks: "Password of the new account",
    done: (name: string): string => `Added ${name}.`,
  },
} as const;

/** An option's time in milliseconds. */
function time(least: number): (text: string) => number {
  const read = duration(least, YEARS);
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "it is no time.");
    }
  };
}

const readUses = wholeNumber(1, 1_000_000);

function wholeUses(text: string): number {
  try {
    return readUses(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "it is no number.");
  }
}

function people(count: number): string {
  return count === 0 ? "No connection was" : count === 1 ? "1 connection was" : `${count} connections were`;
}
