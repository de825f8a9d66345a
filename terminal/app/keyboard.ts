/** From keys to deeds: what has the keys now, and what is done whoever has them. @module */
import type { KeyAction, KeyMeaning, KeyPlace } from "../input/key_map.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { FullScreen } from "./full_screen.ts";

/** Rows that one turn of the wheel scrolls. */
const WHEEL_ROWS = 3;
/** Keys that work on the whole program, also while a window is open. */
const ALWAYS: ReadonlySet<KeyMeaning> = new Set<KeyAction>(["suspend", "redraw", "burn", "lock"]);

/** Hands keys out. */
export class Keyboard {
  readonly #app: FullScreen;

  /** For one screen. */
  constructor(app: FullScreen) {
    this.#app = app;
  }

  /** Takes what was pressed. */
  press(press: KeyPress): void {
    const app = this.#app;
    try {
      if ("focus" in press) return app.setFocus(press.focus);
      this.#press(press);
      app.changed();
    } catch (error) {
      app.fault(error);
    }
  }

  #press(press: KeyPress): void {
    const { overlays, composing, keyMap, tabs } = this.#app;
    const overlay = overlays.top;
    const tab = tabs.current;
    const inner: readonly KeyPlace[] = tab === null ? [] : composing.places(tab);
    const places = overlay === null ? [...inner, "everywhere" as const] : overlays.places;
    const meaning = keyMap.meaning(press, places);
    if (meaning === "pending") return;
    if (meaning === "interrupt") return this.#interrupt();
    if (ALWAYS.has(meaning)) return this.#everywhere(meaning as KeyAction);
    if (overlay !== null) return overlays.key(press, meaning);
    if ("mouse" in press) return this.#mouse(press.mouse.kind);
    if (tab !== null && composing.key(tab, press, meaning)) return;
    if (meaning !== null) this.#everywhere(meaning);
  }

  /** Closes what is open; where nothing is, leaves. */
  #interrupt(): void {
    const { overlays, composing, tabs } = this.#app;
    if (overlays.top !== null) return overlays.close(overlays.top);
    if (tabs.current !== null && composing.closeOpen(tabs.current)) return;
    this.#app.interrupt();
  }

  #mouse(kind: "wheelup" | "wheeldown" | "press"): void {
    const { tabs, panes } = this.#app;
    if (tabs.current === null || kind === "press") return;
    panes.scroll(tabs.current, kind === "wheelup" ? -WHEEL_ROWS : WHEEL_ROWS);
  }

  #everywhere(action: KeyAction): void {
    const app = this.#app;
    const { tabs, panes } = app;
    const tab = tabs.current;
    const place = /^tab_(\d)$/.exec(action)?.[1];
    if (place !== undefined) return void tabs.show(Number(place) - 1);
    switch (action) {
      case "next_tab":
        return tabs.move(1);
      case "previous_tab":
        return tabs.move(-1);
      case "next_unread":
        return void tabs.nextUnread();
      case "suspend":
        return app.suspend();
      case "redraw":
        return app.redraw();
      case "help":
        return app.help();
      case "members":
        return app.toggleMembers();
      case "end_of_input":
        return app.endOfInput();
    }
    if (tab !== null) panes.act(tab, action);
  }
}
