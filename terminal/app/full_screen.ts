/** Full-screen mode: several rooms at once, painted whole. Keys and events come in, at most thirty frames a second go out. @module */
import type { Clock } from "../../client/options.ts";
import { platformClock } from "../../client/platform.ts";
import { failureOf } from "../failure.ts";
import { KeyInput } from "../input/keys_full.ts";
import { type KeyAction, KeyMap } from "../input/key_map.ts";
import type { DrawQr } from "../invite_page.ts";
import type { LineIo } from "../line_io.ts";
import { type Running, withTimeout } from "../running.ts";
import { FrameClock } from "../screen/frame_clock.ts";
import { Screen } from "../screen/screen.ts";
import type { Size } from "../screen/style.ts";
import { forgetWidths } from "../screen/width.ts";
import { type Theme, type ThemeName, themeOf } from "../screen/theme.ts";
import { type Signs, signsOf } from "../view/signs.ts";
import { sentence } from "../wording.ts";
import { burn } from "./burn.ts";
import { cutShort, type Departure, HUNG_UP, INTERRUPTED, leftInOrder } from "./departure.ts";
import type { Discretion } from "./discretion.ts";
import { composeFrame } from "./frame.ts";
import type { Hints } from "./hints.ts";
import { Keyboard } from "./keyboard.ts";
import { LineRunner } from "./line_runner.ts";
import { OverlayStack } from "./overlay.ts";
import { keysPage } from "./overlays/help.ts";
import { PaneView } from "./pane_view.ts";
import type { Beginning, Curtain, FullScreenOptions } from "./ports.ts";
import { Pulse } from "./pulse.ts";
import { Rooms } from "./rooms.ts";
import { ScreenIo } from "./screen_io.ts";
import type { Tabs } from "./tabs.ts";
import { TextOverlay } from "./text_overlay.ts";

/** How long the last frame may take to be out, in milliseconds. */
const LAST_FRAME_MS = 500;

/** One user's full screen. */
export class FullScreen implements Running {
  /** The rooms. */
  readonly rooms: Rooms;
  /** Windows over the rooms. */
  readonly overlays: OverlayStack = new OverlayStack(() => {
    this.changed();
    this.#keyboard.release();
  });
  /** How the messages are looked at. */
  readonly panes: PaneView;
  /** The signs that the terminal can show. */
  readonly signs: Signs;
  /** What hides everything while the screen is locked; null where there is no lock. */
  curtain: Curtain | null = null;
  /** Lock, bell and burning; null where there is none. */
  readonly discretion: Discretion | null;
  /** Hints for new users; null where none are wanted. */
  readonly hints: Hints | null;
  /** What keys mean. */
  readonly keyMap: KeyMap;
  /** Questions on this screen. */
  readonly io: LineIo & ScreenIo;
  readonly #options: FullScreenOptions;
  readonly #clock: Clock;
  readonly #screen: Screen;
  #theme: Theme;
  readonly #frames: FrameClock;
  readonly #keys: KeyInput;
  readonly #keyboard: Keyboard;
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
    this.#theme = theme;
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
    this.rooms = new Rooms(this, {
      clock: this.#clock,
      giveUpMs: options.giveUpMs,
      attention: options.attention,
      privacy: options.privacy,
      lines: this.#lines,
    });
    this.#pulse = new Pulse(this.#clock, () => this.changed());
    this.#keyboard = new Keyboard(this);
    this.#keys = new KeyInput({ onPress: (press) => this.#keyboard.press(press), clock: this.#clock });
    this.hints = options.hints ?? null;
    this.#membersWanted = options.members ?? true;
    this.discretion = options.discretion ?? null;
    this.discretion?.attach(this);
  }

  /** The rooms that are open, and which is in front. */
  get tabs(): Tabs {
    return this.rooms.tabs;
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

  /** Whether all rooms are being left. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Whether the terminal has the focus, as far as it tells. */
  get focused(): boolean {
    return this.#focused;
  }

  /** What QR codes can be drawn with. */
  get qrAbilities(): { colours: boolean; unicode: boolean } {
    return { colours: this.#theme.name !== "plain", unicode: this.#options.capabilities.unicode };
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
      this.#frames.stop();
      await withTimeout(terminal.flush(), LAST_FRAME_MS); // or it could be painted on the shell's screen
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
    forgetWidths();
    this.#keyboard.wipe();
    this.discretion?.wipe();
    for (const tab of this.tabs.all) tab.wipe();
    this.#beginning?.forget?.();
  }

  /** Wipes rooms, keys, texts and the screen, all before this returns; ends once the others have been told, or a second later. */
  burn(): void {
    this.#ending = true;
    const aborted: Promise<void>[] = [];
    burn({
      screen: this.#options.terminal,
      sessions: this.tabs.all.map((tab) => ({ abort: () => aborted.push(tab.abort()) })),
      texts: [{ wipe: () => this.restore() }, ...this.tabs.all, { wipe: () => this.#beginning = null }],
      exit: () => void Promise.allSettled(aborted).then(() => this.#end({ status: 0, words: [] })),
    });
  }

  /** Paints in another theme from now on. */
  setTheme(name: ThemeName): void {
    const { colours, dark } = this.#options.capabilities;
    this.#theme = themeOf(name, colours, { dark });
    this.#screen.setTheme(this.#theme);
    this.redraw();
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
    if (!focused) { for (const tab of this.tabs.all) tab.model.setActive(false); } // also of what comes before the next frame
    this.changed();
  }

  /** Opens the help. */
  help(): void {
    const tab = this.tabs.current;
    const inner = tab === null
      ? []
      : this.panes.finding(tab) === null
      ? tab.composer.places
      : ["find" as const];
    this.overlays.open(new TextOverlay(keysPage(this.keyMap, [...inner, "everywhere"])));
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

  async #begin(): Promise<void> {
    try {
      const beginning = await this.#options.begin(this.io);
      if (this.#ending) return;
      if (beginning === null) return this.#end({ status: 0, words: [] });
      this.#beginning = beginning;
      const { ways, entrance, label = "" } = beginning.first;
      const tab = this.rooms.add(ways, label);
      for (const text of beginning.notices ?? []) tab.model.tell(text);
      this.#keyboard.release();
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

  #show(text: string): boolean {
    const tab = this.tabs.current;
    tab?.model.tell(text.replace(/^-- /gm, ""));
    return tab !== null;
  }

  #paint(): Promise<void> | void {
    if (this.#over) return;
    const current = this.tabs.current;
    const { curtain } = this;
    const looking = this.#focused && curtain?.closed !== true;
    for (const tab of this.tabs.all) tab.model.setActive(tab === current && looking && this.panes.atEnd(tab));
    for (const tab of this.tabs.all) this.panes.sweep(tab); // also where nothing is drawn now
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
