/** Counts open sockets before anything has been said over them. @module */
import { addressKey } from "./addresses.ts";

/** How many there may be. */
export interface PeerLimits {
  /** In all. */
  most: number;
  /** From one address (IPv6: one /64). */
  mostPerAddress: number;
}

/** `busy`: it is to hear that the relay is full. `flood`: it gets nothing, so that answers cost nothing either. */
export type PeerVerdict = "fine" | "busy" | "flood";

/** Sockets beyond a limit that are still told so. */
const TOLD = 64;

/** Open sockets by address. */
export class PeerCounts {
  readonly #limits: PeerLimits;
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** No sockets. */
  constructor(limits: PeerLimits) {
    this.#limits = limits;
  }

  /** Open sockets. */
  get total(): number {
    return this.#total;
  }

  /** A socket has been opened. A proxy that speaks for many counts only in all. */
  enter(ip: string, isProxy: boolean): PeerVerdict {
    const { most, mostPerAddress } = this.#limits;
    const key = addressKey(ip);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    this.#total++;
    const over = Math.max(this.#total - most, isProxy ? 0 : count - mostPerAddress);
    return over <= 0 ? "fine" : over <= TOLD ? "busy" : "flood";
  }

  /** It is gone. */
  leave(ip: string): void {
    const key = addressKey(ip);
    const count = (this.#counts.get(key) ?? 1) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
    this.#total--;
  }
}
