/** From keys to deeds: who has the keys now, and what is done whoever has them. @module */
import type { KeyAction, KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress, MousePress } from "../input/key_press.ts";
import type { FullScreen } from "./full_screen.ts";
import { tabAt } from "../view/tab_bar.ts";
import { runAction } from "./actions.ts";
import { tabViews } from "./frame.ts";
import type { Area } from "./layout.ts";
import type { RoomTab } from "./room_tab.ts";

/** Rows that one turn of the wheel scrolls. */
const WHEEL_ROWS = 3;
/** Most keys that are kept for later. */
const MAX_AHEAD = 500;
/** Keys that work on the whole program, also while a window is open. */
const ALWAYS: ReadonlySet<KeyMeaning> = new Set<KeyAction>(["suspend", "redraw", "burn", "lock"]);

const ESCAPE: KeyPress = { key: "escape", ctrl: false, alt: false, shift: false };
const SLASH: KeyPress = { text: "/" };

/** Hands keys out. */
export class Keyboard {
  readonly #app: FullScreen;
  /** What is typed while there is nothing yet that could take it. */
  #ahead: KeyPress[] = [];

  /** For one screen. */
  constructor(app: FullScreen) {
    this.#app = app;
  }

  /** Takes what was pressed. */
  press(press: KeyPress): void {
    const app = this.#app;
    try {
      if ("focus" in press) return app.setFocus(press.focus);
      if (app.curtain?.closed === true) app.curtain.key(press);
      else {
        app.curtain?.touch();
        this.#press(press);
      }
      app.changed();
    } catch (error) {
      app.fault(error);
    }
  }

  /** Hands out what was typed ahead, once there is something that can take it. */
  release(): void {
    const { overlays, tabs } = this.#app;
    while (this.#ahead.length > 0 && (overlays.top !== null || tabs.current !== null)) {
      this.press(this.#ahead.shift() as KeyPress);
    }
  }

  /** Forgets what was typed ahead. */
  wipe(): void {
    this.#ahead = [];
  }

  #press(press: KeyPress): void {
    const app = this.#app;
    const tab = app.tabs.current;
    const meaning = app.keyMap.meaning(press, this.#places(tab));
    if (meaning === "pending") return;
    if (meaning === null && isEscapeAndSlash(press)) {
      this.#press(ESCAPE);
      return this.#press(SLASH);
    }
    if (meaning !== null && app.overlays.top === null) app.hints?.did(meaning);
    if (meaning === "interrupt") return this.#interrupt(tab);
    if (meaning !== null && ALWAYS.has(meaning)) return runAction(app, meaning);
    if (app.overlays.top !== null) return app.overlays.key(press, meaning);
    if (tab === null && meaning === null && !("mouse" in press)) return this.#keep(press);
    if ("mouse" in press) return this.#mouse(press.mouse, tab);
    if (tab !== null && this.#write(tab, press, meaning)) return;
    if (meaning !== null) runAction(app, meaning);
  }

  #keep(press: KeyPress): void {
    if (this.#ahead.length < MAX_AHEAD) this.#ahead.push(press);
  }

  #places(tab: RoomTab | null): readonly KeyPlace[] {
    const { overlays, panes } = this.#app;
    if (overlays.top !== null) return overlays.places;
    if (tab === null) return ["everywhere"];
    return [...panes.finding(tab) === null ? tab.composer.places : ["find" as const], "everywhere"];
  }

  /** A key for what is being looked for or written. */
  #write(tab: RoomTab, press: KeyPress, meaning: KeyAction | null): boolean {
    const { panes } = this.#app;
    if (panes.finding(tab) !== null) return panes.findKey(tab, press, meaning);
    const before = tab.composer.text.text;
    const taken = tab.composer.key(press, meaning);
    if (taken && tab.composer.text.text !== before) tab.typing();
    if (taken || meaning !== null || !("key" in press) || press.key !== "escape") return taken;
    return panes.unchoose(tab);
  }

  /** Closes what is open; where nothing is, leaves. */
  #interrupt(tab: RoomTab | null): void {
    const { overlays, panes } = this.#app;
    if (overlays.top !== null) return overlays.close(overlays.top);
    if (tab !== null && (panes.closeFinding(tab) || tab.composer.closeOpen())) return;
    this.#app.interrupt();
  }

  #mouse({ kind, row, column }: MousePress["mouse"], tab: RoomTab | null): void {
    const { panes } = this.#app;
    if (tab === null) return;
    const { memberArea, tabArea } = panes;
    if (kind !== "press" && memberArea !== null && within(memberArea, { row, column })) {
      return panes.scrollMembers(tab, kind === "wheelup" ? -WHEEL_ROWS : WHEEL_ROWS);
    }
    if (kind === "press" && tabArea !== null && within(tabArea, { row, column })) {
      const { tabs, signs } = this.#app;
      const place = tabAt(tabViews(this.#app), tabs.index, { columns: tabArea.columns, signs, column });
      return void (place === null ? null : tabs.show(place));
    }
    if (kind !== "press") return panes.scroll(tab, kind === "wheelup" ? -WHEEL_ROWS : WHEEL_ROWS);
    const { area } = panes;
    if (area === null || column >= area.columns || row < area.row || row >= area.row + area.rows) return;
    panes.chooseAt(tab, row - area.row);
  }
}

/** Escape and then a command, typed so fast that the terminal makes Alt-/ of it. */
function isEscapeAndSlash(press: KeyPress): boolean {
  return "key" in press && press.key === "/" && press.alt && !press.ctrl && !press.shift;
}

function within(area: Area, { row, column }: { row: number; column: number }): boolean {
  const [down, right] = [row - area.row, column - area.column];
  return down >= 0 && down < area.rows && right >= 0 && right < area.columns;
}
