/** What full-screen mode is made of: terminal, beginning, seams for what is added to it. @module */
import type { Clock } from "../../client/options.ts";
import type { KeyMap } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { DrawQr } from "../invite_page.ts";
import type { News } from "../room/room_model.ts";
import type { Capabilities } from "../screen/capabilities.ts";
import type { ScreenPort } from "../screen/screen.ts";
import type { Frame, Size } from "../screen/style.ts";
import type { Theme } from "../screen/theme.ts";
import type { Entrance } from "../seat.ts";
import type { Discretion } from "./discretion.ts";
import type { Hints } from "./hints.ts";
import type { RoomTab } from "./room_tab.ts";
import type { ScreenIo } from "./screen_io.ts";
import type { WaysIn } from "./ways_in.ts";

/** What full-screen mode needs of the terminal; see `FullTerminal`. */
export interface FullTerminalPort extends ScreenPort {
  /** Called after the size has changed: everything is painted again. */
  onResize: () => void;
  /** Called once when nobody reads any more. */
  onBroken: () => void;
  /** What is typed; ends when the terminal is gone. */
  readonly keys: AsyncIterable<Uint8Array>;
  /** Takes the terminal over. */
  enter(): void;
  /** Gives it back at once, with nothing of ours left on it. */
  leave(): void;
  /** Ctrl-Z; false where that cannot be. */
  suspend(): Promise<boolean>;
  /** Resolves when everything queued so far is out. */
  flush(): Promise<void>;
}

/** What hides everything while it is closed, and has all keys then. */
export interface Curtain {
  readonly closed: boolean;
  /** What is seen instead. */
  frame(size: Size): Frame;
  /** Takes a key while it is closed. */
  key(press: KeyPress): void;
  /** A key has been pressed while it was open. */
  touch(): void;
}

/** What is known once the user has said what to do. */
export interface Beginning {
  /** The ways of the first tab, and which of them to take. */
  first: { ways: WaysIn; entrance: Entrance; label?: string };
  /** What the user should know first. */
  notices?: readonly string[];
  /** Drops the logins, once all is over. */
  forget?: () => void;
}

/** What full-screen mode is given. */
export interface FullScreenOptions {
  terminal: FullTerminalPort;
  capabilities: Capabilities;
  /** @default dark, as far as there are colours */
  theme?: Theme;
  /** @default the usual keys */
  keyMap?: KeyMap;
  /**
   * Finds out what the user wants, with questions where needed; the screen is there already.
   *
   * @returns Null when the user gave up.
   */
  begin: (io: ScreenIo) => Promise<Beginning | null>;
  /** Draws QR codes; null where none is wanted. @default null */
  drawQr?: DrawQr | null;
  /** After how long without a connection a session ends, in milliseconds; never, when left out. */
  giveUpMs?: number | undefined;
  /** Time. @default the platform's */
  clock?: Clock;
  /** Hints for new users. @default none */
  hints?: Hints;
  /** Whether the members are shown where there is space. @default true */
  members?: boolean;
  /** What the others are told, said in every room that is entered. @default what sessions do by themselves */
  privacy?: { typing?: boolean; presence?: boolean };
  /** Lock, bell and burning. @default none of them */
  discretion?: Discretion;
  /** Hears of what may deserve attention: `focused` says whether the terminal has the focus and the room is in front. */
  attention?: (news: News, where: { tab: RoomTab; focused: boolean }) => void;
}
