/** What a storm of connections does to those who are in rooms already. @module */
import { type Member, roomOf } from "./relay_member.ts";
import { portOf, relay } from "./relay_programs.ts";
import { median, type Report } from "./report.ts";
import { StormProcess } from "./storm_process.ts";

/** So many connections a second an address may open; the storm must come to five times as many. */
const CONNECT_RATE = 40;
const STORM = 6.5; // its timers are late: it comes to a little more than five
/** Measured by turns, so that what else goes on in the machine disturbs both. */
const BLOCKS = 4;
const MESSAGES = 120;

/** The latency of insiders during five times the connections that the relay takes, as a ratio to their own calm. */
export async function benchOverload(report: Report): Promise<void> {
  await using program = relay("deno", { limits: { connectBurst: 60, connectRate: CONNECT_RATE } });
  const target = { port: await portOf(program), dialect: "sotto", readBytes: 4_096 } as const;
  const members = await roomOf(target, 1, 3);
  const calm: number[] = [];
  const stormy: number[] = [];
  let seconds = 0;
  await using storm = new StormProcess(target.port, STORM * CONNECT_RATE);
  for (let block = -1; block < BLOCKS; block++) {
    const quiet = await talk(members);
    await storm.begin();
    const began = performance.now();
    const loud = await talk(members);
    seconds += (performance.now() - began) / 1_000;
    await storm.end();
    if (block < 0) continue; // the first warms up
    calm.push(...quiet);
    stormy.push(...loud);
  }
  report.figure("overload/insiders/median", median(stormy) / median(calm), "times calm");
  report.figure("overload/insiders/p99", quantile(stormy, 0.99) / quantile(calm, 0.99), "times calm");
  const { tried, refused, lost } = storm.counted;
  if (lost > 0) throw new Error(`${lost} of ${tried} newcomers were told nothing`);
  report.figure("overload/storm", tried / seconds / CONNECT_RATE, "times what is let in");
  report.figure("overload/refused", 100 * refused / Math.max(1, tried), "% told when to come back");
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

function quantile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * p)] ?? NaN;
}
