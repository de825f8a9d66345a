/** Chains that did not arrive: asking for those of others, and giving one's own again (SPEC §6.2). @module */
import { type Bytes, concat, toHex } from "../crypto/bytes.ts";
import { audienceOf } from "./audience.ts";
import { encodeNoChain } from "./payload.ts";
import type { Room } from "./room.ts";

/** How long a frame of an unknown chain waits before its sender is asked for the chain, in milliseconds. */
export const ASK_MS = 500;
/** How often one member may ask for our chain, in milliseconds. */
export const AGAIN_MS = 5_000;
/** How often one chain is asked for before it is left until more comes of it. */
export const MAX_ASKS = 4;
/** Most chains that are asked for at once, and most connections of which it is remembered when they asked. */
export const MAX_ASKED = 4_096;

/** Asks, and answers. */
export class ChainAsks {
  readonly #room: Room;
  readonly #asking = new Set<string>();
  readonly #asked = new Map<number, number>();

  /** Asks for `room`. */
  constructor(room: Room) {
    this.#room = room;
  }

  /** Asks `from` for a chain that nobody has given us, unless it comes by itself. */
  ask(from: number, chainId: Uint8Array): void {
    const key = `${from}-${toHex(chainId)}`;
    if (this.#asking.has(key) || this.#asking.size >= MAX_ASKED) return;
    this.#asking.add(key);
    this.#again(from, { chainId: concat(chainId), key, asks: 0 });
  }

  #again(from: number, ask: { chainId: Bytes; key: string; asks: number }): void {
    this.#room.timers.after(ask.asks === 0 ? ASK_MS : AGAIN_MS + ASK_MS, () => {
      const member = this.#room.presence.memberOf(from);
      const chains = this.#room.incoming.chains.all(ask.chainId);
      const known = chains.some(({ author }) => member === undefined || author === member);
      if (known || ask.asks >= MAX_ASKS) {
        this.#asking.delete(ask.key);
        return;
      }
      const bytes = encodeNoChain(ask.chainId);
      this.#room.parts.link.sendTableDroppable(new Uint8Array(0), [{ peerId: from, bytes }]);
      this.#again(from, { ...ask, asks: ask.asks + 1 });
    });
  }

  /** Somebody cannot read our chain: it is owed it again. */
  asked(from: number): void {
    const id = this.#room.presence.memberOf(from);
    const now = this.#room.parts.clock.now();
    if (now - (this.#asked.get(from) ?? -Infinity) < AGAIN_MS) return;
    this.#asked.delete(from);
    this.#asked.set(from, now);
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MAX_ASKED) break;
      this.#asked.delete(oldest);
    }
    if (this.#room.returning.tellOut(from, id)) return;
    if (id === undefined) return this.#introduce(from);
    // Who has not confirmed us may wait to know where we are: until then it cannot, and we cannot give it our chain.
    if (!audienceOf(this.#room).has(id)) return this.#introduce(from);
    this.#room.sender.chains.again(id);
    this.#room.sender.introduce();
  }

  /** Somebody asks of whom we do not know who it is, and who may not know who we are: tells where we are. */
  #introduce(peerId: number): void {
    const bytes = this.#room.presence.payloadOf(this.#room.me);
    if (bytes !== null) this.#room.parts.link.sendTableDroppable(new Uint8Array(0), [{ peerId, bytes }]);
  }

  /** The relay counts its connections anew. */
  reset(): void {
    this.#asked.clear();
  }

  /** A connection is gone. */
  forget(peerId: number): void {
    this.#asked.delete(peerId);
  }
}
