/** Starts JSON mode. @module */
import type { CommonOptions, RoomTask } from "./tasks.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { LineReader } from "./line_reader.ts";
import type { Running, Streams } from "./running.ts";
import { internalError } from "./shutdown.ts";
import { accessOf, entranceOf, nickWithoutAsking, passwordFor, settings } from "./start.ts";

/**
 * Starts JSON mode and runs it to its end.
 *
 * @param task What the user wants to do.
 * @param options Options of the command line.
 * @param streams Where to write, and whom to tell that it runs.
 * @param reader Standard input.
 * @returns The exit status; everything that goes wrong has been told as an event.
 */
export async function startJson(
  task: RoomTask,
  options: CommonOptions,
  { out, ready }: Streams<Running>,
  reader: LineReader,
): Promise<number> {
  const refuse = ({ code, message, status }: Failure): number => {
    out.line(JSON.stringify({ event: "error", code, message }));
    out.line(JSON.stringify({ event: "ended", status, code, message }));
    return status;
  };
  if (task.action === "ask") {
    return refuse({
      code: "usage",
      message: "Cannot start: say what to do, such as `create --json`",
      status: 2,
    });
  }
  try {
    const nextLine = (): Promise<string | null> => reader.next();
    const [{ JsonMode }, { Entrances }, { RelayDesk }] = await Promise.all([
      import("./json_mode.ts"),
      import("./entrances.ts"),
      import("./relay_desk.ts"),
    ]);
    // One after the other: both may be lines of standard input.
    const access = await accessOf(options, { nextLine, io: null, asker: null });
    const password = await passwordFor(task, options, { nextLine, io: null });
    const entrances = new Entrances({
      ...settings(options),
      access,
      nick: await nickWithoutAsking(options),
    });
    const mode = new JsonMode({
      nextLine,
      write: (line) => out.line(line),
      first: entranceOf(task, entrances, password),
      join: (words) => entrances.join(words),
      isHere: (words) => entrances.isHere(words),
      again: () => entrances.again(),
      older: () => entrances.byName(),
      desk: new RelayDesk(access),
    });
    ready(mode);
    return await mode.run().finally(() => access.logins.wipe());
  } catch (error) {
    return refuse(failureOf(error) ?? { code: "internal", message: internalError(error), status: 1 });
  }
}
