/** What a member does by the clock: fresh keys, absent members, members that never confirm (SPEC §6.3, §8.4). @module */
import { ClientError } from "./errors.ts";
import type { Id } from "./ids.ts";
import { KEEP_KEYS_MS } from "./key_ring.ts";
import type { Room } from "./room.ts";
import { present } from "./room_state.ts";

/** How long what people say waits for those present to confirm, in milliseconds. */
export const HOLD_MS = 3_000;
/** After how long an unconfirmed member is pointed out, in milliseconds. */
export const UNCONFIRMED_MS = 5_000;
/** How often a member that is called away says that it is there, in milliseconds. */
export const STAY_MS = 5_000;

/** Keeps a session in good order as time passes. */
export class Upkeep {
  readonly #room: Room;
  #rotating = false;
  /** Fresh keys are due, and wait for a connection. */
  #due = false;
  #staying = false;

  /** Looks after `room`. */
  constructor(room: Room) {
    this.#room = room;
  }

  /** Sets the timers going. */
  start(): void {
    const { timers, parts } = this.#room;
    timers.every(parts.rotateMs, () => void this.rotateKeys());
    // Whoever is away seals to the keys that it knows when it comes back. What was sealed to them is kept as long anyway.
    timers.every(30_000, () => parts.keys.expire(this.#room.absence.isAnyAway ? parts.awayMs : KEEP_KEYS_MS));
    if (parts.welcome === undefined) return;
    this.#room.sender.hold();
    timers.after(HOLD_MS, () => this.#room.sender.releaseAll());
    timers.after(UNCONFIRMED_MS, () => this.#tellUnconfirmed());
    this.releaseIfConfirmed();
  }

  /** Whether somebody who is connected has not confirmed us yet, and so cannot read what we say. */
  get isOpen(): boolean {
    const { state, confirmation, presence } = this.#room;
    return present(state).some((m) => !confirmation.has(m.id) && presence.peerOf(m.id) !== undefined);
  }

  /**
   * Lets go what people said as soon as everybody who is connected has confirmed us. Statements wait for everybody:
   * another newcomer, of whom we know before it does of us, could not read them, and nobody would pass them on.
   */
  releaseIfConfirmed(): void {
    const { state, confirmation, sender } = this.#room;
    if (present(state).every((m) => m.expired || confirmation.has(m.id))) sender.releaseAll();
    else if (!this.isOpen) sender.release();
  }

  /** Announces fresh KEM keys; what was sealed to the old ones can still be opened for a while. */
  async rotateKeys(): Promise<void> {
    this.#due = !this.#room.parts.link.connected;
    if (this.#rotating || this.#due) return;
    this.#rotating = true;
    const { parts, sender, state, me } = this.#room;
    try {
      const generation = await parts.keys.make(
        state.members.get(me)?.nick ?? parts.keys.current.bundle.nickname,
      );
      parts.keys.adopt(generation);
      await sender.say({ kind: "keys", bundle: generation.bundle.encoded });
    } catch (error) {
      if (!this.#room.isOver && !(error instanceof ClientError)) throw error;
    } finally {
      this.#rotating = false;
    }
  }

  /** The connection is back: what was due meanwhile is done first. */
  online(): void {
    if (this.#due) void this.rotateKeys();
  }

  /** Somebody says that we have been away for too long, and we are here: says so, but does not let itself be driven. */
  stay(): void {
    if (this.#staying) return;
    this.#staying = true;
    const { sender, parts, timers, state } = this.#room;
    // In a full room a RETURN is void: there is no use in repeating it until there is a place.
    const full = state.limit !== null && present(state).filter((m) => !m.expired).length >= state.limit;
    if (!full) {
      void sender.say({ kind: "return", bundle: parts.keys.current.bundle.encoded }).catch(() => {});
    }
    timers.after(STAY_MS, () => {
      this.#staying = false;
      if (this.#room.state.members.get(this.#room.me)?.expired === true) this.stay();
    });
  }

  /** A member has been away for the away time: says so, unless somebody has. */
  async expire(id: Id): Promise<void> {
    const member = this.#room.state.members.get(id);
    if (member?.status !== "in" || member.expired || this.#room.presence.peerOf(id) !== undefined) return;
    await this.#room.sender.say({ kind: "expire", target: id }).catch(() => {});
  }

  #tellUnconfirmed(): void {
    const { state, confirmation } = this.#room;
    for (const member of present(state)) {
      if (!confirmation.has(member.id)) {
        this.#room.emit({ type: "member_unconfirmed", ...this.#room.ref(member.id) });
      }
    }
  }
}
