/** Full-screen mode: several rooms at once, painted whole. Keys and events come in, at most thirty frames a second go out. @module */
import { platformClock } from "../../client/platform.ts";
import { failureOf } from "../failure.ts";
import { KeyInput } from "../input/keys_full.ts";
import { type KeyAction, KeyMap } from "../input/key_map.ts";
import type { DrawQr } from "../invite_page.ts";
import type { LineIo } from "../line_io.ts";
import { type Running, withTimeout } from "../running.ts";
import type { Size } from "../screen/style.ts";
import type { ThemeName } from "../screen/theme.ts";
import { forgetWidths } from "../screen/width.ts";
import { type Signs, signsOf } from "../view/signs.ts";
import { sentence } from "../wording.ts";
import { HUNG_UP } from "./departure.ts";
import type { Discretion } from "./discretion.ts";
import type { Hints } from "./hints.ts";
import { Keyboard } from "./keyboard.ts";
import { LeaveTaking } from "./leave_taking.ts";
import { LineRunner } from "./line_runner.ts";
import { OverlayStack } from "./overlay.ts";
import { Painter } from "./painter.ts";
import { PaneView } from "./pane_view.ts";
import type { Beginning, Curtain, FullScreenOptions } from "./ports.ts";
import { Rooms } from "./rooms.ts";
import { ScreenIo } from "./screen_io.ts";
import type { Tabs } from "./tabs.ts";

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
  readonly #painter: Painter;
  readonly #leaving: LeaveTaking;
  readonly #keys: KeyInput;
  readonly #keyboard: Keyboard;
  readonly #lines: LineRunner;
  readonly #bound = new Map<KeyAction, () => void>();
  #beginning: Beginning | null = null;
  #words: readonly string[] = [];
  #focused = true;
  #membersWanted = true;

  /** Makes one; {@linkcode FullScreen.run} starts it. */
  constructor(options: FullScreenOptions) {
    this.#options = options;
    const clock = options.clock ?? platformClock;
    const { terminal, capabilities } = options;
    this.keyMap = options.keyMap ?? new KeyMap();
    this.signs = signsOf(capabilities.unicode);
    this.#painter = new Painter(this, { ...options, clock });
    this.#leaving = new LeaveTaking(this, terminal);
    this.panes = new PaneView(this.signs);
    this.io = new ScreenIo({
      overlays: this.overlays,
      columns: () => terminal.size().columns,
      show: (text) => this.#show(text),
    });
    this.#lines = new LineRunner(this);
    this.rooms = new Rooms(this, {
      clock,
      giveUpMs: options.giveUpMs,
      attention: options.attention,
      privacy: options.privacy,
      lines: this.#lines,
    });
    this.#keyboard = new Keyboard(this);
    this.#keys = new KeyInput({ onPress: (press) => this.#keyboard.press(press), clock });
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
    return this.#leaving.ending;
  }

  /** Whether all is over, and nothing is painted any more. */
  get over(): boolean {
    return this.#leaving.over;
  }

  /** Whether the terminal has the focus, as far as it tells. */
  get focused(): boolean {
    return this.#focused;
  }

  /** What QR codes can be drawn with. */
  get qrAbilities(): { colours: boolean; unicode: boolean } {
    return this.#painter.qrAbilities;
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
      const { status, words } = await this.#leaving.departure;
      this.#words = words;
      return status;
    } finally {
      this.#painter.stop();
      await withTimeout(terminal.flush(), LAST_FRAME_MS); // or it could be painted on the shell's screen
      this.restore();
    }
  }

  /** Ctrl-C or a signal: leaves all rooms in order; the second time, at once. */
  interrupt(): void {
    this.#leaving.interrupt();
  }

  /** Ends without waiting for anybody, but for `graceMs` to say goodbye. */
  async abort(status: number, graceMs = 0): Promise<void> {
    await this.#leaving.abort(status, graceMs);
  }

  /** Leaves all rooms in order. */
  async quit(): Promise<void> {
    await this.#leaving.quit();
  }

  /** Wipes rooms, keys, texts and the screen, all before this returns; ends once the others have been told, or a second later. */
  burn(): void {
    this.#leaving.burn();
  }

  /** A fault of the program: ends it. */
  fault(error: unknown): void {
    this.#leaving.fault(error);
  }

  /** Gives the terminal back at once, whatever happens. Nothing is painted afterwards. */
  restore(): void {
    this.#painter.stop();
    this.#keys.dispose();
    this.#options.terminal.leave();
    this.wipe();
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

  /** Drops what was found out at the start. */
  forgetBeginning(): void {
    this.#beginning = null;
  }

  /** Paints in another theme from now on. */
  setTheme(name: ThemeName): void {
    this.#painter.setTheme(name);
  }

  /** Something looks different now: it is painted with the next frame. */
  changed(): void {
    this.#painter.changed();
  }

  /** Something was heard that looks different: it is painted soon, with what comes after it. */
  heard(): void {
    this.#painter.heard();
  }

  /** Paints everything anew. */
  redraw(): void {
    this.#painter.redraw();
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

  async #begin(): Promise<void> {
    try {
      const beginning = await this.#options.begin(this.io);
      if (this.ending) return;
      if (beginning === null) return this.#leaving.end({ status: 0, words: [] });
      this.#beginning = beginning;
      const { ways, entrance, label = "" } = beginning.first;
      const tab = this.rooms.add(ways, label);
      for (const text of beginning.notices ?? []) tab.model.tell(text);
      this.#keyboard.release();
      const failure = await tab.enter(entrance);
      if (failure === null || this.ending) return;
      this.#leaving.end({ status: failure.status, words: [sentence(failure.message)] });
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      this.#leaving.end({ status: failure.status, words: [sentence(failure.message)] });
    }
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#options.terminal.keys) {
      if (this.over) return;
      this.#keys.push(bytes);
    }
    if (!this.over) await this.abort(HUNG_UP);
  }

  #show(text: string): boolean {
    const tab = this.tabs.current;
    tab?.model.tell(text.replace(/^-- /gm, ""));
    return tab !== null;
  }
}
