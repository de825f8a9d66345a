/** Starts line mode, and asks for what was not said. @module */
import { type Colour, colours } from "./colour.ts";
import type { CommonOptions, RoomTask } from "./tasks.ts";
import { readEnv } from "./env.ts";
import type { JoinWords } from "./join_words.ts";
import type { LineIo } from "./line_io.ts";
import type { LineReader } from "./line_reader.ts";
import type { Output } from "./output.ts";
import type { Asker } from "./relay_door.ts";
import { type Streams, withTimeout } from "./running.ts";
import type { Entrance } from "./seat.ts";
import { accessOf, entranceOf, nickWithoutAsking, passwordFor, settings } from "./start.ts";
import { wantsColour } from "./wants_colour.ts";
import { notice, problem } from "./wording.ts";

/** Longest wait for the terminal to take our last words, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Starts line mode and runs it to its end.
 *
 * @param task What the user wants to do.
 * @param options Options of the command line.
 * @param streams Where to write, and whom to tell that it runs.
 * @param reader Standard input.
 * @returns The exit status.
 */
export async function startLines(
  task: RoomTask,
  options: CommonOptions,
  { out, err, ready }: Streams,
  reader: LineReader,
): Promise<number> {
  const io = await openIo(options, out, reader);
  if (task.action === "ask" && !io.interactive) {
    err.line("Cannot start: say what to do, such as `create` or `join <code>`. See --help.");
    return 2;
  }
  const colour = colours(!options.plain && wantsColour());
  try {
    const asking = options.nick ?? readEnv("SOTTO_NICK");
    const questions = asking === undefined && io.interactive || task.action === "ask"
      ? import("./questions.ts")
      : null;
    const nick = asking ?? (questions === null ? null : await (await questions).askNick(io)) ??
      (io.interactive ? null : await nickWithoutAsking(options));
    if (nick === null) return 0;
    const [{ LineMode }, { Entrances }, { RelayDesk }] = await Promise.all([
      import("./line_mode.ts"),
      import("./entrances.ts"),
      import("./relay_desk.ts"),
    ]);
    const sources = { nextLine: () => reader.next(), io };
    const access = await accessOf(options, { ...sources, asker: askerAt(io, colour) });
    if (io.interactive && options.token !== undefined) io.print(notice(VISIBLE_TOKEN, colour));
    const entrances = new Entrances({ ...settings(options), access, nick });
    let first: Entrance;
    if (task.action === "ask") {
      const room = questions === null ? null : await (await questions).askRoom(io);
      if (room === null) return 0;
      first = room === "new" ? entrances.createAnyhow() : entrances.join(room, {});
    } else {
      first = entranceOf(task, entrances, await passwordFor(task, options, sources));
      if (io.interactive && task.action === "join" && task.password !== undefined) {
        io.print(notice(VISIBLE_PASSWORD, colour));
      }
    }
    const drawQr = io.interactive && !options.plain ? (await import("./qr.ts")).drawQr : null;
    const join: (words: JoinWords) => Entrance = (words) => entrances.join(words);
    const mode = new LineMode({
      io,
      colour,
      first,
      join,
      isHere: (words) => entrances.isHere(words),
      again: () => entrances.again(),
      older: () => entrances.byName(),
      relay: () => entrances.relay,
      needsCa: () => entrances.needsCa,
      desk: new RelayDesk(access),
      drawQr,
      spoken: options.plain,
      giveUpMs: options.giveUp,
    });
    ready(mode);
    return await mode.run().finally(() => access.logins.wipe());
  } finally {
    await withTimeout(io.close(), FLUSH_MS);
  }
}

/** Who can be asked for a login: whoever sits at the terminal. */
export function askerAt(io: LineIo, colour: Colour): Asker | null {
  if (!io.interactive) return null;
  return {
    ask: (question, asked) => io.ask(question, asked),
    say: (text) => io.print(problem(text, colour)),
  };
}

/** What is said of a token on the command line. */
export const VISIBLE_TOKEN =
  "The token was on the command line, where others on this computer can see it (ps). Next time use SOTTO_TOKEN.";

/** What is said of a password on the command line. */
export const VISIBLE_PASSWORD =
  "The password was on the command line, where others on this computer can see it (ps). " +
  "Next time leave it out and use --ask-password, --password-file or SOTTO_PASSWORD.";

/** A line editor where a person sits at a capable terminal; plain lines anywhere else. */
export async function openIo(options: CommonOptions, out: Output, reader: LineReader): Promise<LineIo> {
  const terminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  if (!terminal || options.plain || readEnv("TERM") === "dumb") {
    const { PlainIo } = await import("./plain_io.ts");
    return new PlainIo(reader, out, { terminal });
  }
  const { openEditorIo } = await import("./editor_terminal.ts");
  return openEditorIo(out);
}
