/** Opens and closes rooms on the full screen. @module */
import type { Clock } from "../../client/options.ts";
import type { Entrance } from "../seat.ts";
import { isSpeech } from "../own_wording.ts";
import { sentence } from "../wording.ts";
import { forgetWidths } from "../screen/width.ts";
import { answerWindow } from "./answer_window.ts";
import { ConfirmOverlay } from "./confirm_overlay.ts";
import type { FullScreen } from "./full_screen.ts";
import type { LineRunner } from "./line_runner.ts";
import type { FullScreenOptions } from "./ports.ts";
import { type AnswerEvent, RoomTab } from "./room_tab.ts";
import { Tabs } from "./tabs.ts";
import type { WaysIn } from "./ways_in.ts";

/** What {@linkcode Rooms} works with. */
export interface RoomsOptions extends Pick<FullScreenOptions, "giveUpMs"> {
  /** Time. */
  clock: Clock;
  /** Hears of what may deserve attention. */
  attention: FullScreenOptions["attention"] | undefined;
  /** What the others are told, said in every room that is entered. */
  privacy: FullScreenOptions["privacy"] | undefined;
  /** Carries out what is typed. */
  lines: LineRunner;
}

/** The rooms of one screen. */
export class Rooms {
  /** Those that are open. */
  readonly tabs: Tabs = new Tabs();
  readonly #app: FullScreen;
  readonly #options: RoomsOptions;

  /** None is open. */
  constructor(app: FullScreen, options: RoomsOptions) {
    this.#app = app;
    this.#options = options;
  }

  /** Opens a tab and brings it to the front; it is in no room yet. */
  add(ways: WaysIn, label: string): RoomTab {
    const app = this.#app;
    const { clock, giveUpMs } = this.#options;
    const tab: RoomTab = new RoomTab({
      ways,
      label,
      clock,
      giveUpMs,
      hooks: {
        changed: () => app.changed(),
        heard: () => app.heard(),
        news: (news) => {
          const where = { tab, focused: app.focused && this.tabs.current === tab };
          app.discretion?.heard(news, where);
          this.#options.attention?.(news, where);
        },
        answer: (event) => this.#answer(tab, event),
        send: (from, text) => this.#send(from, text),
        entered: (session) => {
          const { privacy } = this.#options;
          if (privacy !== undefined) session.run({ command: "privacy", ...privacy }).catch(() => {});
        },
        confirm: (question, yes) => app.overlays.open(new ConfirmOverlay(question, yes)),
        fault: (error) => app.fault(error),
      },
    });
    this.tabs.add(tab);
    app.changed();
    return tab;
  }

  /**
   * Opens one more tab and leads it into a room; where that fails, it goes away again.
   *
   * @param ways The ways in of the new tab.
   * @param options.entrance Which of them to take.
   * @param options.label What the room is called before more is known.
   * @param options.typed What is given back when it fails.
   */
  async open(
    ways: WaysIn,
    { entrance, label, typed }: { entrance: Entrance; label: string; typed: string },
  ): Promise<void> {
    const from = this.tabs.current;
    const tab = this.add(ways, label);
    const failure = await tab.enter(entrance);
    if (failure === null || from === null) return;
    this.close(tab);
    from.model.tell(sentence(failure.message), "problem");
    from.composer.putBack(typed);
  }

  /** Takes a tab away that has no room any more. */
  close(tab: RoomTab): void {
    this.tabs.remove(tab);
    this.#app.panes.forget(tab);
    forgetWidths();
    tab.wipe();
    this.#app.changed();
  }

  /** Ctrl-D while nothing is typed: leaves the room in front; with the last one, Sotto. */
  leaveFront(): void {
    const tab = this.tabs.current;
    if (tab === null || this.tabs.count < 2) return this.#app.interrupt();
    this.#options.lines.leave(tab).catch((error) => this.#app.fault(error));
  }

  #send(tab: RoomTab, text: string): void {
    const app = this.#app;
    if (app.ending || app.discretion?.holds(tab, text)) return void tab.composer.putBack(text);
    app.panes.toEnd(tab);
    app.panes.unchoose(tab);
    if (isSpeech(text)) app.hints?.sent();
    this.#options.lines.run(tab, text);
    app.changed();
  }

  #answer(tab: RoomTab, event: AnswerEvent): void {
    const app = this.#app;
    answerWindow(app, tab, event).then((window) => app.overlays.open(window))
      .catch((error) => app.fault(error));
  }
}
