/** How often somebody may fail to log in. Failures cost, successes do not. @module */
import { addressKey } from "./addresses.ts";
import { TokenBucket } from "./rate_limit.ts";

/** An allowance: `burst` at once, one more every `everyMs`. */
export interface Allowance {
  /** How many at once. */
  burst: number;
  /** Milliseconds until there is one more. */
  everyMs: number;
}

/** Settings of {@linkcode LoginThrottle}. */
export interface ThrottleOptions {
  /** Failed logins of one address (IPv6: /64). @default 5, then one every 30 s */
  address?: Allowance;
  /** Failed logins under one account's name, from everywhere. @default 20, then one every 30 s */
  name?: Allowance;
  /** Failed logins with the relay's password, from everywhere. @default 100, then one every 2 s */
  relay?: Allowance;
  /** New accounts of one address. @default 5, then one every 10 minutes */
  register?: Allowance;
  /** Most addresses and names remembered, each; whatever comes on top shares one allowance. @default 65,536 */
  most?: number;
}

/** The defaults, for people who mistype and against programs that guess. */
export const DEFAULT_THROTTLE: Readonly<Required<ThrottleOptions>> = {
  address: { burst: 5, everyMs: 30_000 },
  name: { burst: 20, everyMs: 30_000 },
  relay: { burst: 100, everyMs: 2_000 },
  register: { burst: 5, everyMs: 600_000 },
  most: 65_536,
};

/** No throttle: for measuring how long a login takes. */
export const NO_THROTTLE: Readonly<ThrottleOptions> = {
  address: { burst: Infinity, everyMs: 1 },
  name: { burst: Infinity, everyMs: 1 },
  relay: { burst: Infinity, everyMs: 1 },
  register: { burst: Infinity, everyMs: 1 },
};

/** How long an address that logged in under a name is not held up by others who guess at that name. */
const KNOWN_MS = 24 * 3_600_000;
const MAX_KNOWN = 4_096;

/** Counts failed logins, in RAM only, forgotten as soon as they no longer matter. */
export class LoginThrottle {
  readonly #addresses: Buckets;
  readonly #names: Buckets;
  readonly #relay: Buckets;
  readonly #registrations: Buckets;
  /** Until when, by name and address. */
  readonly #known = new Map<string, number>();

  /** Nobody has failed. */
  constructor(options: ThrottleOptions = {}) {
    const { address, name, relay, register, most } = { ...DEFAULT_THROTTLE, ...options };
    this.#addresses = new Buckets(address, most);
    this.#names = new Buckets(name, most);
    this.#relay = new Buckets(relay, 1);
    this.#registrations = new Buckets(register, most);
  }

  /** Addresses and names remembered. */
  get size(): number {
    return this.#addresses.size + this.#names.size + this.#registrations.size + this.#known.size;
  }

  /** Milliseconds until somebody at `ip` may try as `name`; `""` is the relay's password, `undefined` a token. */
  wait(name: string | undefined, ip: string, now: number): number {
    const key = addressKey(ip);
    const own = this.#addresses.wait(key, now);
    if (name === undefined || (this.#known.get(pair(name, key)) ?? 0) > now) return own;
    return Math.max(own, this.#named(name).wait(name, now));
  }

  /** A login failed. */
  failed(name: string | undefined, ip: string, now: number): void {
    this.#addresses.take(addressKey(ip), now, 1);
    if (name !== undefined) this.#named(name).take(name, now, 1);
  }

  /** A login that was counted as failed before it was known how it ends has succeeded. */
  forgive(name: string | undefined, ip: string, now: number): void {
    this.#addresses.take(addressKey(ip), now, -1);
    if (name !== undefined) this.#named(name).take(name, now, -1);
  }

  /** Whoever logs in under a name is not locked out by those who guess at it elsewhere. */
  succeeded(name: string, ip: string, now: number): void {
    const key = pair(name, addressKey(ip));
    this.#known.delete(key);
    this.#known.set(key, now + KNOWN_MS);
    for (const [other, until] of this.#known) {
      if (until > now && this.#known.size <= MAX_KNOWN) break; // the oldest come first
      this.#known.delete(other);
    }
  }

  /** Milliseconds until an account may be registered from `ip`. */
  registerWait(ip: string, now: number): number {
    return this.#registrations.wait(addressKey(ip), now);
  }

  /** An account was registered. */
  registered(ip: string, now: number): void {
    this.#registrations.take(addressKey(ip), now, 1);
  }

  #named(name: string): Buckets {
    return name === "" ? this.#relay : this.#names;
  }
}

/** Buckets by key; one that is full is not kept. */
class Buckets {
  readonly #allowance: Allowance;
  readonly #most: number;
  readonly #buckets = new Map<string, TokenBucket>();
  #sweptAt = -Infinity;

  constructor(allowance: Allowance, most: number) {
    this.#allowance = allowance;
    this.#most = most;
  }

  get size(): number {
    return this.#buckets.size;
  }

  wait(key: string, now: number): number {
    return this.#find(key, now)?.wait(now) ?? 0;
  }

  take(key: string, now: number, units: number): void {
    let bucket = this.#find(key, now);
    if (bucket === undefined) {
      const { burst, everyMs } = this.#allowance;
      bucket = new TokenBucket(burst, 1_000 / everyMs, now);
      this.#buckets.set(this.#buckets.size < this.#most ? own(key) : SHARED, bucket);
    }
    bucket.take(now, units);
  }

  #find(key: string, now: number): TokenBucket | undefined {
    this.#sweep(now);
    const bucket = this.#buckets.get(own(key));
    if (bucket !== undefined || this.#buckets.size < this.#most) return bucket;
    return this.#buckets.get(SHARED);
  }

  /** Forgets full ones, but not so often that it could be used to keep the relay busy. */
  #sweep(now: number): void {
    if (now - this.#sweptAt < this.#allowance.everyMs) return;
    this.#sweptAt = now;
    for (const [key, bucket] of this.#buckets) if (bucket.full(now)) this.#buckets.delete(key);
  }
}

/** The key of what has none of its own; `own` never makes it. */
const SHARED = "shared";

function own(key: string): string {
  return `.${key}`;
}

function pair(name: string, key: string): string {
  return `${name} ${key}`;
}
