/** What was asked of a session and is not done yet, and which of one's messages the relay has not taken. @module */
import type { SessionCommand } from "../client/commands.ts";
import type { SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { platformClock } from "../client/platform.ts";
import { durationText } from "./duration.ts";

/** Commands whose content is followed until the relay has it: each is answered by a `sent` event. */
const FOLLOWED: ReadonlySet<SessionCommand["command"]> = new Set(
  ["send", "me", "msg", "reply", "edit", "delete", "react"] as const,
);
/**
 * How long nothing may get on before what is under way is given up, in milliseconds. However long the whole takes does
 * not matter: a relay with a low rate takes its time, and nothing is to be lost by that.
 */
export const IDLE_MS = 120_000;

/** Counts what is under way, and waits for it. */
export class UnderWay {
  readonly #clock: Clock;
  #size = 0;
  #messages = 0; // of those under way
  #unsent = 0;
  #offline = false;
  #retryAt = 0;
  #over = false;
  #stopped = false;
  #watchers: (() => void)[] = [];

  /** Counts from nothing. */
  constructor(clock: Clock = platformClock) {
    this.#clock = clock;
  }

  /** Commands that are not done. */
  get size(): number {
    return this.#size;
  }

  /** Own messages that the relay has not taken. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Own messages that are lost when the session ends now; none when it has ended, which has told of them itself. */
  get atRisk(): number {
    if (this.#over) return 0;
    return this.#offline ? this.#unsent : this.#messages;
  }

  /** Whether the session has lost its connection and tries to get it back. */
  get offline(): boolean {
    return this.#offline;
  }

  /** When the next try to get the connection back is, in words; empty while there is one. */
  get nextTry(): string {
    if (!this.#offline) return "";
    const ms = this.#retryAt - this.#clock.now();
    return ms <= 0 ? "trying now" : `next try in ${durationText(ms)}`;
  }

  /**
   * Takes note of a command that has been given to the session. A file that is being read for its offer is not waited for:
   * the offer would end with the session.
   */
  add(command: SessionCommand, running: Promise<unknown>): void {
    if (command.command === "file") return;
    const followed = FOLLOWED.has(command.command);
    this.#size++;
    if (followed) {
      this.#unsent++;
      this.#messages++;
    }
    const done = (refused: boolean): void => {
      this.#size--;
      if (followed) this.#messages--;
      if (refused && followed && !this.#over) this.#unsent--;
      this.#changed();
    };
    running.then(() => done(false), () => done(true));
  }

  /** Takes note of what shows that something gets on, or why it does not. */
  observe(event: SessionEvent): void {
    if (event.type === "joined") {
      this.#offline = this.#over = false;
      this.#unsent = 0;
    } else if (event.type === "ended") {
      this.#over = true;
      this.#offline = false;
    } else if (event.type === "sent") this.#unsent = Math.max(0, this.#unsent - 1);
    else if (event.type === "connection") {
      if (event.state === "reconnecting") {
        this.#offline = true;
        this.#retryAt = this.#clock.now() + event.retryMs;
      } else if (event.state === "online" && event.back === true) this.#offline = false;
    } else if (event.type !== "notice" || event.code !== "rate_limited") return;
    this.#changed();
  }

  /** Waits until fewer than `most` commands are under way. */
  async fewerThan(most: number): Promise<void> {
    while (this.#size >= most && !this.#stopped) await this.#change();
  }

  /**
   * Waits until everything is done. Without a connection it waits as long as the session does.
   *
   * @param idleMs How long nothing may get on while there is a connection.
   * @returns False when it gave up.
   */
  async drain(idleMs: number = IDLE_MS): Promise<boolean> {
    while (this.#size > 0 || (this.#offline && this.#unsent > 0)) {
      if (this.#stopped) return false;
      if (!await this.#change(idleMs) && !this.#offline) return false;
    }
    return true;
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#stopped = true;
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  /** Resolves to true at the next change; to false when there is none for `ms`. */
  #change(ms?: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : this.#clock.setTimer(() => resolve(false), ms);
      this.#watchers.push(() => {
        if (timer !== undefined) this.#clock.clearTimer(timer);
        resolve(true);
      });
    });
  }
}
