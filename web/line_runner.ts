/** What a line means that was written in a room: talk, or a slash command. @module */
import { ClientError, type SessionCommand } from "../client/mod.ts";
import { helpText, readLine } from "../terminal/slash_commands.ts";
import type { RoomModel } from "../terminal/room/room_model.ts";

/** What lines are carried out by. */
export interface LineTargets {
  model: RoomModel;
  /** Has the session carry a command out. */
  run: (command: SessionCommand, typed: string) => void;
  /** Leaves the room. */
  leave: () => void;
  /** Wipes everything. */
  burn: () => void;
  /** Shows the commands. */
  help: (text: string) => void;
  /** Lets the user choose a file to offer. */
  pickFile: () => void;
  /** Fetches the file that a message offers. */
  save: (id: string) => void;
}

/** Commands of the terminal that a page has no use for. */
const NOT_HERE = ["join", "rejoin", "list", "register", "login"];

/**
 * Carries out a line.
 *
 * @throws {ClientError} With a sentence, for what is no command or cannot be done in a page.
 */
export function runLine(line: string, targets: LineTargets): void {
  const { model, run, leave, burn, help, pickFile, save } = targets;
  if (/^\/burn\s*$/i.test(line)) return burn();
  if (/^\/file(?:\s|$)/i.test(line)) return pickFile(); // a page cannot read a path
  const action = readLine(line, (number) => model.book.id(number));
  switch (action.kind) {
    case "nothing":
    case "file":
      return;
    case "help":
      return help(shortened(helpText(action.about)));
    case "clear":
      return model.clear();
    case "leave":
    case "quit":
      return leave();
    case "save":
      return save(action.id);
    case "session":
      return run(action.command, line);
  }
  throw new ClientError(
    "not_here",
    `Cannot do /${action.kind} in the browser: leave the room, and choose on the first page`,
  );
}

/** The help without what does not work here. */
function shortened(text: string): string {
  return text.split("\n").filter((line) => !NOT_HERE.some((name) => line.startsWith(`  /${name}`))).join(
    "\n",
  );
}
