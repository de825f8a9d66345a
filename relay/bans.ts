/** Addresses that the operator does not let in, in RAM only. @module */
import { type Cidr, isEverybody, parseCidr } from "./cidr.ts";
import { type Audit, NO_AUDIT } from "./audit.ts";
import type { RelayClock } from "./clock.ts";

/** Bans at a time. */
export const MAX_BANS = 1_000;
/** Longest reason, in characters. */
export const MAX_REASON = 200;
/** Addresses whose verdict is remembered, so that a storm of connections does not read all bans each time. */
export const MAX_VERDICTS = 4_096;

/** A ban as it is told. */
export interface Ban {
  /** The range, as it was written. */
  readonly cidr: string;
  /** Why; empty where nothing was said. */
  readonly reason: string;
  /** Milliseconds until it ends; undefined when it does not. */
  readonly leftMs?: number;
}

interface Entry {
  readonly range: Cidr;
  readonly reason: string;
  readonly until: number;
}

/** What bans need of the relay. */
export interface BansOptions {
  /** When a ban ends. */
  clock: RelayClock;
  /** Called with each new ban, to end the connections that it is for. */
  onAdd?: (has: (ip: string) => boolean) => void;
  /** Told of bans. */
  audit?: Audit;
}

/** All bans. */
export class Bans {
  readonly #entries = new Map<string, Entry>();
  readonly #verdicts = new Map<string, Entry | undefined>();
  readonly #clock: RelayClock;
  readonly #onAdd: BansOptions["onAdd"];
  readonly #audit: Audit;

  /** Nobody is banned. */
  constructor({ clock, onAdd, audit = NO_AUDIT }: BansOptions) {
    this.#clock = clock;
    this.#onAdd = onAdd;
    this.#audit = audit;
  }

  /** How many there are. */
  get size(): number {
    this.#sweep();
    return this.#entries.size;
  }

  /** Addresses whose verdict is remembered. */
  get remembered(): number {
    return this.#verdicts.size;
  }

  /**
   * Bans an address or a range, for `forMs` or until it is taken back, and ends the connections from there.
   *
   * @throws {RangeError} When it is no range, when it is everybody, or when there are too many bans.
   */
  add(cidr: string, { reason = "", forMs = Infinity }: { reason?: string; forMs?: number } = {}): void {
    const range = parseCidr(cidr);
    if (isEverybody(range)) {
      throw new RangeError("Cannot ban this range: it is everybody; stop the relay instead");
    }
    if (reason.length > MAX_REASON) {
      throw new RangeError(`Cannot ban this range: the reason has more than ${MAX_REASON} characters`);
    }
    if (!(forMs > 0)) throw new RangeError("Cannot ban this range: it would end before it begins");
    this.#sweep();
    if (!this.#entries.has(cidr) && this.#entries.size >= MAX_BANS) {
      throw new RangeError(`Cannot ban this range: there are ${MAX_BANS} bans already; ban a wider range`);
    }
    this.#entries.set(cidr, { range, reason, until: this.#clock.now() + forMs });
    this.#verdicts.clear();
    this.#audit.record({ type: "ban", ip: cidr, reason });
    this.#onAdd?.((ip) => range.has(ip));
  }

  /** Takes a ban back, named as it was written; false when there is none. */
  remove(cidr: string): boolean {
    this.#verdicts.clear();
    const there = this.#entries.delete(cidr);
    if (there) this.#audit.record({ type: "unban", ip: cidr });
    return there;
  }

  /** All bans, the oldest first. */
  list(): Ban[] {
    this.#sweep();
    const now = this.#clock.now();
    return [...this.#entries.values()].map(({ range, reason, until }) => ({
      cidr: range.text,
      reason,
      ...(until === Infinity ? {} : { leftMs: until - now }),
    }));
  }

  /** The ban that an address falls under. */
  match(ip: string): Ban | undefined {
    if (this.#entries.size === 0) return undefined;
    this.#sweep();
    if (!this.#verdicts.has(ip)) {
      if (this.#verdicts.size >= MAX_VERDICTS) this.#verdicts.clear();
      this.#verdicts.set(ip, [...this.#entries.values()].find(({ range }) => range.has(ip)));
    }
    const entry = this.#verdicts.get(ip);
    return entry && { cidr: entry.range.text, reason: entry.reason };
  }

  /** Whether an address is to be turned away. */
  blocked(ip: string): boolean {
    return this.match(ip) !== undefined;
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [cidr, { until }] of this.#entries) {
      if (until > now) continue;
      this.#entries.delete(cidr);
      this.#verdicts.clear();
    }
  }
}
