/**
 * What a sponsor passes on to those that it has let in: statements whose authors could not have given them to a newcomer
 * themselves, as they had not heard of it (SPEC §5.3).
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, concat } from "../crypto/bytes.ts";
import { encodeCbor } from "../crypto/cbor.ts";
import type { Pack } from "../crypto/pack.ts";
import { sealPrivate } from "../crypto/private_seal.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import type { RelayLink } from "./link.ts";
import { PayloadKind } from "./payload.ts";
import type { RoomState } from "./room_state.ts";
import type { Timers } from "./timers.ts";

/** How long a sponsor passes on what its newcomer may have missed, in milliseconds. */
export const GUARD_MS = 60_000;
/** Most newcomers guarded at once. */
export const MAX_GUARDED = 64;
/** Most statements of which it is remembered that they were passed on to one newcomer. */
export const MAX_PASSED = 256;
/** How long after a newcomer is back all that is passed on to it again, in milliseconds: it has to know us there. */
export const AGAIN_MS = 1_000;
/** About how many bytes go together. */
const LUMP_BYTES = 65_536;

/** What {@linkcode Guarding} needs of the room. */
export interface GuardingRoom {
  me: Id;
  roomId: Uint8Array;
  link: RelayLink;
  timers: Timers;
  state(): RoomState;
  /** Whether our content `number` is known to `other`. */
  knows(other: Id, number: number): boolean;
}

/** A newcomer, where it is, and the number of its ADD. */
export interface Newcomer {
  id: Id;
  peerId: number;
  bundle: Bundle;
  add: number;
}

interface Guarded extends Omit<Newcomer, "peerId"> {
  /** Its connection; `null` while it has none. */
  peerId: number | null;
  /** What has been passed on, and may not have arrived. */
  passed: Bytes[];
}

/** Looks after newcomers. */
export class Guarding {
  readonly #room: GuardingRoom;
  readonly #guarded = new Map<Id, Guarded>();

  /** For `room`. */
  constructor(room: GuardingRoom) {
    this.#room = room;
  }

  /** Somebody comes in. */
  watch(newcomer: Newcomer): void {
    if (this.#guarded.size >= MAX_GUARDED && !this.#guarded.has(newcomer.id)) return;
    const guarded = { ...newcomer, passed: [] };
    this.#guarded.set(guarded.id, guarded);
    this.#room.timers.after(GUARD_MS, () => {
      if (this.#guarded.get(guarded.id) === guarded) this.#guarded.delete(guarded.id);
    });
  }

  /**
   * Passes on a statement to newcomers whose authors could not have given it to them themselves. A newcomer's own
   * removal is passed on in any case: it may not have its author's chain yet. Nothing is after that.
   */
  async pass(pack: Pack, removed: Id | null): Promise<void> {
    const author = idOf(pack.author);
    for (const guarded of [...this.#guarded.values()]) {
      const { id, add, passed } = guarded;
      if (id === author) continue;
      const known = author === this.#room.me || this.#room.knows(author, add);
      if (id !== removed && (known || this.#isOut(id))) continue;
      if (passed.length < MAX_PASSED) passed.push(pack.encoded);
      await this.#send(guarded, [pack.encoded]);
    }
  }

  /** A connection is gone, with what was on its way to it. */
  gone(peerId: number): void {
    for (const guarded of this.#guarded.values()) if (guarded.peerId === peerId) guarded.peerId = null;
  }

  /** A member's connection is there, perhaps again: what may have been lost with the one before goes to it once more. */
  there(id: Id, peerId: number): void {
    const guarded = this.#guarded.get(id);
    if (guarded === undefined || guarded.peerId === peerId) return;
    guarded.peerId = peerId;
    this.#room.timers.after(AGAIN_MS, () => {
      if (guarded.peerId === peerId && !this.#isOut(id)) void this.#again(guarded).catch(() => {});
    });
  }

  /** The relay counts its connections anew. */
  reset(): void {
    for (const guarded of this.#guarded.values()) guarded.peerId = null;
  }

  /** Looks after nobody any more. */
  dispose(): void {
    this.#guarded.clear();
  }

  async #again(guarded: Guarded): Promise<void> {
    let lump: Bytes[] = [];
    let bytes = 0;
    for (const pack of guarded.passed) {
      if (bytes > 0 && bytes + pack.length > LUMP_BYTES) {
        await this.#send(guarded, lump);
        lump = [];
        bytes = 0;
      }
      lump.push(pack);
      bytes += pack.length;
    }
    if (lump.length > 0) await this.#send(guarded, lump);
  }

  async #send(guarded: Guarded, packs: readonly Bytes[]): Promise<void> {
    const { me, roomId, link } = this.#room;
    const sender = bytesOf(me);
    const context = { room: roomId, sender, purpose: "statements" };
    const sealed = await sealPrivate(guarded.bundle, context, encodeCbor([...packs]));
    if (guarded.peerId === null) return;
    const bytes = concat(Uint8Array.of(1, PayloadKind.statements), sender, sealed);
    link.sendTable(new Uint8Array(0), [{ peerId: guarded.peerId, bytes }]);
  }

  #isOut(id: Id): boolean {
    return this.#room.state().members.get(id)?.status === "removed";
  }
}
