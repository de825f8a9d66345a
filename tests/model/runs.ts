/** Many schedules, one room for several of them, and what to say of the one that failed. @module */
import { Random } from "./random.ts";
import { type Kind, play, type Schedule, schedule } from "./schedule.ts";
import { trace } from "./trace.ts";
import { Violation, World, type WorldOptions } from "./world.ts";

/** What to run. */
export interface Runs {
  kinds: readonly Kind[];
  /** Schedules in all. @default no limit */
  schedules?: number;
  /** Rooms in all. @default no limit */
  rooms?: number;
  /** For how long, in milliseconds of the machine's time. @default no limit */
  ms?: number;
  /** Schedules that one room goes through. @default 50 */
  each?: number;
  /** @default a random one */
  seed?: number;
  options?: WorldOptions;
  /** Whether what travelled last is told with a failure. */
  trace?: boolean;
  /** Called with each new world. */
  prepare?: (world: World) => void;
}

const NAMES = ["ada", "bob", "carol", "dave"];

/** Runs schedules until there have been enough; throws with the seed of the first that fails. */
export async function run(runs: Runs): Promise<{ schedules: number; rooms: number; ms: number }> {
  const began = performance.now();
  const most = runs.schedules ?? Infinity;
  const end = runs.ms ?? Infinity;
  let seed = runs.seed ?? Math.floor(Math.random() * 2 ** 32);
  let schedules = 0;
  let rooms = 0;
  const elapsed = (): number => performance.now() - began;
  const left = (count: number): boolean => schedules + count < most && elapsed() < end;
  for (; rooms < (runs.rooms ?? Infinity) && left(0); rooms++) {
    schedules += await runRoom(runs, seed++, left);
  }
  return { schedules, rooms, ms: elapsed() };
}

async function runRoom(runs: Runs, seed: number, left: (count: number) => boolean): Promise<number> {
  const world = new World(seed, runs.options);
  let current: Schedule | null = null;
  let done = 0;
  const travelled: string[] = [];
  try {
    const random = new Random(seed + 2);
    runs.prepare?.(world);
    await world.room(NAMES.slice(0, 3 + random.below(2)));
    for (; done < (runs.each ?? 50) && (done === 0 || left(done)); done++) {
      if (world.here.length < 2) break;
      current = schedule(random, runs.kinds, world.here.length);
      if (runs.trace === true) trace(world, travelled);
      await play(world, current);
    }
    return done;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Violation([report(world, { seed, done, current, error }), ...travelled].join("\n"), {
      cause: error,
    });
  } finally {
    await world.end();
  }
}

interface Failure {
  seed: number;
  done: number;
  current: Schedule | null;
  error: Error;
}

function report(world: World, { seed, done, current, error }: Failure): string {
  const lines = [
    `MODEL_SEED=${seed} runs it again (it was schedule ${done + 1} of its room): ${error.message}`,
    `delay ${current?.delay} ms, cryptography ${current?.crypto} ms`,
    ...(current?.steps ?? []).map((step) => JSON.stringify(step)),
  ];
  if (!(error instanceof Violation)) lines.push(error.stack ?? "");
  for (const person of world.people) {
    lines.push(`${person.name} ${person.id.slice(0, 8)}:`);
    for (const { at, event } of person.recent) {
      lines.push(`  ${((at % 1e8) / 1_000).toFixed(3)} ${JSON.stringify(event)}`);
    }
  }
  return lines.join("\n");
}
