/** One message at a time: how long it is under way. @module */
import { type Member, roomOf, type RoomTarget } from "./relay_member.ts";

/** Two relays measured by turns, so that what disturbs one disturbs the other. */
export interface Latency {
  /** The relay's port, and that of one that only passes on. */
  ports: { sotto: number; plain: number };
  blocks: number;
  /** Messages a block to each. */
  messages: number;
}

/** Milliseconds from writing to reading, of each block. */
export interface LatencyBlock {
  sotto: number[];
  plain: number[];
}

/** Sends to both by turns. */
export async function latency({ ports, blocks, messages }: Latency): Promise<LatencyBlock[]> {
  const sotto = await Pair.open({ port: ports.sotto, dialect: "sotto", readBytes: 4_096 });
  const plain = await Pair.open({ port: ports.plain, dialect: "plain", readBytes: 4_096 });
  const found: LatencyBlock[] = [];
  for (let block = -1; block < blocks; block++) {
    const times: LatencyBlock = { sotto: [], plain: [] };
    for (let i = 0; i < messages; i++) {
      // Who goes second finds warmer caches: they take turns in that as well.
      const order = i % 2 === 0 ? [sotto, plain] : [plain, sotto];
      for (const pair of order) (pair === sotto ? times.sotto : times.plain).push(await pair.send());
    }
    if (block >= 0) found.push(times); // the first warms up
  }
  return found;
}

/** A message to and fro, over and over. */
export interface PingPong extends RoomTarget {
  rounds: number;
}

/** Milliseconds of each round. */
export async function pingPong(options: PingPong): Promise<number[]> {
  const pair = await Pair.open({ readBytes: 4_096, ...options });
  const times: number[] = [];
  for (let i = -500; i < options.rounds; i++) {
    const ms = await pair.send() + await pair.send({ back: true });
    if (i >= 0) times.push(ms);
  }
  return times;
}

/** Two members of a room of their own. */
class Pair {
  readonly #members: readonly [Member, Member];
  readonly #acknowledged: boolean;
  #arrived: () => void = () => {};
  #acked: () => void = () => {};

  private constructor(members: readonly [Member, Member], acknowledged: boolean) {
    this.#members = members;
    this.#acknowledged = acknowledged;
    for (const member of members) member.count((count) => count > 0 ? this.#arrived() : this.#acked());
  }

  static async open(target: RoomTarget): Promise<Pair> {
    const [a, b] = await roomOf(target, 1, 2);
    if (a === undefined || b === undefined) throw new Error("a room of two has two");
    return new Pair([a, b], target.dialect === "sotto");
  }

  /** Sends one and waits until nothing of it is under way any more; gives the time until the other had read it. */
  async send({ back = false }: { back?: boolean } = {}): Promise<number> {
    const member = this.#members[back ? 1 : 0];
    const bytes = member.burst(1);
    const arrived = new Promise<number>((resolve) => this.#arrived = () => resolve(performance.now()));
    const acked = this.#acknowledged ? new Promise<void>((resolve) => this.#acked = resolve) : undefined;
    const began = performance.now();
    await member.socket.write(bytes);
    const at = await arrived;
    await acked;
    return at - began;
  }
}
