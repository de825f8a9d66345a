/** What keeps a screen to its owner: the lock, what rings, burning; and the commands and keys for them. @module */
import type { Clock } from "../../client/options.ts";
import { isSpeech } from "../own_wording.ts";
import type { KeyPress } from "../input/key_press.ts";
import type { News } from "../room/room_model.ts";
import { Attention, type AttentionSettings, type NotificationKind } from "./attention.ts";
import type { FullScreen } from "./full_screen.ts";
import { IdleLock, type IdleLockOptions } from "./idle_lock.ts";
import { AlarmsOverlay } from "./overlays/trust.ts";
import type { Curtain } from "./ports.ts";
import type { RoomTab } from "./room_tab.ts";
import type { ScreenCommand } from "./screen_commands.ts";

/** What it depends on. */
export interface DiscretionOptions extends AttentionSettings, Pick<IdleLockOptions, "hash" | "random"> {
  clock: Clock;
  /** How this terminal is notified; see `notificationKind()`. */
  notify: NotificationKind | null;
  /** Locks after so many milliseconds without a key; null: only when it is told to. */
  lockMs: number | null;
}

/** Asks for a line that is not shown. */
export interface SecretAsker {
  ask(question: string, options: { secret: boolean }): Promise<string | null>;
  say(text: string): void;
}

/** Lock, attention and burning of one screen. */
export class Discretion {
  /** What rings. */
  readonly attention: Attention;
  readonly #lock: IdleLock;
  #app: FullScreen | null = null;
  #asking = false;

  /** Makes it; {@linkcode Discretion.attach} brings it to work. */
  constructor(options: DiscretionOptions) {
    const { clock, lockMs } = options;
    this.attention = new Attention({
      ...options,
      now: () => clock.now(),
      write: (text) => this.#app?.writeAside(text),
    });
    this.#lock = new IdleLock({
      ...options,
      afterMs: lockMs,
      changed: () => this.#app?.redraw(),
      opened: (report) => {
        if (report !== null) this.#app?.tabs.current?.model.tell(report, "problem");
      },
    });
  }

  /** Whether the screen is locked. */
  get locked(): boolean {
    return this.#lock.locked;
  }

  /** Takes its place on a screen: its keys, and the curtain. */
  attach(app: FullScreen): void {
    this.#app = app;
    const lock = this.#lock;
    const curtain: Curtain = {
      get closed() {
        return lock.locked;
      },
      frame: (size) => lock.frame(size),
      key: (press) => this.#lockedKey(app, press),
      touch: () => lock.touch(),
    };
    app.curtain = curtain;
    app.bind("lock", () => void this.lock().catch((error) => app.fault(error)));
    app.bind("burn", () => app.burn());
  }

  /** Something may deserve attention. */
  heard({ kind }: News, { tab, focused }: { tab: RoomTab; focused: boolean }): void {
    this.attention.call({ kind, room: tab, looking: focused && !this.#lock.locked });
  }

  /** Blanks the screen; asks for a passphrase before, where none was asked for yet. */
  async lock(): Promise<void> {
    const app = this.#app;
    if (app === null || this.#lock.locked || this.#asking) return;
    if (!this.#lock.hasPassphrase && !await this.askPassphrase(app.io)) return;
    this.#lock.lock();
  }

  /** Asks for a passphrase twice. @returns False when the user gave up. An empty one is one: it only hides. */
  async askPassphrase(io: SecretAsker): Promise<boolean> {
    if (this.#asking) return false;
    this.#asking = true;
    try {
      for (;;) {
        const first = await io.ask("New passphrase for the lock (empty: hide only): ", { secret: true });
        if (first === null) return false;
        const again = first === "" ? "" : await io.ask("Once more: ", { secret: true });
        if (again === null) return false;
        if (again === first) {
          await this.#lock.setPassphrase(first);
          return true;
        }
        io.say("Those were two different ones.");
      }
    } finally {
      this.#asking = false;
    }
  }

  /** Carries out a command of the full screen. */
  async run(tab: RoomTab, command: ScreenCommand): Promise<void> {
    const { attention } = this;
    switch (command.name) {
      case "burn":
        return this.#app?.burn();
      case "alarms":
        return this.#showAlarms(tab, { waiting: false });
      case "mute":
        return tab.model.tell(
          attention.setMuted(tab, command.on)
            ? "This room rings no more, but for warnings: /mute off changes that."
            : "This room rings again.",
        );
      case "dnd":
        return tab.model.tell(
          attention.setDoNotDisturb(command.on)
            ? "Nothing rings now in any room: /dnd off changes that."
            : "Rooms ring again.",
        );
      case "lockscreen": {
        const app = this.#app;
        if (app === null || (command.change && !await this.askPassphrase(app.io))) return;
        return await this.lock();
      }
      case "theme":
        return this.#app?.setTheme(command.theme);
    }
  }

  /**
   * Whether a text has to wait until warnings have been read: they come up instead.
   *
   * @returns True when it was not to be sent; whoever asked gives the text back.
   */
  holds(tab: RoomTab, text: string): boolean {
    if (tab.model.trust.alarms.length === 0 || !isSpeech(text)) return false;
    this.#showAlarms(tab, { waiting: true });
    return true;
  }

  /** Forgets the passphrase and all timers. */
  wipe(): void {
    this.#lock.dispose();
  }

  #showAlarms({ model }: RoomTab, { waiting }: { waiting: boolean }): void {
    this.#app?.overlays.open(
      new AlarmsOverlay({
        alarms: () => model.trust.alarms,
        acknowledge: (keys) => {
          for (const key of keys) model.acknowledge(key);
        },
        waiting,
      }),
    );
  }

  /** Behind the curtain only the lock is reached, and what ends or stops the program. */
  #lockedKey(app: FullScreen, press: KeyPress): void {
    switch (app.keyMap.meaning(press, ["everywhere"])) {
      case "pending":
        return;
      case "burn":
        return app.burn();
      case "interrupt":
        return app.interrupt();
      case "suspend":
        return app.suspend();
      case "redraw":
        return app.redraw();
    }
    this.#lock.key(press);
  }
}
