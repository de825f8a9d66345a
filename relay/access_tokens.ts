/** Access tokens: what an operator hands out so that somebody comes in without a password. @module */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { addressKey } from "./addresses.ts";
import type { RelayClock } from "./clock.ts";
import { sha256 } from "./hashing.ts";

/** What may be seen of a token; it holds nothing that lets anybody in. */
export interface TokenInfo {
  /** The first 8 hex digits of its hash. */
  id: string;
  /** For whom it was made. */
  name: string;
  /** When it was made, in milliseconds since 1970. */
  createdAt: number;
  /** When it ends, in milliseconds since 1970. */
  expiresAt: number;
  /** How often somebody came in by it. */
  uses: number;
  /** How often anybody may; without it there is no limit. */
  maxUses?: number;
  /** The address that it is bound to. */
  ip?: string;
}

/** Wishes for a new token. */
export interface NewToken {
  /** For whom it is. */
  name: string;
  /** How long it lasts, in milliseconds. */
  ttlMs: number;
  /** The only address that may use it (IPv6: its /64). */
  ip?: string;
  /** How many may come in by it. */
  uses?: number;
}

/** Somebody who came in by a token. */
export interface TokenUse {
  /** The token's id. */
  id: string;
  /** For whom it was made. */
  name: string;
  /** The connection that came in is gone. */
  ended(): void;
}

/** Settings of {@linkcode AccessTokens}; a test owns them. */
export interface AccessTokensOptions {
  /** The time of day. @default `Date.now` */
  now?: () => number;
  /** A UUID v4. @default `crypto.randomUUID` */
  uuid?: () => string;
}

/** Longest a token lasts: ten years. */
export const MAX_TOKEN_TTL_MS = 10 * 365 * 86_400_000;
/** Most tokens at a time. */
export const MAX_TOKENS = 10_000;
/** Most uses that a limit may name. */
export const MAX_TOKEN_USES = 1_000_000;
/** How long the place of a connection that came in by a limited token stays free for its own address. */
const SEAT_MS = 60_000;
const MAX_NAME = 64;

/** How often tokens that have expired are looked for, in milliseconds. */
export const TOKEN_SWEEP_MS = 60_000;

/** The place that one use of a limited token is. */
interface Seat {
  open: number;
  until: number;
}

interface Entry extends TokenInfo {
  /** By the part of an address that counts as one. */
  readonly seats: Map<string, Seat>;
}

/**
 * All access tokens of a relay, by their hashes: the tokens themselves are nowhere.
 *
 * A use of a limited token is a place for one address: it may come again while a connection of it is there, and for a
 * minute after. So whoever loses a connection is not locked out, and `uses=1` is one person's.
 */
export class AccessTokens {
  /** Told of the id of a token that is void from now on. The desk closes what came in by it. */
  onRevoked: ((id: string) => void) | undefined;
  /** By hash. */
  readonly #entries = new Map<string, Entry>();
  /** Hashes by id. */
  readonly #ids = new Map<string, string>();
  readonly #now: () => number;
  readonly #uuid: () => string;

  /** No tokens. */
  constructor(options: AccessTokensOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#uuid = options.uuid ?? randomUUID;
  }

  /** Tokens that have not expired. */
  get size(): number {
    this.sweep();
    return this.#entries.size;
  }

  /** Makes a token. This is the only time that it is seen. @throws {RangeError} with a sentence for its maker. */
  create({ name, ttlMs, ip, uses }: NewToken): TokenInfo & { token: string } {
    check(
      name.length > 0 && name.length <= MAX_NAME && !/\p{C}/u.test(name),
      `its name must have 1 to ${MAX_NAME} printable characters`,
    );
    check(ttlMs > 0 && ttlMs <= MAX_TOKEN_TTL_MS, "it must last more than 0 seconds and at most ten years");
    check(ip === undefined || isIP(ip) !== 0, "what it is to be bound to is no IP address");
    check(
      uses === undefined || (Number.isInteger(uses) && uses >= 1 && uses <= MAX_TOKEN_USES),
      `its uses must be a whole number from 1 to ${MAX_TOKEN_USES}`,
    );
    this.sweep();
    check(this.#entries.size < MAX_TOKENS, `there are ${MAX_TOKENS} already; revoke some`);
    let token: string;
    let hash: string;
    do {
      token = this.#uuid();
      hash = hashOf(token);
    } while (this.#ids.has(idOf(hash)));
    const createdAt = this.#now();
    const info: TokenInfo = { id: idOf(hash), name, createdAt, expiresAt: createdAt + ttlMs, uses: 0 };
    if (ip !== undefined) info.ip = ip;
    if (uses !== undefined) info.maxUses = uses;
    this.#entries.set(hash, { ...info, seats: new Map() });
    this.#ids.set(info.id, hash);
    return { ...info, token };
  }

  /** Lets somebody in, or says nothing of why not. */
  use(token: string, ip: string): TokenUse | undefined {
    const entry = this.#entries.get(hashOf(token));
    const now = this.#now();
    if (entry === undefined || entry.expiresAt <= now) return undefined;
    const from = addressKey(ip);
    if (entry.ip !== undefined && addressKey(entry.ip) !== from) return undefined;
    const { id, name } = entry;
    if (entry.maxUses === undefined) {
      entry.uses++;
      return { id, name, ended: () => {} };
    }
    const seat = takeSeat(entry, from, now);
    if (seat === undefined) return undefined;
    seat.open++;
    const ended = (): void => {
      seat.open--;
      seat.until = this.#now() + SEAT_MS;
    };
    return { id, name, ended: once(ended) };
  }

  /** The id of a token, given by itself or its id already. There need not be such a token. */
  static idOf(idOrToken: string): string {
    return idOrToken.length === 8 ? idOrToken.toLowerCase() : idOf(hashOf(idOrToken));
  }

  /** Makes a token void, by itself or its id; false when there is none. */
  revoke(idOrToken: string): boolean {
    const hash = idOrToken.length === 8 ? this.#ids.get(idOrToken.toLowerCase()) : hashOf(idOrToken);
    if (hash === undefined || !this.#forget(hash)) return false;
    this.onRevoked?.(idOf(hash));
    return true;
  }

  /** All tokens that have not expired, the oldest first. */
  list(): TokenInfo[] {
    this.sweep();
    return [...this.#entries.values()].map(({ seats: _, ...info }) => info);
  }

  /** Forgets what has expired. Who came in by it stays. @returns How many there were. */
  sweep(now: number = this.#now()): number {
    const before = this.#entries.size;
    for (const [hash, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#forget(hash);
    return before - this.#entries.size;
  }

  /** Sweeps every {@linkcode TOKEN_SWEEP_MS}, though nobody asks for anything. @returns What ends it. */
  keepSweeping(clock: RelayClock): () => void {
    const again = (): unknown =>
      clock.setTimer(() => {
        this.sweep();
        timer = again();
      }, TOKEN_SWEEP_MS);
    let timer = again();
    return () => clock.clearTimer(timer);
  }

  #forget(hash: string): boolean {
    this.#ids.delete(idOf(hash));
    return this.#entries.delete(hash);
  }
}

/** The place of an address, or a fresh one if there are uses left. */
function takeSeat(entry: Entry, from: string, now: number): Seat | undefined {
  for (const [key, { open, until }] of entry.seats) {
    if (open === 0 && until <= now) entry.seats.delete(key);
  }
  const kept = entry.seats.get(from);
  if (kept !== undefined) return kept;
  if (entry.uses >= (entry.maxUses ?? Infinity)) return undefined;
  entry.uses++;
  const seat = { open: 0, until: now };
  entry.seats.set(from, seat);
  return seat;
}

/** Upper and lower case of a UUID are one. */
function hashOf(token: string): string {
  return Buffer.from(sha256(token.toLowerCase())).toString("hex");
}

function idOf(hash: string): string {
  return hash.slice(0, 8);
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}

function check(right: boolean, why: string): void {
  if (!right) throw new RangeError(`Cannot make a token: ${why}`);
}
