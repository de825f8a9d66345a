/** Keeps a relay at its limit, and counts what it delivers for each second of its CPU time. @module */
import { cpuSeconds } from "./processes.ts";
import { type LinuxSocket, Readiness } from "./linux_socket.ts";
import { type Member, roomOf, type RoomTarget } from "./relay_member.ts";

const READ_BYTES = 65_536;

/**
 * Messages of each member under way, with every relay: so many that it is the relay's work that takes the time, as far
 * as one process can write enough. bench/README.md says what each relay does with fewer.
 */
export const UNDER = 64;

/** A load. */
export interface Flood extends RoomTarget {
  /** The relay's process. */
  pid: number;
  rooms: number;
  members: number;
  /** Messages that a member writes at once. */
  burst: number;
  /** Messages that each member of a room may have under way. */
  under: number;
  warmMs: number;
  windowMs: number;
  windows: number;
  /**
   * Seconds of its CPU time that the relay must have had to warm up, and in each window: where it gets little of a
   * machine that others share, both last longer, up to {@linkcode PATIENCE} times.
   * @default 0
   */
  cpuSeconds?: number;
}

/** How many times as long as wanted warming up or a window may take. */
export const PATIENCE = 6;

/** What a window showed. */
export interface FloodWindow {
  deliveries: number;
  cpuSeconds: number;
  seconds: number;
  /** Resident memory of the relay at the window's end, in bytes. */
  rss: number;
}

/** How long to wait for something to read before the clock is looked at again, in milliseconds. */
const WAIT_MS = 20;

/** Floods all rooms; gives what each window showed. Nothing else happens in this process meanwhile. */
export async function flood(options: Flood): Promise<FloodWindow[]> {
  const { pid, rooms, members, warmMs, windowMs, windows } = options;
  const all: Member[][] = [];
  for (let i = 0; i < rooms; i++) all.push(await roomOf({ ...options, bare: true }, i, members));
  const load = new Load(all, options);
  load.work(warmMs);
  const found: FloodWindow[] = [];
  for (let i = 0; i < windows; i++) {
    const [deliveries, cpu, at] = [load.deliveries, cpuSeconds(pid), performance.now()];
    load.work(windowMs);
    found.push({
      deliveries: load.deliveries - deliveries,
      cpuSeconds: cpuSeconds(pid) - cpu,
      seconds: (performance.now() - at) / 1_000,
      rss: rssOf(pid),
    });
  }
  return found;
}

/** Everybody in all rooms: one loop that reads what there is, and then writes what it made room for. */
class Load {
  deliveries = 0;
  readonly #options: Flood;
  readonly #writers: Writer[] = [];
  readonly #rooms: FloodedRoom[];
  readonly #readiness: Readiness;
  readonly #buffer = new Uint8Array(READ_BYTES);

  constructor(rooms: readonly (readonly Member[])[], options: Flood) {
    this.#options = options;
    const sockets = rooms.flat().map(({ socket }) => socket.handOver());
    this.#readiness = new Readiness(sockets);
    this.#rooms = rooms.map((members) => {
      const first = this.#writers.length;
      members.forEach((member, i) => {
        const socket = sockets[first + i] as LinuxSocket;
        this.#writers.push(
          new Writer(member, socket, options.burst, (full) => this.#readiness.want(first + i, full)),
        );
      });
      return new FloodedRoom(this.#writers.slice(first), options, (count) => this.deliveries += count);
    });
  }

  /** Goes on for `ms`, and longer where the relay has had too little CPU time in them. */
  work(ms: number): void {
    const { pid, cpuSeconds: least = 0 } = this.#options;
    const [cpu, at] = [cpuSeconds(pid), performance.now()];
    for (;;) {
      this.#turn();
      const past = performance.now() - at;
      if (past >= PATIENCE * ms || past >= ms && cpuSeconds(pid) - cpu >= least) return;
    }
  }

  #turn(): void {
    this.#readiness.wait(WAIT_MS);
    this.#writers.forEach((writer, i) => {
      if (this.#readiness.writable(i)) writer.goOn();
      if (this.#readiness.readable(i)) writer.read(this.#buffer);
    });
    for (const room of this.#rooms) room.fill();
  }
}

/** A member that writes the same messages again and again. */
class Writer {
  readonly member: Member;
  readonly #socket: LinuxSocket;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #burst: number;
  readonly #onFull: (full: boolean) => void;
  #left: Uint8Array<ArrayBuffer> | undefined;
  #first = true;

  constructor(member: Member, socket: LinuxSocket, burst: number, onFull: (full: boolean) => void) {
    this.member = member;
    this.#socket = socket;
    this.#burst = burst;
    this.#bytes = member.burst(burst);
    this.#onFull = onFull;
  }

  /** Whether something written is not yet with the system. */
  get busy(): boolean {
    return this.#left !== undefined;
  }

  write(): void {
    if (!this.#first) this.member.renumber(this.#bytes, this.#burst);
    this.#first = false;
    this.#write(this.#bytes);
  }

  goOn(): void {
    if (this.#left === undefined) return;
    this.#onFull(false);
    this.#write(this.#left);
  }

  read(buffer: Uint8Array<ArrayBuffer>): void {
    const count = this.#socket.read(buffer);
    if (count === 0) throw new Error("the relay has closed a connection");
    if (count > 0) this.member.socket.feed(buffer, count);
  }

  #write(bytes: Uint8Array<ArrayBuffer>): void {
    const count = this.#socket.write(bytes);
    this.#left = count < bytes.length ? bytes.subarray(count) : undefined;
    if (this.#left !== undefined) this.#onFull(true);
  }
}

/** A room whose members write as long as less than enough is under way: the same for every relay, whether it acknowledges or not. */
class FloodedRoom {
  readonly #writers: readonly Writer[];
  readonly #burst: number;
  readonly #most: number;
  #written = 0;
  #delivered = 0;
  #next = 0;

  constructor(writers: readonly Writer[], { burst, under }: Flood, onDeliveries: (count: number) => void) {
    this.#writers = writers;
    this.#burst = burst;
    this.#most = under * writers.length;
    for (const { member } of writers) {
      member.count((count) => {
        this.#delivered += count;
        onDeliveries(count);
      });
    }
  }

  /** Writes as much as may be under way, member after member. */
  fill(): void {
    const others = this.#writers.length - 1;
    while (this.#written + this.#burst - this.#delivered / others <= this.#most) {
      const writer = this.#writers[this.#next];
      if (writer === undefined || writer.busy) return;
      this.#next = (this.#next + 1) % this.#writers.length;
      this.#written += this.#burst;
      writer.write();
    }
  }
}

function rssOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kib) * 1_024;
}
