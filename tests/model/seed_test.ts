/** A failure says with which seed it is run again, and that seed gives it again. */
import assert from "node:assert/strict";
import { settle } from "../settle.ts";
import { sayTwice } from "./mutants.ts";
import { run, type Runs } from "./runs.ts";
import { CALM } from "./schedule.ts";
import { Violation, type World } from "./world.ts";

/** The model's time, in milliseconds, from which on something is wrong. */
const WRONG_FROM = 60_000;

/** From some moment on each message arrives twice at everybody. */
function doublesLater(world: World): void {
  const { net, time } = world;
  const wrongAt = time.now + WRONG_FROM;
  const make = net.host.bind(net);
  net.host = () => {
    const host = make();
    sayTwice(host);
    const { filter } = host;
    host.filter = (bytes) => time.now < wrongAt ? bytes : filter(bytes);
    return host;
  };
}

/** What is said of the room that failed, but for what was told to each member: that names ids, which are drawn anew. */
async function failure(seed?: number): Promise<string> {
  const runs: Runs = { kinds: CALM, rooms: 1, prepare: doublesLater };
  const error: unknown = await run(seed === undefined ? runs : { ...runs, seed }).then(() => null, (e) => e);
  await settle();
  assert.ok(error instanceof Violation, String(error));
  return error.message.split(/\n\w+ [0-9a-f]{8}:\n/)[0] ?? "";
}

Deno.test("A failure of the model names its seed, and that seed gives it again", async () => {
  const first = await failure();
  const [, seed] =
    /^MODEL_SEED=(\d+) runs it again \(it was schedule (\d+) of its room\): .*The relay played an old message/
      .exec(first) ?? [];
  assert.ok(seed !== undefined, first);
  assert.match(first, /\ndelay \d+ ms, cryptography \d+ ms\n\{.*"do":/);
  assert.equal(await failure(Number(seed)), first);
  assert.notEqual(await failure(Number(seed) + 1), first.replace(`${seed}`, `${Number(seed) + 1}`));
});
