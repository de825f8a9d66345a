/**
 * A TCP proxy on loopback that breaks connections on purpose: the same seed draws the same faults.
 *
 * @module
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";
import type { CutKind, Plan, Way } from "./plan.ts";
import { Proxied } from "./proxied.ts";
import { Random } from "./random.ts";

/** Settings of a {@linkcode Proxy}. */
export interface ProxyOptions {
  /** The relay's port on loopback. */
  target: number;
  /** Draws which connections a fault hits, and is handed to `plan`. */
  seed: number;
  /** The faults of a connection as it opens. @default none */
  plan?: (random: Random, index: number) => Plan;
}

/** A proxy in front of a relay. */
export class Proxy {
  /** The faults of connections that open from now on. */
  plan: (random: Random, index: number) => Plan;
  /** While true nobody gets through: connections are reset as soon as they come. */
  refuses = false;
  /** Connections that it has broken. */
  cuts = 0;
  /** Connections that have come, duplicates left out. */
  opened = 0;
  readonly #server: Server;
  readonly #target: number;
  readonly #random: Random;
  readonly #live = new Set<Proxied>();
  readonly #strays = new Set<Socket>();

  private constructor(server: Server, options: ProxyOptions) {
    this.#server = server;
    this.#target = options.target;
    this.#random = new Random(options.seed);
    this.plan = options.plan ?? (() => ({}));
  }

  /** Listens on a free port. */
  static async open(options: ProxyOptions): Promise<Proxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new Proxy(server, options);
    server.on("connection", (socket: Socket) => proxy.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** Its port. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What clients connect to. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** Connections that are neither gone nor half open. */
  get live(): Proxied[] {
    return [...this.#live].filter((c) => !c.over && !c.swallows("up") && !c.swallows("down"));
  }

  /** Breaks all connections, half-open ones too. */
  cutAll(how: CutKind = "reset"): void {
    for (const connection of this.#live) connection.cut(how);
  }

  /** Breaks `count` connections drawn by the seed, at once or after so many bytes more; tells how many it were. */
  cut(count: number, { how, afterBytes = 0 }: { how?: CutKind; afterBytes?: number } = {}): number {
    const drawn = this.#draw(count);
    for (const connection of drawn) {
      const kind = how ?? (this.#random.chance(0.5) ? "reset" : "close");
      if (afterBytes > 0) connection.cutAfter(afterBytes, kind);
      else connection.cut(kind);
    }
    return drawn.length;
  }

  /** Swallows what `count` connections drawn by the seed carry; their sockets stay open. */
  halfOpen(count: number, ways: readonly Way[] = ["up", "down"]): number {
    const drawn = this.#draw(count);
    for (const connection of drawn) connection.halfOpen(ways);
    return drawn.length;
  }

  /** Stops `count` connections drawn by the seed for `ms`. */
  stall(count: number, ms: number): number {
    const drawn = this.#draw(count);
    for (const connection of drawn) connection.stall(ms);
    return drawn.length;
  }

  /** Breaks everything and stops listening. */
  async close(): Promise<void> {
    this.refuses = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    const all = [...this.#live];
    for (const { client, relay } of all) {
      client.destroy();
      relay.destroy();
    }
    for (const socket of this.#strays) socket.destroy();
    await Promise.all(all.map((connection) => connection.closed));
    await closed;
  }

  #draw(count: number): Proxied[] {
    return this.#random.shuffled(this.live).slice(0, count);
  }

  #serve(client: Socket): void {
    const index = this.opened++;
    if (this.refuses) {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const relay = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    const plan = this.plan(this.#random.fork(index), index);
    const connection = new Proxied(client, relay, plan, {
      index,
      cut: () => this.cuts++,
      duplicate: (first, stayMs) => this.#duplicate(first, stayMs),
    });
    this.#live.add(connection);
    void connection.closed.then(() => this.#live.delete(connection));
  }

  /** Says again to the relay what a client has said, and reads nothing of the answer. */
  #duplicate(first: Buffer, stayMs: number): void {
    const socket = connect({ port: this.#target, host: "127.0.0.1" });
    this.#strays.add(socket);
    const timer = setTimeout(() => socket.destroy(), stayMs);
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      this.#strays.delete(socket);
    });
    socket.write(first);
  }
}
