/** One connection through the proxy: two sockets, and the faults between them. @module */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { CutKind, Moment, Plan, Way } from "./plan.ts";

/** Bytes of one direction that wait in the proxy before it stops reading. */
const HIGH_WATER = 65_536;
/** How often a throttled direction lets some bytes through, in milliseconds. */
const THROTTLE_MS = 50;

interface Chunk {
  bytes: Buffer;
  at: number;
}

/** One direction of a connection. */
class Pipe {
  readonly #queue: Chunk[] = [];
  #waiting = 0;
  #ended = false;
  #gone = false;
  #running = false;

  constructor(
    readonly from: Socket,
    readonly to: Socket,
    readonly pair: Proxied,
    readonly way: Way,
  ) {
    from.on("data", (bytes: Buffer) => {
      this.#queue.push({ bytes, at: performance.now() });
      this.#waiting += bytes.length;
      if (this.#waiting > HIGH_WATER) from.pause();
      void this.#run();
    });
    from.on("error", () => {});
    from.on("close", () => {
      this.#gone = true;
      void this.#run();
    });
    from.on("end", () => {
      this.#ended = true;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
      await this.#pass(chunk);
      this.#waiting -= chunk.bytes.length;
      if (this.#waiting <= HIGH_WATER && !this.from.destroyed) this.from.resume();
    }
    this.#running = false;
    // A connection that is half open keeps the end of the other one to itself, too.
    if (this.pair.swallows(this.way)) return;
    if (this.#gone) this.to.destroy();
    else if (this.#ended) this.to.end();
  }

  async #pass({ bytes, at }: Chunk): Promise<void> {
    const { pair } = this;
    const { delayMs = 0 } = pair.plan;
    if (delayMs > 0) await pair.sleep(at + delayMs - performance.now());
    for (let rest = bytes; rest.length > 0;) {
      const { bytesPerSecond } = pair.plan; // it may change meanwhile
      const step = bytesPerSecond === undefined
        ? rest.length
        : Math.max(1, Math.ceil(bytesPerSecond * THROTTLE_MS / 1_000));
      if (bytesPerSecond !== undefined) await pair.sleep(THROTTLE_MS);
      await pair.stalled(this.way);
      if (pair.over || pair.swallows(this.way)) return;
      await this.#write(rest.subarray(0, step));
      rest = rest.subarray(step);
    }
  }

  /** Writes as much as goes before the next moment that is counted in bytes. */
  async #write(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0 && !this.pair.over && !this.pair.swallows(this.way);) {
      const part = rest.subarray(0, Math.min(rest.length, this.pair.untilNext()));
      rest = rest.subarray(part.length);
      if (this.to.destroyed) return;
      const full = !this.to.write(part);
      this.pair.count(part.length);
      if (full) await this.pair.drained(this.to);
      await this.pair.stalled(this.way);
    }
  }
}

interface Due {
  at: number;
  run: () => void;
}

/** A client's socket, the relay's, and what happens between them. */
export class Proxied {
  /** When it was opened: the how manieth of its proxy. */
  readonly index: number;
  /** True when both sockets are to go, or gone. */
  over = false;
  /** Bytes passed, both ways together. */
  passed = 0;
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<unknown>;
  readonly #swallowed = new Set<Way>();
  readonly #due: Due[] = [];
  readonly #sleepers = new Map<ReturnType<typeof setTimeout>, () => void>();
  readonly #drains = new Set<() => void>();
  readonly #stallers = new Set<() => void>();
  readonly #first: Buffer[] = [];
  readonly #stalledUntil: Record<Way, number> = { up: 0, down: 0 };

  /** Joins the two and sets the plan's moments. */
  constructor(
    readonly client: Socket,
    readonly relay: Socket,
    readonly plan: Plan,
    readonly events: { index: number; cut: () => void; duplicate: (first: Buffer, stayMs: number) => void },
  ) {
    this.index = events.index;
    client.setNoDelay(true);
    relay.setNoDelay(true);
    this.closed = Promise.all(
      [client, relay].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
    )
      .then(() => this.#end());
    new Pipe(client, relay, this, "up");
    new Pipe(relay, client, this, "down");
    relay.on("error", () => this.cut("reset", { counts: false })); // nobody listens there
    const { cut, halfOpen, stall, duplicate } = plan;
    if (cut) this.#at(cut.at, () => this.cut(cut.how));
    if (halfOpen) this.#at(halfOpen.at, () => this.halfOpen(halfOpen.ways));
    if (stall) this.#at(stall.at, () => this.stall(stall.ms));
    if (duplicate) {
      client.on("data", (bytes: Buffer) => this.#first.push(bytes));
      this.#at({ ms: duplicate.afterMs }, () => {
        events.duplicate(Buffer.concat(this.#first).subarray(0, duplicate.bytes), duplicate.stayMs);
      });
    }
  }

  /** Breaks it. */
  cut(how: CutKind, { counts = true } = {}): void {
    if (this.over) return;
    this.over = true;
    if (counts) this.events.cut();
    for (const socket of [this.client, this.relay]) {
      if (how === "reset") socket.resetAndDestroy();
      else socket.end(() => socket.destroy());
    }
    this.#end();
  }

  /** Breaks it when so many more bytes have passed. */
  cutAfter(bytes: number, how: CutKind): void {
    this.#at({ bytes: this.passed + bytes }, () => this.cut(how));
  }

  /** Swallows everything from now on; the sockets stay. */
  halfOpen(ways: readonly Way[] = ["up", "down"]): void {
    for (const way of ways) this.#swallowed.add(way);
  }

  /** Nothing moves for `ms`. */
  stall(ms: number, ways: readonly Way[] = ["up", "down"]): void {
    for (const way of ways) this.#stalledUntil[way] = performance.now() + ms;
    this.#wakeAll();
  }

  /** Whether what goes this way is swallowed. */
  swallows(way: Way): boolean {
    return this.#swallowed.has(way);
  }

  /** Bytes that may pass before something happens. */
  untilNext(): number {
    return Math.max(1, Math.min(Infinity, ...this.#due.map(({ at }) => at - this.passed)));
  }

  /** So many bytes have passed. */
  count(bytes: number): void {
    this.passed += bytes;
    for (const due of this.#due.splice(0)) {
      if (due.at <= this.passed) due.run();
      else this.#due.push(due);
    }
  }

  /** Waits until this way is not stalled. */
  async stalled(way: Way): Promise<void> {
    while (!this.over && performance.now() < this.#stalledUntil[way]) {
      await new Promise<void>((resolve) => {
        void this.sleep(this.#stalledUntil[way] - performance.now()).then(resolve);
        this.#stallers.add(resolve);
      });
    }
  }

  /** Waits; not longer than the connection lasts. */
  sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#sleepers.delete(timer);
        resolve();
      }, ms);
      this.#sleepers.set(timer, resolve);
    });
  }

  /** Waits until `socket` takes more, or is gone. */
  drained(socket: Socket): Promise<void> {
    if (this.over || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off("drain", done);
        this.#drains.delete(done);
        resolve();
      };
      socket.once("drain", done);
      this.#drains.add(done);
    });
  }

  #at(moment: Moment, run: () => void): void {
    if ("bytes" in moment) this.#due.push({ at: moment.bytes, run });
    else void this.sleep(moment.ms).then(() => this.over || run());
  }

  #wakeAll(): void {
    for (const wake of this.#stallers) wake();
    this.#stallers.clear();
  }

  #end(): void {
    this.over = true;
    this.#wakeAll();
    for (const [timer, wake] of this.#sleepers) {
      clearTimeout(timer);
      wake();
    }
    this.#sleepers.clear();
    for (const done of [...this.#drains]) done();
  }
}
