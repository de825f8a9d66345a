/** The way back into the room that one is in, for `/rejoin`. @module */
import type { RoomSession, SessionCommand } from "../client/commands.ts";
import { ClientError } from "../client/errors.ts";
import type { SessionEvent } from "../client/events.ts";
import type { ParsedCode } from "../crypto/codes.ts";
import type { JoinWords } from "./join_words.ts";
import type { Entrance } from "./seat.ts";

/**
 * How a room can be entered once more: by the name that it was entered by, which founds it anew where it is gone; by
 * the code that it was entered by; by its invite, when we founded it ourselves; or not at all, as its relay is ours.
 */
export type Way = "name" | "code" | "invite" | "none";

type Answer<Type> = Extract<SessionEvent, { type: Type }>;

/** A room that was entered, and how. */
interface Visit {
  readonly way: Way;
  readonly entrance: Entrance;
  session: RoomSession | null;
  invite: string | null;
  offline: boolean;
  /** An event that we have asked for ourselves and that nobody else is to see. */
  asked: { type: SessionEvent["type"]; event: SessionEvent | undefined } | null;
}

/** Remembers how the room was entered that one is in. */
export class WayBack {
  readonly #join: (words: JoinWords) => Entrance;
  #visit: Visit | null = null;

  /** Makes one; `join` makes entrances by code. */
  constructor(join: (words: JoinWords) => Entrance) {
    this.#join = join;
  }

  /**
   * Makes an entrance that is remembered once it has led into a room.
   *
   * @param entrance The entrance.
   * @param way How the room can be entered once more.
   */
  remembered(entrance: Entrance, way: Way): Entrance {
    return async (hooks) => {
      const visit: Visit = { way, entrance, session: null, invite: null, offline: false, asked: null };
      let connecting = false;
      const onEvent = (event: SessionEvent): void => {
        if (event.type === "connection" && event.state === "connecting") {
          if (connecting) return; // once more, after a question: for the user it is one way in
          connecting = true;
        }
        if (event.type === "invite") visit.invite = event.invite;
        if (event.type === "connection") visit.offline = event.state === "reconnecting";
        if (visit.asked?.type === event.type) visit.asked.event = event;
        else hooks.onEvent(event);
      };
      const session = await entrance({ ...hooks, onEvent });
      visit.session = session;
      void session.ended.then(() => visit.session = null);
      this.#visit = visit;
      return session;
    };
  }

  /** The way into another room under the name by which the last was entered; null when it was not by name. */
  byName(): Entrance | null {
    const visit = this.#visit;
    return visit?.way === "name" ? this.remembered(visit.entrance, "name") : null;
  }

  /** Whether a code is for the room that one is in; a spoken code or a name is meant for its relay. */
  async isHere(code: ParsedCode): Promise<boolean> {
    const visit = this.#visit;
    if (visit === null || visit.session === null) return false;
    const codes = await ask(visit, { command: "invite" }, "invite").catch(() => undefined);
    if (codes === undefined) return false;
    const { isSameRoom } = await import("./same_room.ts");
    return isSameRoom(code, codes);
  }

  /**
   * The way back into the room that one is in, or was in last.
   *
   * @throws {ClientError} `no_room`, `own_relay`, `offline` or `alone`, while nothing has been left yet.
   */
  async again(): Promise<Entrance> {
    const visit = this.#visit;
    if (visit === null) throw refusal("no_room", "you have not been in a room yet");
    if (visit.way === "none") {
      throw refusal("own_relay", "this room's relay runs here and ends when you leave");
    }
    if (visit.session !== null && visit.offline) {
      throw refusal("offline", "there is no connection; /reconnect tries now, /leave gives this room up");
    }
    if (visit.way !== "name") {
      const members = (await ask(visit, { command: "who" }, "members"))?.members;
      if (members !== undefined && members.filter(({ online }) => online).length <= 1) {
        throw refusal("alone", "nobody else is connected, and the room ends when you leave");
      }
    }
    if (visit.way !== "invite") return this.remembered(visit.entrance, visit.way);
    const invite = (await ask(visit, { command: "invite" }, "invite").catch(() => undefined))?.invite;
    const code = invite ?? visit.invite;
    if (code === null) throw refusal("no_door", "this room has no invite now");
    return this.#join({ code });
  }
}

/** Asks the session itself, unheard by the user; undefined when there is none or it does not say. */
async function ask<Type extends SessionEvent["type"]>(
  visit: Visit,
  command: SessionCommand,
  type: Type,
): Promise<Answer<Type> | undefined> {
  if (visit.session === null) return undefined;
  const asked: NonNullable<Visit["asked"]> = visit.asked = { type, event: undefined };
  try {
    await visit.session.run(command);
    return asked.event as Answer<Type> | undefined;
  } finally {
    visit.asked = null;
  }
}

function refusal(code: string, why: string): ClientError {
  return new ClientError(code, `Cannot rejoin: ${why}`);
}
