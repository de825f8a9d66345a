/** Starts full-screen mode: the screen first, then questions and the way to the relay. @module */
import type { CommonOptions, RoomTask } from "./tasks.ts";
import { readEnv } from "./env.ts";
import type { LineReader } from "./line_reader.ts";
import type { Streams } from "./running.ts";
import type { Config } from "./app/config_text.ts";
import type { Beginning, FullScreenOptions } from "./app/ports.ts";
import type { ScreenIo } from "./app/screen_io.ts";
import { platformClock } from "../client/platform.ts";
import { KeyMap } from "./input/key_map.ts";
import { type OpenScreen, openScreen } from "./open_screen.ts";
import type { FullTerminal } from "./screen/full_terminal.ts";
import type { Entrance } from "./seat.ts";

/**
 * Starts full-screen mode and runs it to its end.
 *
 * @param task What the user wants to do.
 * @param options Options of the command line.
 * @param streams Where to write afterwards, and whom to tell that it runs.
 * @param where.reader Standard input, for what is to be read from it before.
 * @param where.opened The screen, when it is open already.
 * @returns The exit status.
 */
export async function startScreen(
  task: RoomTask,
  options: CommonOptions,
  { err, ready }: Streams,
  { reader, opened }: { reader: LineReader; opened: OpenScreen | null },
): Promise<number> {
  const { terminal, config, capabilities, theme } = opened ?? await openScreen(options);
  const keyMap = KeyMap.from(config.keys ?? {});
  const lockMs = options.lock ?? config.lockMs ?? null;
  const { FullScreen, Discretion, Hints, notificationKind } = await loaded(terminal);
  const discretion = new Discretion({
    clock: platformClock,
    lockMs,
    bell: config.bell,
    notifications: config.notifications,
    notify: notificationKind(readEnv, capabilities.title),
  });
  const screen = new FullScreen({
    terminal,
    capabilities,
    keyMap,
    discretion,
    hints: new Hints(keyMap, { on: config.hints ?? true }),
    members: config.members ?? true,
    theme,
    ...privacyOf(config),
    begin: async (io) => {
      if (lockMs !== null) await discretion.askPassphrase(io);
      return await begin(task, { ...options, nick: options.nick ?? readEnv("SOTTO_NICK") ?? config.nick }, {
        io,
        reader,
      });
    },
    giveUpMs: options.giveUp,
  });
  ready(screen);
  const status = await screen.run();
  for (const line of screen.words) err.line(line);
  return status;
}

/** Everything else; where that cannot be loaded, the terminal is given back before anybody says so. */
async function loaded(terminal: FullTerminal) {
  try {
    await terminal.flush(); // the first frame is out before
    const [{ FullScreen }, { Discretion }, { Hints }, { notificationKind }] = await Promise.all([
      import("./app/full_screen.ts"),
      import("./app/discretion.ts"),
      import("./app/hints.ts"),
      import("./app/attention.ts"),
    ]);
    return { FullScreen, Discretion, Hints, notificationKind };
  } catch (error) {
    terminal.leave();
    throw error;
  }
}

/** What a config says of what others are told; what it does not say stays as it is. */
function privacyOf({ typing, presence }: Config): Pick<FullScreenOptions, "privacy"> {
  if (typing === undefined && presence === undefined) return {};
  return {
    privacy: { ...(typing === undefined ? {} : { typing }), ...(presence === undefined ? {} : { presence }) },
  };
}

/** Finds out what the user wants. Everything that a session needs is loaded here, after the first frame. */
async function begin(
  task: RoomTask,
  options: CommonOptions,
  { io, reader }: { io: ScreenIo; reader: LineReader },
): Promise<Beginning | null> {
  await new Promise((resolve) => setTimeout(resolve)); // the first frame goes out before
  const { askNick, askRoom } = await import("./questions.ts");
  const nick = options.nick ?? readEnv("SOTTO_NICK") ?? await askNick(io);
  if (nick === null) return null;
  const room = task.action === "ask" ? await askRoom(io) : null;
  if (task.action === "ask" && room === null) return null;
  const [{ Entrances }, { TabWays }, start, { VISIBLE_PASSWORD, VISIBLE_TOKEN }, { roomLabel }] =
    await Promise.all([
      import("./entrances.ts"),
      import("./app/tab_ways.ts"),
      import("./start.ts"),
      import("./start_lines.ts"),
      import("./app/line_runner.ts"),
    ]);
  const sources = { nextLine: () => reader.next(), io };
  const access = await start.accessOf(options, { ...sources, asker: io });
  const first = new Entrances({ ...start.settings(options), access, nick });
  let entrance: Entrance;
  if (room === null) {
    entrance = start.entranceOf(task, first, await start.passwordFor(task, options, sources));
  } else entrance = room === "new" ? first.createAnyhow() : first.join(room, {});
  const notices = options.token === undefined ? [] : [VISIBLE_TOKEN];
  if (task.action === "join" && task.password !== undefined) notices.push(VISIBLE_PASSWORD);
  return {
    first: { ways: new TabWays(first), entrance, label: task.action === "join" ? roomLabel(task) : "" },
    notices,
    forget: () => access.logins.wipe(),
  };
}
