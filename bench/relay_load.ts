/**
 * The load on a relay, in a process of its own: `relay_load.ts JOB`, where JOB is JSON. Prints steps as lines, waits
 * for a line on standard input after those that somebody measures, and ends with `done` and its findings as JSON.
 *
 * @module
 */
import { type Crowd, gather, leaveAll, makeAndLeave, makeRooms } from "./relay_crowd.ts";
import { type Flood, flood } from "./relay_flood.ts";
import { type Latency, latency, type PingPong, pingPong } from "./relay_ping.ts";

/** What a process of load can do. */
export type Job =
  | { kind: "flood" } & Flood
  | { kind: "latency" } & Latency
  | { kind: "ping_pong" } & PingPong
  | { kind: "crowd" } & Crowd
  | { kind: "rooms"; port: number; rooms: number; before: number };

const input = Deno.stdin.readable.getReader();

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Says that a step is done and waits to be told to go on. */
async function step(name: string): Promise<void> {
  print(name);
  if ((await input.read()).done) Deno.exit(0); // whoever started it is gone
}

/** Memory is compared with that of a relay that has served some before. */
const WARM_ROOMS = 50;

async function run(job: Job): Promise<unknown> {
  switch (job.kind) {
    case "flood":
      return await flood(job);
    case "latency":
      return await latency(job);
    case "ping_pong":
      return await pingPong(job);
    case "crowd": {
      await leaveAll(await gather({ ...job, rooms: WARM_ROOMS }, job.rooms));
      await step("warm");
      const leaves = await gather(job);
      await step("here");
      await leaveAll(leaves);
      return await step("gone");
    }
    case "rooms":
      await makeAndLeave(job.port, job.before);
      await step("warm");
      await makeAndLeave(job.port, job.rooms);
      await step("left");
      for (let wave = 1;; wave++) {
        await makeRooms(job.port, job.rooms);
        await step(`wave ${wave}`);
      }
  }
}

print(`done ${JSON.stringify(await run(JSON.parse(Deno.args[0] ?? "") as Job) ?? null)}`);
Deno.exit(0);
