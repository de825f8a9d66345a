/** A full screen on a terminal in memory, for tests. @module */
import { setImmediate } from "node:timers";
import { ClientError } from "../../client/errors.ts";
import type { Entrance } from "../seat.ts";
import { FakeClock } from "../../tests/helpers.ts";
import { type FakeDesk, fakeDesk, type FakeSession, openDoor } from "../_fakes.ts";
import type { JoinWords } from "../join_words.ts";
import { Emulator } from "../screen/_emulator.ts";
import type { Size } from "../screen/style.ts";
import { FullScreen } from "./full_screen.ts";
import type { Beginning, FullScreenOptions, FullTerminalPort } from "./ports.ts";
import type { WaysIn } from "./ways_in.ts";

/** How often the screen is looked at before a test gives up; time moves on by a frame each time. */
const LOOKS = 400;
const FRAME_MS = 40;
const encoder = new TextEncoder();

/** A terminal in memory with a keyboard. */
export class FakeTerminal implements FullTerminalPort {
  readonly emulator: Emulator;
  readonly keys: AsyncIterable<Uint8Array>;
  taken = false;
  suspended = 0;
  onResize: () => void = () => {};
  onBroken: () => void = () => {};
  #typed: Uint8Array[] = [];
  #wake: () => void = () => {};
  #gone = false;

  constructor(size: Size) {
    this.emulator = new Emulator(size);
    this.keys = this.#keys();
  }

  enter(): void {
    this.taken = true;
  }

  leave(): void {
    if (this.taken) this.emulator.write("\x1b[2J");
    this.taken = false;
  }

  suspend(): Promise<boolean> {
    this.suspended++;
    return Promise.resolve(true);
  }

  write(text: string): void {
    if (this.taken) this.emulator.write(text);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  size(): Size {
    return this.emulator.size();
  }

  /** Types, or presses keys by their bytes. */
  type(text: string): void {
    this.#typed.push(encoder.encode(text));
    this.#wake();
  }

  /** The window goes away. */
  hangUp(): void {
    this.#gone = true;
    this.#wake();
  }

  async *#keys(): AsyncIterable<Uint8Array> {
    while (true) {
      const next = this.#typed.shift();
      if (next !== undefined) yield next;
      else if (this.#gone) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** A full screen that runs. */
export interface StartedScreen {
  app: FullScreen;
  terminal: FakeTerminal;
  clock: FakeClock;
  status: Promise<number>;
  /** Words that rooms were joined by. */
  joins: JoinWords[];
  /** Types a line and Enter. */
  line: (text: string) => void;
  /** Waits until the screen matches. */
  shows: (pattern: RegExp) => Promise<string>;
  /** Waits until something is so. */
  until: (fits: () => boolean) => Promise<void>;
  /** What is on the screen now. */
  text: () => Promise<string>;
}

/** What a test may choose. */
export interface FakeScreenOptions {
  size?: Size;
  join?: (words: JoinWords) => Entrance;
  /** Which tab, from 1, is in the room that words lead into. */
  inTab?: (words: JoinWords) => number | undefined;
  again?: () => Promise<Entrance>;
  byName?: () => Entrance | null;
  desk?: FakeDesk;
  begin?: FullScreenOptions["begin"];
  attention?: FullScreenOptions["attention"];
  /** Made with the clock that the screen has. */
  discretion?: (clock: FakeClock) => NonNullable<FullScreenOptions["discretion"]>;
}

/** Starts a full screen. */
export function startFullScreen(first: Entrance, options: FakeScreenOptions = {}): StartedScreen {
  const terminal = new FakeTerminal(options.size ?? { columns: 80, rows: 24 });
  const clock = new FakeClock();
  const joins: JoinWords[] = [];
  const desk = options.desk ?? fakeDesk();
  let tabs = 0;
  const ways = (tab = ++tabs): WaysIn => ({
    relay: "ws://127.0.0.1:4443/ws",
    desk,
    beside: () => ways(),
    join: (words) => {
      joins.push(words);
      return (options.join ?? (() => openDoor().entrance))(words);
    },
    isHere: (words) => Promise.resolve(options.inTab?.(words) === tab),
    again: options.again ?? (() => Promise.reject(new ClientError("no_room", "Cannot rejoin: no room"))),
    byName: options.byName ?? (() => null),
  });
  const beginning: Beginning = {
    first: { ways: ways(), entrance: first },
  };
  const app = new FullScreen({
    terminal,
    clock,
    capabilities: { colours: 16, unicode: true, sync: false, osc8: false, title: false },
    begin: options.begin ?? (() => Promise.resolve(beginning)),
    ...(options.attention === undefined ? {} : { attention: options.attention }),
    ...(options.discretion === undefined ? {} : { discretion: options.discretion(clock) }),
  });
  const status = app.run();
  status.catch(() => {});
  const text = async (): Promise<string> => (await terminal.emulator.text()).join("\n");
  const pass = async (): Promise<void> => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    clock.advance(FRAME_MS);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return {
    app,
    terminal,
    clock,
    status,
    joins,
    line: (typed) => terminal.type(`${typed}\r`),
    shows: async (pattern) => {
      for (let look = 0; look < LOOKS; look++) {
        await pass();
        const screen = await text();
        const match = pattern.exec(screen);
        if (match !== null) return match[1] ?? match[0];
      }
      throw new Error(`Cannot see ${pattern} on:\n${await text()}`);
    },
    until: async (fits) => {
      for (let look = 0; look < LOOKS && !fits(); look++) await pass();
      if (!fits()) throw new Error(`It has not come about; on the screen:\n${await text()}`);
    },
    text,
  };
}

/** Rooms that open one after another, and their sessions. */
export function doors(count: number): { entrance: Entrance; session: Promise<FakeSession> }[] {
  return Array.from({ length: count }, () => openDoor());
}
