/** What a user can ask of a session; JSON mode reads these from stdin, line mode makes them of slash commands. @module */

import type { FileSink } from "./file_getting.ts";
import type { FileSource } from "./file_giving.ts";

/** One request. `ref` comes back in the `sent` event. Members are named by nickname or id, messages by id. */
export type SessionCommand =
  | { command: "send"; text: string; ref?: string | number }
  | { command: "me"; text: string; ref?: string | number }
  | { command: "msg"; to: string; text: string; ref?: string | number }
  | { command: "reply"; text: string; id?: string; ref?: string | number } // without id: the last message of another
  | { command: "edit"; text: string; id?: string; ref?: string | number } // without id: one's own last message
  | { command: "delete"; id?: string; ref?: string | number } // without id: one's own last message
  | { command: "react"; emoji: string; id?: string; ref?: string | number } // without id: the last message of another
  | { command: "file"; source: FileSource; to?: string; ref?: string | number } // offers it; answered by `offered`
  | { command: "save"; id: string; sink: FileSink } // fetches what a message offers; answered by `file` events
  | { command: "cancel"; id: string } // fetches it no more; of one's own offer: offers it no more
  | { command: "cancel"; id?: undefined; ref?: string | number } // the file that is being read for the offer of that ref, or the last
  | { command: "nick"; nick: string }
  | { command: "who" } // answered by a `members` event
  | { command: "verify"; member?: string; mark?: boolean } // answered by a `safety` event
  | { command: "invite" } // answered by an `invite` event
  | { command: "kick"; member: string }
  | { command: "role"; member: string; operator: boolean }
  | { command: "lock" }
  | { command: "unlock" }
  | { command: "limit"; limit: number | null }
  | { command: "topic"; text: string }
  | { command: "expire"; ms: number | null } // what is said from now on disappears after this time; null: it stays
  | { command: "typing"; on: boolean } // at each key; off once the line is empty, sending says so by itself
  | { command: "away"; text?: string }
  | { command: "back" }
  | { command: "privacy"; typing?: boolean; presence?: boolean; receipts?: boolean } // answered by `privacy`
  | { command: "public"; name: string } // lists the room at the relay, for everybody there
  | { command: "private" } // takes it off the list
  | { command: "reconnect" } // tries now instead of later
  | { command: "leave" };

/** A running session, as the terminal and bots use it. */
export interface RoomSession {
  /** Carries out a command; rejects with a `ClientError` whose message is a sentence for the user. */
  run(command: SessionCommand): Promise<void>;
  /**
   * Leaves in order (waits for what was said to be delivered, up to 10 s), wipes keys, closes. When it resolves the
   * relay has given up our place, or has had a second to: a program may exit then.
   */
  leave(): Promise<void>;
  /**
   * Ends at once: wipes all keys before it returns. Where nothing has to be waited for, the others are sent a last
   * LEAVE; `ended` resolves when the relay has it and has given up our place, 1.2 s later at most. For signals and
   * crashes.
   */
  abort(): void;
  /** Resolves when the session has ended, by whatever cause; never rejects. */
  readonly ended: Promise<import("./events.ts").Ending>;
}
