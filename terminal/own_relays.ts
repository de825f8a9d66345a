/** Relays that run inside this program: each goes on until the last of our rooms on it has ended. @module */
import type { RoomSession } from "../client/commands.ts";
import type { SessionEvent } from "../client/events.ts";
import type { EmbeddedRelay } from "./embedded_relay.ts";

/** A room of ours that is on such a relay. */
export interface OwnRoom {
  /** Told when the room that brought the relay is gone, and the relay is not. */
  onEvent: (event: SessionEvent) => void;
  /** Whether this room brought the relay. */
  founder?: boolean;
  /** Called once the room has ended. */
  after?: () => void;
}

/** Shared by all tabs. */
export class OwnRelays {
  readonly #running = new Map<string, { relay: EmbeddedRelay; rooms: Set<OwnRoom> }>();

  /** One runs now. */
  add(relay: EmbeddedRelay): void {
    this.#running.set(relay.url, { relay, rooms: new Set() });
  }

  /** Ends one on which there is no room. */
  async drop(url: string): Promise<void> {
    const running = this.#running.get(url);
    if (running === undefined || running.rooms.size > 0) return;
    this.#running.delete(url);
    await running.relay.close();
  }

  /** A session that keeps the relay it is on for as long as it lasts, where that relay is one of ours. */
  hold(url: string, session: RoomSession, room: OwnRoom): RoomSession {
    const running = this.#running.get(url);
    if (running === undefined) return session;
    running.rooms.add(room);
    const ended = session.ended.then(async (ending) => {
      running.rooms.delete(room);
      if (room.founder === true) this.#tell(running.rooms);
      await this.drop(url);
      room.after?.();
      return ending;
    });
    return {
      run: (command) => session.run(command),
      leave: async () => {
        await session.leave();
        await ended;
      },
      abort: () => session.abort(),
      ended,
    };
  }

  #tell(rooms: ReadonlySet<OwnRoom>): void {
    const message =
      "The room that brought this relay is closed; the relay goes on here until you leave this room too";
    for (const { onEvent } of rooms) onEvent({ type: "notice", code: "relay_goes_on", message });
  }
}
