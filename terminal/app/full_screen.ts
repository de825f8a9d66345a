/** Full-screen mode: several rooms at once, painted whole. Keys and events come in, at most thirty frames a second go out. @module */
import type { Clock } from "../../client/options.ts";
import { platformClock } from "../../client/platform.ts";
import { failureOf } from "../failure.ts";
import { KeyInput } from "../input/keys_full.ts";
import type { KeyPress } from "../input/key_press.ts";
import { type KeyAction, KeyMap } from "../input/key_map.ts";
import type { DrawQr } from "../invite_page.ts";
import type { LineIo } from "../line_io.ts";
import type { RelayDesk } from "../relay_desk.ts";
import type { News } from "../room/room_model.ts";
import { type Running, withTimeout } from "../running.ts";
import type { Capabilities } from "../screen/capabilities.ts";
import { FrameClock } from "../screen/frame_clock.ts";
import type { Frame, Size } from "../screen/style.ts";
import { Screen, type ScreenPort } from "../screen/screen.ts";
import { type Theme, themeOf } from "../screen/theme.ts";
import type { Entrance } from "../seat.ts";
import { type Signs, signsOf } from "../view/signs.ts";
import { sentence } from "../wording.ts";
import { answerPage } from "./answer_pages.ts";
import { ConfirmOverlay } from "./confirm_overlay.ts";
import { cutShort, type Departure, HUNG_UP, INTERRUPTED, leftInOrder } from "./departure.ts";
import { composeFrame } from "./frame.ts";
import { helpPage } from "./help_page.ts";
import { Keyboard } from "./keyboard.ts";
import { LineRunner } from "./line_runner.ts";
import { OverlayStack } from "./overlay.ts";
import { PaneView } from "./pane_view.ts";
import { type AnswerEvent, RoomTab } from "./room_tab.ts";
import { Pulse } from "./pulse.ts";
import { ScreenIo } from "./screen_io.ts";
import { Tabs } from "./tabs.ts";
import { TextOverlay } from "./text_overlay.ts";
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
  /** Makes the ways into rooms for one more tab. */
  ways: () => WaysIn;
  /** The ways of the first tab, and which of them to take. */
  first: { ways: WaysIn; entrance: Entrance; label?: string };
  /** The relay's public rooms and accounts. */
  desk: Pick<RelayDesk, "list" | "login" | "register" | "invite" | "place">;
  /** What the user should know first. */
  notices?: readonly string[];
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
  /** Hears of what may deserve attention: `focused` says whether the terminal has the focus and the room is in front. */
  attention?: (news: News, where: { tab: RoomTab; focused: boolean }) => void;
}

/** One user's full screen. */
export class FullScreen implements Running {
  /** The rooms. */
  readonly tabs: Tabs = new Tabs();
  /** Windows over the rooms. */
  readonly overlays: OverlayStack = new OverlayStack(() => this.changed());
  /** How the messages are looked at. */
  readonly panes: PaneView;
  /** The signs that the terminal can show. */
  readonly signs: Signs;
  /** What hides everything while the screen is locked; null where there is no lock. */
  curtain: Curtain | null = null;
  /** What keys mean. */
  readonly keyMap: KeyMap;
  /** Questions on this screen. */
  readonly io: LineIo & ScreenIo;
  readonly #options: FullScreenOptions;
  readonly #clock: Clock;
  readonly #screen: Screen;
  readonly #frames: FrameClock;
  readonly #keys: KeyInput;
  readonly #pulse: Pulse;
  readonly #lines: LineRunner;
  readonly #bound = new Map<KeyAction, () => void>();
  readonly #done = Promise.withResolvers<Departure>();
  #beginning: Beginning | null = null;
  #words: readonly string[] = [];
  #ending = false;
  #over = false;
  #focused = true;
  #membersWanted = true;

  /** Makes one; {@linkcode FullScreen.run} starts it. */
  constructor(options: FullScreenOptions) {
    this.#options = options;
    this.#clock = options.clock ?? platformClock;
    const { terminal, capabilities } = options;
    const theme = options.theme ??
      themeOf(capabilities.dark === false ? "light" : "dark", capabilities.colours);
    this.keyMap = options.keyMap ?? new KeyMap();
    this.#screen = new Screen(terminal, capabilities, theme);
    this.#frames = new FrameClock({ clock: this.#clock, paint: () => this.#paint() });
    this.signs = signsOf(capabilities.unicode);
    this.panes = new PaneView(this.signs);
    this.io = new ScreenIo({
      overlays: this.overlays,
      columns: () => terminal.size().columns,
      show: (text) => this.#show(text),
    });
    this.#lines = new LineRunner(this);
    this.#pulse = new Pulse(this.#clock, () => this.changed());
    const keyboard = new Keyboard(this);
    this.#keys = new KeyInput({ onPress: (press) => keyboard.press(press), clock: this.#clock });
  }

  /** What is said once the shell's screen is back. */
  get words(): readonly string[] {
    return this.#words;
  }

  /** What was found out at the start; null before. */
  get beginning(): Beginning | null {
    return this.#beginning;
  }

  /** Whether the members are shown where there is space. */
  get membersWanted(): boolean {
    return this.#membersWanted;
  }

  /** Whether the terminal has the focus, as far as it tells. */
  get focused(): boolean {
    return this.#focused;
  }

  /** Draws QR codes; null where none is wanted. */
  get drawQr(): DrawQr | null {
    return this.#options.drawQr ?? null;
  }

  /** Columns and rows. */
  get size(): Size {
    return this.#options.terminal.size();
  }

  /** Runs until the user has left. @returns The exit status. */
  async run(): Promise<number> {
    const { terminal } = this.#options;
    terminal.onResize = () => this.redraw();
    terminal.onBroken = () => void this.abort(HUNG_UP);
    terminal.enter();
    try {
      this.changed();
      this.#read().catch((error) => this.fault(error));
      this.#begin().catch((error) => this.fault(error));
      const { status, words } = await this.#done.promise;
      this.#words = words;
      return status;
    } finally {
      this.restore();
    }
  }

  /** Ctrl-C or a signal: leaves all rooms in order; the second time, at once. */
  interrupt(): void {
    if (this.#ending) void this.abort(INTERRUPTED);
    else void this.quit();
  }

  /** Ends without waiting for anybody, but for `graceMs` to say goodbye. */
  async abort(status: number, graceMs = 0): Promise<void> {
    this.#ending = true;
    if (graceMs > 0) await withTimeout(Promise.all(this.tabs.all.map((tab) => tab.seat.leave())), graceMs);
    const atRisk = this.#over ? 0 : this.tabs.all.reduce((sum, tab) => sum + tab.underWay.atRisk, 0);
    await Promise.all(this.tabs.all.map((tab) => tab.abort()));
    this.#end(cutShort(status, atRisk));
  }

  /** Gives the terminal back at once, whatever happens. Nothing is painted afterwards. */
  restore(): void {
    this.#frames.stop();
    this.#keys.dispose();
    this.#pulse.stop();
    this.#options.terminal.leave();
    this.wipe();
  }

  /** Leaves all rooms in order. */
  async quit(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.overlays.wipe();
    try {
      const endings = await Promise.all(this.tabs.all.map((tab) => tab.leave({ ending: true })));
      this.#end(leftInOrder(endings));
    } catch (error) {
      this.fault(error);
    }
  }

  /** Drops everything that was said, all that is being written, and what is on the screen. */
  wipe(): void {
    this.overlays.wipe();
    this.panes.wipe();
    for (const tab of this.tabs.all) tab.wipe();
  }

  /** Something looks different now: it is painted with the next frame. */
  changed(): void {
    if (this.#over) return;
    this.#frames.request();
  }

  /** Paints everything anew. */
  redraw(): void {
    this.#screen.invalidate();
    this.changed();
  }

  /** Ctrl-Z. */
  suspend(): void {
    this.#options.terminal.suspend().then(() => this.redraw()).catch((error) => this.fault(error));
  }

  /** The terminal has got or lost the focus. */
  setFocus(focused: boolean): void {
    this.#focused = focused;
    this.changed();
  }

  /** Opens the help. */
  help(): void {
    this.overlays.open(new TextOverlay(helpPage("", this.keyMap)));
  }

  /** Ctrl-D while nothing is typed: leaves the room in front; with the last one, Sotto. */
  endOfInput(): void {
    const tab = this.tabs.current;
    if (tab === null || this.tabs.count < 2) return this.interrupt();
    this.#lines.leave(tab).catch((error) => this.fault(error));
  }

  /** Gives a key's action a meaning of its own. */
  bind(action: KeyAction, run: () => void): void {
    this.#bound.set(action, run);
  }

  /** What an action has been bound to. */
  bound(action: KeyAction): (() => void) | undefined {
    return this.#bound.get(action);
  }

  /** Writes to the terminal what is no part of a frame, such as a bell. It must not move the cursor. */
  writeAside(sequence: string): void {
    this.#options.terminal.write(sequence);
  }

  /** Shows or hides the members. */
  toggleMembers(): void {
    this.#membersWanted = !this.#membersWanted;
    this.changed();
  }

  /** A fault of the program: ends it. */
  fault(error: unknown): void {
    this.#done.reject(error);
  }

  /** Opens one more tab and leads it into a room; where that fails, it goes away again. */
  async open(
    ways: WaysIn,
    entrance: Entrance,
    { label, typed }: { label: string; typed: string },
  ): Promise<void> {
    const from = this.tabs.current;
    const tab = this.#newTab(ways, label);
    const failure = await tab.enter(entrance);
    if (failure === null || from === null) return;
    this.closeTab(tab);
    from.model.tell(sentence(failure.message), "problem");
    from.composer.putBack(typed);
    this.changed();
  }

  /** Takes a tab away that has no room any more. */
  closeTab(tab: RoomTab): void {
    this.tabs.remove(tab);
    this.panes.forget(tab);
    tab.wipe();
    this.changed();
  }

  #newTab(ways: WaysIn, label: string): RoomTab {
    const tab: RoomTab = new RoomTab({
      ways,
      label,
      clock: this.#clock,
      giveUpMs: this.#options.giveUpMs,
      hooks: {
        changed: () => this.changed(),
        news: (news) => {
          const focused = this.#focused && this.tabs.current === tab;
          this.#options.attention?.(news, { tab, focused });
        },
        answer: (event) => this.#answer(tab, event),
        send: (from, text) => this.#send(from, text),
        confirm: (question, yes) => this.overlays.open(new ConfirmOverlay(question, yes)),
        fault: (error) => this.fault(error),
      },
    });
    this.tabs.add(tab);
    this.changed();
    return tab;
  }

  async #begin(): Promise<void> {
    try {
      const beginning = await this.#options.begin(this.io);
      if (this.#ending) return;
      if (beginning === null) return this.#end({ status: 0, words: [] });
      this.#beginning = beginning;
      const { ways, entrance, label = "" } = beginning.first;
      const tab = this.#newTab(ways, label);
      for (const text of beginning.notices ?? []) tab.model.tell(text);
      const failure = await tab.enter(entrance);
      if (failure === null || this.#ending) return;
      this.#end({ status: failure.status, words: [sentence(failure.message)] });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#end({ status: failure.status, words: [sentence(failure.message)] });
    }
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#options.terminal.keys) {
      if (this.#over) return;
      this.#keys.push(bytes);
    }
    if (!this.#over) await this.abort(HUNG_UP);
  }

  #send(tab: RoomTab, text: string): void {
    if (this.#ending) return void tab.composer.putBack(text);
    this.panes.toEnd(tab);
    this.panes.unchoose(tab);
    this.#lines.run(tab, text);
    this.changed();
  }

  #answer(tab: RoomTab, event: AnswerEvent): void {
    const page = answerPage(event, tab, { drawQr: this.drawQr, columns: this.size.columns });
    this.overlays.open(new TextOverlay(page));
  }

  #show(text: string): boolean {
    const tab = this.tabs.current;
    tab?.model.tell(text.replace(/^-- /gm, ""));
    return tab !== null;
  }

  #paint(): Promise<void> | void {
    if (this.#over) return;
    const current = this.tabs.current;
    for (const tab of this.tabs.all) {
      tab.model.setActive(tab === current && this.#focused && this.panes.atEnd(tab));
    }
    const { curtain } = this;
    this.#screen.paint(curtain?.closed === true ? curtain.frame(this.size) : composeFrame(this));
    this.#pulse.next(current?.model ?? null);
    return this.#options.terminal.flush();
  }

  #end(departure: Departure): void {
    if (this.#over) return;
    this.#ending = this.#over = true;
    for (const tab of this.tabs.all) tab.close();
    this.#done.resolve(departure);
  }
}
