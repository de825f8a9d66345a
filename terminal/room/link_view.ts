/** How the connection of a room stands, as a person is told. @module */
import type { Ending, SessionEvent } from "../../client/events.ts";

/** From which try on the relay counts as down, not as a hiccup. */
const DOWN_FROM = 3;

/** `down`: it is tried again, without success so far; `over`: the session has ended. */
export type LinkState = "connecting" | "online" | "reconnecting" | "down" | "over";

/** The connection of one room. */
export class LinkView {
  readonly #now: () => number;
  #state: LinkState = "connecting";
  #reason = "";
  #attempt = 0;
  #retryAt = 0;
  #unsent = 0;
  #ending: Ending | null = null;

  /** Nothing has been heard yet. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How it stands. */
  get state(): LinkState {
    return this.#state;
  }

  /** Why there is none; empty while there is one. Not safe to show before it has been sanitised. */
  get reason(): string {
    return this.#reason;
  }

  /** The number of the next try, from 1; 0 while there is a connection. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Milliseconds until the next try. */
  get retryMs(): number {
    return this.#attempt === 0 ? 0 : Math.max(0, this.#retryAt - this.#now());
  }

  /** Own messages that wait, as the session said last. */
  get unsent(): number {
    return this.#unsent;
  }

  /** How the session ended, once it has. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /** Whether what is said now has to wait. */
  get offline(): boolean {
    return this.#state === "reconnecting" || this.#state === "down";
  }

  /** Takes note of what happens to the connection. */
  observe(event: SessionEvent): void {
    if (event.type === "joined") this.#up();
    else if (event.type === "ended") {
      const { status, code, message } = event;
      this.#up();
      this.#state = "over";
      this.#ending = { status, code, message };
    } else if (event.type === "connection") this.#connection(event);
  }

  #connection(event: Extract<SessionEvent, { type: "connection" }>): void {
    switch (event.state) {
      case "connecting":
        this.#ending = null;
        this.#state = "connecting";
        return;
      case "online":
        return this.#up();
      case "reconnecting":
        this.#state = event.attempt >= DOWN_FROM ? "down" : "reconnecting";
        this.#reason = event.reason;
        this.#attempt = event.attempt;
        this.#retryAt = this.#now() + event.retryMs;
        this.#unsent = event.unsent;
        return;
      case "closed":
        this.#state = "over";
    }
  }

  #up(): void {
    this.#state = "online";
    this.#reason = "";
    this.#attempt = this.#unsent = 0;
    this.#ending = null;
  }
}
