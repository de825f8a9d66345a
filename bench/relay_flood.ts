/** Keeps a relay at its limit, and counts what it delivers for each second of its CPU time. @module */
import { cpuSeconds } from "./processes.ts";
import { type Member, roomOf, type RoomTarget } from "./relay_member.ts";
import { pause } from "./report.ts";

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

/** Floods all rooms; gives what each window showed. */
export async function flood(options: Flood): Promise<FloodWindow[]> {
  const { pid, rooms, members, warmMs, windowMs, windows } = options;
  const total = { deliveries: 0 };
  const all: FloodedRoom[] = [];
  for (let i = 0; i < rooms; i++) {
    all.push(new FloodedRoom(await roomOf({ readBytes: 65_536, ...options }, i, members), options, total));
  }
  for (const room of all) room.fill();
  await work(warmMs, options);
  const found: FloodWindow[] = [];
  for (let i = 0; i < windows; i++) {
    const [deliveries, cpu, at] = [total.deliveries, cpuSeconds(pid), performance.now()];
    await work(windowMs, options);
    found.push({
      deliveries: total.deliveries - deliveries,
      cpuSeconds: cpuSeconds(pid) - cpu,
      seconds: (performance.now() - at) / 1_000,
      rss: rssOf(pid),
    });
  }
  for (const room of all) room.stop();
  return found;
}

/** Lets `ms` pass, and more where the relay has had too little CPU time in them. */
async function work(ms: number, { pid, cpuSeconds: least = 0 }: Flood): Promise<void> {
  const [cpu, at] = [cpuSeconds(pid), performance.now()];
  await pause(ms);
  while (cpuSeconds(pid) - cpu < least && performance.now() - at < PATIENCE * ms) await pause(50);
}

/** A room whose members write as long as less than enough is under way: the same for every relay, whether it acknowledges or not. */
class FloodedRoom {
  readonly #members: readonly Member[];
  readonly #bursts: Uint8Array[];
  readonly #busy: boolean[];
  readonly #burst: number;
  readonly #most: number;
  #written = 0;
  #delivered = 0;
  #next = 0;
  #stopped = false;

  constructor(members: readonly Member[], { burst, under }: Flood, total: { deliveries: number }) {
    this.#members = members;
    this.#burst = burst;
    this.#most = under * members.length;
    this.#bursts = members.map((member) => member.burst(burst));
    this.#busy = members.map(() => false);
    for (const member of members) {
      member.count((count) => {
        this.#delivered += count;
        total.deliveries += count;
      });
      member.socket.onRead = () => this.fill();
    }
  }

  /** Writes as much as may be under way, member after member. */
  fill(): void {
    const others = this.#members.length - 1;
    while (!this.#stopped && this.#written + this.#burst - this.#delivered / others <= this.#most) {
      const who = this.#next;
      if (this.#busy[who]) return;
      this.#next = (who + 1) % this.#members.length;
      this.#written += this.#burst;
      void this.#write(who);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const { socket } of this.#members) socket.close();
  }

  async #write(who: number): Promise<void> {
    const [member, bytes] = [this.#members[who], this.#bursts[who]];
    if (member === undefined || bytes === undefined) return;
    this.#busy[who] = true;
    if (this.#written > this.#burst * this.#members.length) member.renumber(bytes, this.#burst);
    try {
      await member.socket.write(bytes);
    } catch (error) {
      if (!this.#stopped) throw error;
    }
    this.#busy[who] = false;
    this.fill();
  }
}

function rssOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kib) * 1_024;
}
