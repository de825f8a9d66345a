/** Limits per IP address, in RAM only and forgotten as soon as they no longer matter. @module */
import type { Limits } from "../wire/mod.ts";
import { TokenBucket } from "./rate_limit.ts";

/** Stalled connections of one address at which it gets no further ones. */
const MAX_STALLED = 8;
/** Addresses remembered; whoever comes from a further one shares what all of those may do. */
const MAX_ADDRESSES = 65_536;
/** The key that they share, which no address has. */
const SHARED = "shared";

/** What the relay remembers of one address. */
export interface Address {
  /** Connections not yet gone. */
  connections: number;
  /** Of these, the ones cut off as too slow that have not gone. */
  stalled: number;
  readonly connects: TokenBucket;
  readonly probes: TokenBucket;
  readonly founds: TokenBucket;
  readonly knocks: TokenBucket;
}

/** All addresses that have connections or spent allowances. */
export class Addresses {
  readonly #limits: Limits;
  readonly #most: number;
  readonly #addresses = new Map<string, Address>();

  /** An empty table. */
  constructor(limits: Limits, most: number = MAX_ADDRESSES) {
    this.#limits = limits;
    this.#most = most;
  }

  /** Addresses remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  /** The address of a new connection, which it counts from here on. */
  enter(ip: string, now: number): Address {
    let key = addressKey(ip);
    let address = this.#addresses.get(key);
    if (address === undefined && this.#addresses.size >= this.#most) {
      key = SHARED;
      address = this.#addresses.get(key);
    }
    if (address === undefined) {
      const limits = this.#limits;
      address = {
        connections: 0,
        stalled: 0,
        connects: new TokenBucket(limits.connectBurst, limits.connectRate, now),
        probes: new TokenBucket(limits.probeBurst, limits.probeRate, now),
        founds: new TokenBucket(limits.foundBurst, limits.foundRate, now),
        knocks: new TokenBucket(limits.knockBurst, limits.knockRate, now),
      };
      this.#addresses.set(key, address);
    }
    address.connections++;
    return address;
  }

  /** 0 when the address may have the connection that has just entered, else milliseconds until it may try again. */
  refusal(address: Address, now: number): number {
    if (address.stalled >= MAX_STALLED || address.connections > this.#limits.maxConnectionsPerIp) {
      return 10_000;
    }
    return address.connects.take(now);
  }

  /** Forgets addresses without connections whose allowances are whole again. */
  sweep(now: number): void {
    for (const [key, address] of this.#addresses) {
      const { connects, probes, founds, knocks } = address;
      if (address.connections > 0) continue;
      if ([connects, probes, founds, knocks].every((bucket) => bucket.full(now))) this.#addresses.delete(key);
    }
  }
}

/** The part of an address that counts as one: all of IPv4, the first 64 bits of IPv6. */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped !== null) return mapped[1] as string;
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.toLowerCase().split("%")[0]?.split("::") ?? [];
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? 0 : tail.split(":").length;
    while (groups.length < 8 - after) groups.push("0");
    if (tail !== "") groups.push(...tail.split(":"));
  }
  return groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":");
}
