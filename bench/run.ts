/**
 * All benchmarks: `deno task bench [--json] [--members N] [--only crypto,join,…] [--write]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { benchFirstPrompt, benchJoin } from "./client_bench.ts";
import { benchClientSpeed } from "./client_speed_bench.ts";
import { benchCrypto } from "./crypto_bench.ts";
import { benchLines } from "./lines_bench.ts";
import { benchLogin } from "./login_bench.ts";
import { benchMemory } from "./memory_bench.ts";
import { benchRelay } from "./relay_bench.ts";
import { benchRooms } from "./relay_memory.ts";
import { benchOverload } from "./overload_bench.ts";
import { duration, print, Report, within } from "./report.ts";
import { benchRoom } from "./room_bench.ts";
import { benchScreenApp } from "./screen_app_bench.ts";
import { writeTable } from "./table.ts";

/** What can be set. */
interface Settings {
  members: number;
  workers: number;
  settleMs: number;
  idleMs: number;
  loadSeconds: number;
  shape: string | undefined;
  /** Done while the large room is left alone. */
  meanwhile: () => Promise<void>;
}

/** A part of the benchmarks: its name, the longest that it may take in milliseconds, and how it is run. */
type Bench = [name: string, ms: number, run: (report: Report, settings: Settings) => Promise<void>];

/** All parts, in the order in which they are run. */
const BENCHES: readonly Bench[] = [
  ["crypto", 120_000, benchCrypto],
  ["join", 120_000, benchJoin],
  ["prompt", 60_000, benchFirstPrompt],
  ["relay", 900_000, benchRelay],
  ["overload", 120_000, benchOverload],
  ["client", 600_000, benchClientSpeed],
  ["lines", 300_000, benchLines],
  ["screen", 600_000, benchScreenApp],
  ["rooms", 600_000, benchRooms],
  ["room", 1_200_000, benchRoom],
  ["memory", 600_000, benchMemory],
  ["login", 120_000, benchLogin],
];
/** Memory, and ratios taken by turns: these are taken while the large room is left alone, if that is taken too. */
const BESIDE = ["memory", "login"];
const NAMES = BENCHES.map(([name]) => name);

const HELP = `Usage: deno task bench [options]
  --json          print JSON lines {"name","value","unit"} and no table
  --only LIST     some of: ${NAMES.join(", ")}
  --members N     size of the large room (200)
  --workers N     processes that the large room's members share (one a core)
  --shape RxM     of "relay" only this one: R rooms of M members, such as 100x2
  --load SECONDS  how long the relay's memory is watched at full load (30)
  --write         put the figures into bench/README.md`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", default: NAMES.join() },
      members: { type: "string", default: "200" },
      workers: { type: "string", default: String(navigator.hardwareConcurrency) },
      settle: { type: "string", default: "33" },
      idle: { type: "string", default: "30" },
      load: { type: "string", default: "30" },
      shape: { type: "string" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const report = new Report({ json: values.json });
  if (values.help) {
    print(HELP);
    return 0;
  }
  const settings: Settings = {
    members: Math.max(3, Number(values.members)),
    workers: Math.max(1, Number(values.workers)),
    settleMs: 1_000 * Number(values.settle),
    idleMs: 1_000 * Number(values.idle),
    loadSeconds: Math.max(4, Number(values.load)),
    shape: values.shape,
    meanwhile: () => Promise.resolve(),
  };
  const only = values.only.split(",");
  const unknown = only.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    report.failed(unknown.join(), new Error(`there is no such bench; choose of ${NAMES.join(", ")}`));
    return 2;
  }
  await runAll(BENCHES.filter(([name]) => only.includes(name)), report, settings);
  if (values.write) await writeTable(report.figures);
  return report.errors.length === 0 ? 0 : 1;
}

/** One after another, but for those that are taken beside the large room; says how long each took. */
async function runAll(benches: readonly Bench[], report: Report, settings: Settings): Promise<void> {
  const took: string[] = [];
  const run = async (some: readonly Bench[]): Promise<void> => {
    for (const [name, ms, work] of some) {
      report.progress(`${name} …`);
      const began = performance.now();
      try {
        await within(ms, name, work(report, settings));
      } catch (error) {
        report.failed(name, error);
      }
      took.push(`${name} ${duration(performance.now() - began)}`);
    }
  };
  const room = benches.some(([name]) => name === "room");
  const beside = benches.filter(([name]) => room && BESIDE.includes(name));
  let running: Promise<void> | undefined;
  settings.meanwhile = () => running ??= run(beside);
  await run(benches.filter((bench) => !beside.includes(bench)));
  await settings.meanwhile(); // all the same where the room did not come so far
  report.note(`Took ${duration(performance.now())}: ${took.join(", ")}.`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
