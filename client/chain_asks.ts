/** Chains that did not arrive: asking for those of others, and giving one's own again (SPEC §6.2). @module */
import { audienceOf } from "./audience.ts";
import { encodeNoChain } from "./payload.ts";
import type { Room } from "./room.ts";

/** How long a frame of an unknown chain waits before its sender is asked for the chain, in milliseconds. */
export const ASK_MS = 500;
/** How often one member may ask for our chain, in milliseconds. */
export const AGAIN_MS = 5_000;

/** Asks, and answers. */
export class ChainAsks {
  readonly #room: Room;
  readonly #asked = new Map<number, number>();

  /** Asks for `room`. */
  constructor(room: Room) {
    this.#room = room;
  }

  /** Asks `from` for a chain that nobody has given us, unless it comes by itself. */
  ask(from: number, chainId: Uint8Array): void {
    this.#room.timers.after(ASK_MS, () => {
      const member = this.#room.presence.memberOf(from);
      if (member === undefined || this.#room.incoming.chains.all(chainId).some((c) => c.author === member)) {
        return;
      }
      const bytes = encodeNoChain(chainId);
      this.#room.parts.link.sendTable(new Uint8Array(0), [{ peerId: from, bytes }]);
    });
  }

  /** Somebody cannot read our chain: it is owed it again. */
  asked(from: number): void {
    const id = this.#room.presence.memberOf(from);
    const now = this.#room.parts.clock.now();
    if (id === undefined || now - (this.#asked.get(from) ?? -Infinity) < AGAIN_MS) return;
    this.#asked.set(from, now);
    if (!audienceOf(this.#room).has(id)) return;
    this.#room.sender.chains.again(id);
    this.#room.sender.introduce();
  }

  /** A connection is gone. */
  forget(peerId: number): void {
    this.#asked.delete(peerId);
  }
}
