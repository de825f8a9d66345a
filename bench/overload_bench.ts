/** What a storm of connections does to those who are in rooms already. @module */
import {
  decodeRelayFrame,
  encodeClientFrame,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
  WS_PATH,
} from "../wire/mod.ts";
import { type Member, roomOf } from "./relay_member.ts";
import { portOf, relay } from "./relay_programs.ts";
import { median, type Report } from "./report.ts";

/** So many connections a second an address may open; the storm tries five times as many. */
const CONNECT_RATE = 40;
const STORM = 5;
/** Measured by turns, so that what else goes on in the machine disturbs both. */
const BLOCKS = 5;
const MESSAGES = 120;
const HELLO = { type: "hello", version: 1, auth: new Uint8Array(0) } as const;

/** The latency of insiders during five times the connections that the relay takes, as a ratio to their own calm. */
export async function benchOverload(report: Report): Promise<void> {
  await using program = relay("deno", { limits: { connectBurst: 60, connectRate: CONNECT_RATE } });
  const target = { port: await portOf(program), dialect: "sotto", readBytes: 4_096 } as const;
  const members = await roomOf(target, 1, 3);
  const calm: number[] = [];
  const stormy: number[] = [];
  const storm = new Storm(target.port);
  for (let block = -1; block < BLOCKS; block++) {
    const quiet = await talk(members);
    storm.begin();
    const loud = await talk(members);
    await storm.end();
    if (block < 0) continue; // the first warms up
    calm.push(...quiet);
    stormy.push(...loud);
  }
  report.figure("overload/insiders/median", median(stormy) / median(calm), "times calm");
  report.figure("overload/insiders/p99", quantile(stormy, 0.99) / quantile(calm, 0.99), "times calm");
  if (storm.lost > 0) throw new Error(`${storm.lost} of ${storm.tried} newcomers were told nothing`);
  report.figure(
    "overload/refused",
    100 * storm.refused / Math.max(1, storm.tried),
    "% told when to come back",
  );
}

/** Milliseconds from the writing of each message to the reading of its last copy. */
async function talk(members: readonly Member[]): Promise<number[]> {
  const [author, ...readers] = members;
  if (author === undefined) throw new Error("nobody is in the room");
  const times: number[] = [];
  for (let i = 0; i < MESSAGES; i++) {
    const began = performance.now();
    await author.socket.write(author.burst(1));
    await Promise.all(readers.map((reader) => reader.next("deliver")));
    times.push(performance.now() - began);
    await author.next("ack");
    await new Promise((resolve) => setTimeout(resolve, 10)); // as people talk, not as a flood does
  }
  return times;
}

/** Connections from one address, opened evenly, whoever is let in hanging up at once. */
class Storm {
  tried = 0;
  /** Told when to come back. */
  refused = 0;
  /** Not answered, or with something else. */
  lost = 0;
  readonly #port: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #open = new Set<Promise<void>>();

  constructor(port: number) {
    this.#port = port;
  }

  begin(): void {
    this.#timer = setInterval(() => {
      const one = this.#knock().finally(() => this.#open.delete(one));
      this.#open.add(one);
    }, 1_000 / (STORM * CONNECT_RATE));
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  /** Says hello and hangs up at the answer. */
  async #knock(): Promise<void> {
    this.tried++;
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}${WS_PATH}`, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    const answer = await new Promise<RelayFrame | undefined>((resolve) => {
      socket.onopen = () => socket.send(packBatch([encodeClientFrame(HELLO)]));
      socket.onmessage = ({ data }) => {
        const [first] = unpackBatch(new Uint8Array(data), { maxBytes: Infinity, maxFrames: Infinity });
        resolve(first && decodeRelayFrame(first));
      };
      socket.onclose = socket.onerror = () => resolve(undefined);
    });
    const closed = new Promise<void>((resolve) => socket.onclose = () => resolve());
    if (answer?.type === "error" && /try again in \d+ second/.test(answer.sentence)) this.refused++;
    else if (answer?.type !== "welcome") this.lost++;
    if (socket.readyState === WebSocket.CLOSED) return;
    socket.close();
    await closed;
  }
}

function quantile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * p)] ?? NaN;
}
