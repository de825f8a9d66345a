/**
 * Writes the manual pages.
 *
 *     deno task man           dist/man/sotto.1 and dist/man/sotto-relay.1
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { relayTree } from "../relay/program/relay_tree.ts";
import { clientTree } from "../terminal/client_tree.ts";
import { manPage } from "./man_page.ts";

const { version } = config;

/** The client's page. */
export function clientPage(): string {
  return manPage(clientTree(), {
    version,
    brief: "end-to-end encrypted rooms in the terminal",
    description: [
      "Opens a room, or enters one, and talks in it. Only its members can read what is said: the relay that passes " +
      "it on can read none of it, and keeps it nowhere.",
      "Without a command it asks for a name and a code. In a room, type to talk, and /help for all commands there.",
    ],
    environment: [
      ["SOTTO_RELAY", "The relay that is used when --relay is not given."],
      ["SOTTO_NICK", "The nickname."],
      ["SOTTO_PASSWORD", "The password of the named room that is joined."],
      ["SOTTO_RELAY_PASSWORD", "The password of the relay."],
      ["SOTTO_TOKEN", "An access token for the relay."],
      ["SOTTO_ACCOUNT", "The account at the relay."],
      ["SOTTO_ACCOUNT_PASSWORD", "The password of that account."],
      ["NO_COLOR", "When it is set, nothing is coloured."],
    ],
    statuses: [
      ["0", "Left, or ended, in order."],
      ["1", "Refused: a wrong code, a full room, a login that was not accepted."],
      ["2", "Wrong usage."],
      ["3", "The relay cannot be reached, or was lost for good."],
    ],
    files: [["~/.config/sotto/config", "Settings of the full screen. --config names another file, or none."]],
    examples: [
      ["sotto host --lan", "Runs a relay here and opens a room on it, for this network."],
      ["sotto join 41793-copper-lemon-orbit-walnut", "Enters a room by its spoken code."],
      ["sotto join lobby --ask-password", "Enters a room by a name and a password."],
      ["sotto create --json", "Opens a room for a bot: a JSON object a line."],
      ["source <(sotto completions bash)", "Completes commands and options in this bash."],
    ],
    seeAlso: ["sotto-relay(1)"],
  });
}

/** The relay's page. */
export function relayPage(): string {
  return manPage(relayTree(), {
    version,
    brief: "a relay for end-to-end encrypted rooms",
    description: [
      "Passes opaque frames between the members of rooms. It can read nothing of what is said, has it " +
      "in memory only, and forgets a room when the last member is gone.",
      "The commands other than admin and completions ask a relay that runs with --admin-socket. The commands of admin " +
      "change the account file of a relay that does not run.",
    ],
    environment: [[
      "Variables of options",
      "Most options have a variable, in capitals behind their description. Options win over the environment, and that " +
      "wins over the file of --env-file. --print-config shows what is in force, and why.",
    ], ["OPERATOR_PASSWORD", "The password of the account that --operator makes."]],
    statuses: [["0", "Ended in order."], ["1", "A command was refused."], ["2", "Wrong usage."]],
    examples: [
      ["sotto-relay", "Listens on 127.0.0.1:4443, for this machine."],
      ["sotto-relay 0.0.0.0 --tls-self-signed", "Listens for others, with a certificate made in RAM."],
      ["sotto-relay status", "Tells how a relay with --admin-socket is."],
      ["sotto-relay ban 192.0.2.0/24 --for 2h", "Lets nobody in from there for two hours."],
    ],
    seeAlso: ["sotto(1)"],
  });
}

if (import.meta.main) {
  const folder = new URL("../dist/man/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL("sotto.1", folder), clientPage());
  await Deno.writeTextFile(new URL("sotto-relay.1", folder), relayPage());
  await Deno.stdout.write(new TextEncoder().encode("dist/man/sotto.1\ndist/man/sotto-relay.1\n"));
}
