/** One stay in a room: the way in, the session, what it tells, and its end. Knows no document. @module */
import {
  type AccountLogin,
  ClientError,
  createRoom,
  type Ending,
  joinRoom,
  type Logins,
  type RoomSession,
  type SessionEvent,
} from "../client/mod.ts";
import { RoomModel } from "../terminal/room/room_model.ts";
import { relayPlace } from "../terminal/relay_url.ts";

/** What a person asks for on the first page. */
export interface Wish {
  nick: string;
  /** The relay's WebSocket address; empty where the invite tells it. */
  relay: string;
  /** Invite link, spoken code or name; null for a new room. */
  code: string | null;
  password: string;
  logins: { password: string; token: string; account: AccountLogin };
}

/** What a visit tells the page. */
export interface VisitHooks {
  /** Something looks different now. */
  changed: () => void;
  /** The codes of the room, when they were asked for, or once after founding it. */
  invited: (event: Extract<SessionEvent, { type: "invite" }>) => void;
  /** The session has ended, other than by the page's own wish. */
  ended: (ending: Ending) => void;
}

/** Most messages and lines that are kept: far fewer than a terminal shows, since each is an element of the page. */
const MAX_ENTRIES = 2_000;

/** The same as a terminal is told, without its keys. */
const WAITING =
  "Nobody is there yet; looking again every 2 s. If somebody should be, check the relay and the code, which may be an old one";

/** A stay in a room. */
export class Visit {
  /** What is said, who is there, how it stands. */
  readonly model: RoomModel;
  readonly #hooks: VisitHooks;
  readonly #attempt = new AbortController();
  #session: RoomSession | null = null;
  #over = false;

  /** Nobody has asked for a way in yet. */
  constructor(hooks: VisitHooks) {
    this.#hooks = hooks;
    this.model = new RoomModel({
      maxEntries: MAX_ENTRIES,
      onChange: hooks.changed,
      relay: () => this.#place,
    });
  }

  #place = "the relay";

  /** The session; null before we are in, and after its end. */
  get session(): RoomSession | null {
    return this.#session;
  }

  /**
   * Founds or joins.
   *
   * @throws {ClientError} Why it did not lead in.
   */
  async enter(wish: Wish): Promise<void> {
    if (wish.relay !== "") this.#place = relayPlace(wish.relay);
    const options = {
      relay: wish.relay,
      nick: wish.nick,
      signal: this.#attempt.signal,
      login: loginsOf(wish.logins),
      onEvent: (event: SessionEvent): void => this.#onEvent(event),
    };
    const session = wish.code === null ? await createRoom(options) : await joinRoom({
      ...options,
      code: wish.code,
      ...(wish.password === "" ? {} : { password: wish.password }),
    });
    if (this.#over) {
      session.abort();
      throw new ClientError("aborted", "Cannot join: it was given up");
    }
    this.#session = session;
    void session.ended.then((ending) => {
      this.#session = null;
      if (!this.#over) this.#hooks.ended(ending);
    });
  }

  /** Leaves in order: waits until what was said has arrived, up to 10 s. */
  async leave(): Promise<void> {
    this.#end();
    await this.#session?.leave();
    this.model.wipe();
  }

  /** Ends at once, keys first. Resolves when the others have been told, or after a second. */
  async abort(): Promise<void> {
    this.#end();
    const session = this.#session;
    session?.abort();
    this.model.wipe();
    await session?.ended;
  }

  #end(): void {
    this.#over = true;
    this.#attempt.abort(new ClientError("aborted", "Cannot join: it was given up"));
  }

  #onEvent(event: SessionEvent): void {
    if (this.#over && event.type !== "sent" && event.type !== "delivered") return;
    this.model.observe(
      event.type === "notice" && event.code === "waiting" ? { ...event, message: WAITING } : event,
    );
    if (event.type === "invite") this.#hooks.invited(event);
  }
}

/** What to log in with, of fields that may be empty. */
export function loginsOf({ password, token, account }: Wish["logins"]): Logins {
  return {
    ...(password === "" ? {} : { password }),
    ...(token === "" ? {} : { token }),
    ...(account.name === "" ? {} : { account }),
  };
}
