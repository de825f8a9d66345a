/** What the user is told now and then, and not each time. @module */
import { toHex } from "../crypto/bytes.ts";
import { ErrorCode } from "../wire/error_codes.ts";
import type { SessionEvent } from "./events.ts";
import { isAway } from "./audience.ts";
import type { Id } from "./ids.ts";
import type { Room } from "./room.ts";

/** How often the same thing is told, in milliseconds. */
const TELL_MS = 60_000;
/** Most things of which it is remembered when they were told. */
export const MAX_TOLD = 1_000;
/** Longest sentence of a relay that is passed on. */
const MAX_SENTENCE = 300;

/** Tells, with pauses. */
export class Notices {
  readonly #room: Room;
  readonly #told = new Map<string, number>();

  /** Speaks for `room`. */
  constructor(room: Room) {
    this.#room = room;
  }

  /** A frame did not pass. */
  rejected(reason: "replayed" | "tampered" | "malformed" | "overflow", author: Id | undefined): void {
    const who = author === undefined ? "somebody" : this.#room.ref(author).nick;
    const sentences = {
      replayed: `The relay played an old message of ${who} again; it was ignored`,
      tampered:
        `Something sent in the name of ${who} was changed on the way or is not from ${who}; it was ignored`,
      malformed: `Something from ${who} could not be read; it was ignored`,
      overflow: `${who} sent more than can be read at once; part of it was dropped`,
    };
    this.tell({ type: "notice", code: reason, message: sentences[reason] }, `${reason}-${author ?? ""}`);
  }

  /** The relay asks to slow down. */
  paused(ms: number): void {
    const message = `The relay asks to slow down: what you wrote goes out in ${
      Math.ceil(ms / 1000)
    } s, nothing is lost`;
    this.tell({ type: "notice", code: "rate_limited", message }, "rate");
  }

  /** The relay says something to everybody, such as that it will shut down. */
  relaySays(code: number, sentence: string): void {
    const draining = code === ErrorCode.draining;
    const message = `The relay says: ${sentence.slice(0, MAX_SENTENCE)}`;
    this.tell({ type: "notice", code: draining ? "relay_draining" : "relay", message }, `relay-${message}`);
  }

  /** A guess at a door has failed. */
  knockFailed(doorId: string, by: Id, proof: "wrong" | "missing"): void {
    const { doors, guesses } = this.#room;
    const door = doors.all.find((d) => toHex(d.doorId) === doorId);
    if (door === undefined) return;
    const { nick } = this.#room.ref(by);
    this.#room.emit({ type: "knock_failed", door: door.kind, count: guesses.count(doorId), by: nick, proof });
  }

  /** Somebody that does not know our code has answered us after another had let us in. */
  wrongAnswer(): void {
    const message =
      "Somebody between you and the room answered your knock in a member's place, with a wrong " +
      "code: that was one guess at it";
    this.tell({ type: "notice", code: "wrong_answer", message }, "answer");
  }

  /** Some of what a member said is missing here, and somebody who is away may have it. */
  awaited(author: Id, count: number): void {
    const room = this.#room;
    const ids = room.repair.awaited(author).filter((id) => isAway(room, id));
    if (ids.length === 0) return; // all that may have it are back, and are asked in a moment
    const [some, it] = count === 1 ? ["1 message", "it"] : [`${count} messages`, "them"];
    const names = ids.slice(0, 3).map((id) => room.ref(id).nick);
    const more = ids.length > names.length ? ` and ${ids.length - names.length} others` : "";
    const minutes = Math.max(1, Math.ceil(Math.max(0, ...ids.map((id) => room.absence.leftMs(id))) / 60_000));
    const message =
      `Missing here: ${some} from ${room.ref(author).nick}. Waiting for who is away and may have ` +
      `${it}: ${names.join(", ")}${more}. That is settled in ${minutes} min at the latest`;
    this.tell({ type: "notice", code: "missing", message }, `missing-${author}`);
  }

  /** Tells something once a minute at most. */
  tell(event: SessionEvent, about: string): void {
    const key = `${event.type}-${about}`;
    const now = this.#room.parts.clock.now();
    if (now - (this.#told.get(key) ?? -Infinity) < TELL_MS) return;
    for (const oldest of this.#told.keys()) {
      if (this.#told.size < MAX_TOLD) break;
      this.#told.delete(oldest);
    }
    this.#told.delete(key);
    this.#told.set(key, now);
    this.#room.emit(event);
  }
}
