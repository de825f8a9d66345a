/** A live screen of a relay's figures. @module */
import type { Status } from "../admin_desk.ts";
import { AdminError } from "../admin_requests.ts";
import { type RelayClock, systemClock } from "../clock.ts";
import type { ProgramIo } from "./io.ts";
import type { Screen } from "./screen.ts";
import { type Look, topLines } from "./top_view.ts";

const EVERY_MS = 1_000;
const FOOT = "q ends";

/** What the live screen needs. */
export interface TopOptions {
  /** Asks the relay. */
  look: () => Promise<Status>;
  /** The terminal; without one the figures are printed once. */
  screen: Screen | undefined;
  io: ProgramIo;
  /** Time. @default the machine's */
  clock?: RelayClock;
}

/** Shows the figures until q, Ctrl-C, or the relay's end, and gives the terminal back whatever happens. */
export async function top({ look, screen, io, clock = systemClock }: TopOptions): Promise<void> {
  if (screen === undefined) {
    io.print(topLines({ status: await look(), at: clock.now() }, undefined).join("\n"));
    return;
  }
  let timer: unknown;
  let failure: unknown;
  const ended = Promise.withResolvers<void>();
  let before: Look | undefined;
  const refresh = async (): Promise<void> => {
    try {
      const now: Look = { status: await look(), at: clock.now() };
      screen.write(draw(topLines(now, before), screen.size()));
      before = now;
      timer = clock.setTimer(() => void refresh(), EVERY_MS);
    } catch (error) {
      failure = error;
      ended.resolve();
    }
  };
  const pressed = (async () => {
    for await (const key of screen.keys) if (key === "q" || key === "Q" || key === "\x03") break;
    ended.resolve();
  })();
  try {
    await refresh();
    await ended.promise;
  } finally {
    clock.clearTimer(timer);
    screen.close();
    await pressed;
  }
  if (failure !== undefined) throw before === undefined ? failure : goneAway(failure);
}

/** The whole screen in one piece, so that it does not flicker; lines that do not fit are left out. */
function draw(lines: readonly string[], { columns, rows }: { columns: number; rows: number }): string {
  const shown = [...lines.slice(0, Math.max(1, rows - 2)), "", FOOT].slice(0, rows);
  return `\x1b[H${shown.map((line) => `${line.slice(0, columns)}\x1b[K`).join("\r\n")}\x1b[J`;
}

function goneAway(error: unknown): unknown {
  if (!(error instanceof AdminError)) return error;
  return new AdminError("gone", "The relay has ended", { cause: error });
}
