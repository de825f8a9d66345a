/** Paints a full screen: what is in front, or the curtain, at most thirty times a second. @module */
import type { Clock } from "../../client/options.ts";
import { FrameClock } from "../screen/frame_clock.ts";
import { Screen } from "../screen/screen.ts";
import { type Theme, type ThemeName, themeOf } from "../screen/theme.ts";
import { composeFrame } from "./frame.ts";
import type { FullScreen } from "./full_screen.ts";
import type { FullScreenOptions } from "./ports.ts";
import { Pulse } from "./pulse.ts";

/** What a {@linkcode Painter} is given. */
export interface PainterOptions extends Pick<FullScreenOptions, "terminal" | "capabilities" | "theme"> {
  clock: Clock;
}

/** Paints one screen. */
export class Painter {
  readonly #app: FullScreen;
  readonly #options: PainterOptions;
  readonly #screen: Screen;
  readonly #frames: FrameClock;
  readonly #pulse: Pulse;
  #theme: Theme;

  /** Nothing has been painted yet. */
  constructor(app: FullScreen, options: PainterOptions) {
    const { terminal, capabilities, clock } = options;
    this.#app = app;
    this.#options = options;
    this.#theme = options.theme ??
      themeOf(capabilities.dark === false ? "light" : "dark", capabilities.colours);
    this.#screen = new Screen(terminal, capabilities, this.#theme);
    this.#frames = new FrameClock({ clock, paint: () => this.#paint() });
    this.#pulse = new Pulse(clock, () => this.changed());
  }

  /** What QR codes can be drawn with. */
  get qrAbilities(): { colours: boolean; unicode: boolean } {
    return { colours: this.#theme.name !== "plain", unicode: this.#options.capabilities.unicode };
  }

  /** Something looks different now: it is painted with the next frame. */
  changed(): void {
    if (!this.#app.over) this.#frames.request();
  }

  /** Something has come that need not be seen this very moment: it is painted with what comes after it. */
  heard(): void {
    if (!this.#app.over) this.#frames.request({ patient: true });
  }

  /** Paints everything anew. */
  redraw(): void {
    this.#screen.invalidate();
    this.changed();
  }

  /** Paints in another theme from now on. */
  setTheme(name: ThemeName): void {
    const { colours, dark } = this.#options.capabilities;
    this.#theme = themeOf(name, colours, { dark });
    this.#screen.setTheme(this.#theme);
    this.redraw();
  }

  /** Paints no more. */
  stop(): void {
    this.#frames.stop();
    this.#pulse.stop();
  }

  #paint(): Promise<void> | void {
    const app = this.#app;
    if (app.over) return;
    const { current, all } = app.tabs;
    const { curtain } = app;
    const looking = app.focused && curtain?.closed !== true;
    for (const tab of all) tab.model.setActive(tab === current && looking && app.panes.atEnd(tab));
    for (const tab of all) app.panes.sweep(tab); // also where nothing is drawn now
    this.#screen.paint(curtain?.closed === true ? curtain.frame(app.size) : composeFrame(app));
    this.#pulse.next(current?.model ?? null);
    return this.#options.terminal.flush();
  }
}
