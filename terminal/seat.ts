/** The one place that a user has: in a room, on the way into one, or in none. Both modes sit on it. @module */
import type { RoomSession } from "../client/commands.ts";
import type { Ending, SessionEvent } from "../client/events.ts";

/** What an entrance is given. */
export interface EntranceHooks {
  /** Receives the session's events. */
  onEvent: (event: SessionEvent) => void;
  /** Aborted when the user gives up. */
  signal: AbortSignal;
}

/** A way into a room: founds or joins it. */
export type Entrance = (hooks: EntranceHooks) => Promise<RoomSession>;

/** How long a session that was ended at once may take to say its last word, in milliseconds. */
const LAST_WORD_MS = 1_000;

/** Holds at most one session, and leaves it before another is entered. */
export class Seat {
  #session: RoomSession | null = null;
  #leaving: { session: RoomSession; done: Promise<Ending> } | null = null;
  #attempt: AbortController | null = null;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #onEnded: (ending: Ending) => void;

  /**
   * Makes an empty seat.
   *
   * @param handlers.onEvent Receives all events of whatever session there is.
   * @param handlers.onEnded Called when a session ends that was not told to.
   */
  constructor(handlers: { onEvent: (event: SessionEvent) => void; onEnded: (ending: Ending) => void }) {
    this.#onEvent = handlers.onEvent;
    this.#onEnded = handlers.onEnded;
  }

  /** The session, when in a room. */
  get session(): RoomSession | null {
    return this.#session;
  }

  /** Whether an entrance is under way. */
  get entering(): boolean {
    return this.#attempt !== null;
  }

  /**
   * Goes through an entrance, leaving the room that one is in.
   *
   * @returns False when the user gave up on the way.
   * @throws Whatever the entrance throws.
   */
  async enter(entrance: Entrance): Promise<boolean> {
    await this.leave();
    const attempt = this.#attempt = new AbortController();
    try {
      const session = await entrance({ onEvent: this.#onEvent, signal: attempt.signal });
      if (attempt.signal.aborted) {
        await session.leave();
        return false;
      }
      this.#session = session;
      void session.ended.then((ending) => {
        if (this.#session !== session) return;
        this.#session = null;
        this.#onEnded(ending);
      });
      return true;
    } catch (error) {
      if (attempt.signal.aborted) return false;
      throw error;
    } finally {
      if (this.#attempt === attempt) this.#attempt = null;
    }
  }

  /** Gives up an entrance, or leaves the room in order. @returns How the session ended that was left last, if any was. */
  async leave(): Promise<Ending | null> {
    this.#attempt?.abort();
    const session = this.#session;
    this.#session = null;
    if (session !== null) this.#leaving = { session, done: session.leave().then(() => session.ended) };
    return await this.#leaving?.done ?? null;
  }

  /** Ends at once; resolves when the last word has been said, or has taken too long. Whoever asks again waits as well. */
  async abort(): Promise<void> {
    this.#attempt?.abort();
    const session = this.#session ?? this.#leaving?.session ?? null;
    this.#session = null;
    if (session === null) return;
    this.#leaving = { session, done: session.ended };
    session.abort();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, LAST_WORD_MS));
    await Promise.race([session.ended, late]);
    clearTimeout(timer);
  }
}
