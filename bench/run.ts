/**
 * All benchmarks: `deno task bench [--json] [--members N] [--only crypto,join,…] [--write]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { benchFirstPrompt, benchJoin } from "./client_bench.ts";
import { benchCrypto } from "./crypto_bench.ts";
import { benchMemory } from "./memory_bench.ts";
import { Report, within } from "./report.ts";
import { benchRoom } from "./room_bench.ts";
import { writeTable } from "./table.ts";

const HELP = `Usage: deno task bench [options]
  --json          print JSON lines {"name","value","unit"} and nothing else
  --only LIST     some of: crypto, join, prompt, memory, room
  --members N     size of the large room (200)
  --workers N     threads that the large room's members share (one a core)
  --write         put the figures into bench/README.md`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", default: "crypto,join,prompt,memory,room" },
      members: { type: "string", default: "200" },
      workers: { type: "string", default: String(navigator.hardwareConcurrency) },
      settle: { type: "string", default: "40" },
      idle: { type: "string", default: "30" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const report = new Report({ json: values.json });
  if (values.help) {
    report.note(HELP);
    return 0;
  }
  const room = {
    members: Math.max(3, Number(values.members)),
    workers: Math.max(1, Number(values.workers)),
    settleMs: 1_000 * Number(values.settle),
    idleMs: 1_000 * Number(values.idle),
  };
  const benches: [string, number, () => Promise<void>][] = [
    ["crypto", 120_000, () => benchCrypto(report)],
    ["join", 120_000, () => benchJoin(report)],
    ["prompt", 60_000, () => benchFirstPrompt(report)],
    ["memory", 120_000, () => benchMemory(report)],
    ["room", 900_000, () => benchRoom(report, room)],
  ];
  const only = values.only.split(",");
  const unknown = only.filter((name) => !benches.some(([known]) => known === name));
  if (unknown.length > 0) {
    report.failed(
      unknown.join(),
      new Error(`there is no such bench; choose of ${benches.map(([name]) => name).join(", ")}`),
    );
    return 2;
  }
  for (const [name, ms, run] of benches) {
    if (!only.includes(name)) continue;
    try {
      await within(ms, name, run());
    } catch (error) {
      report.failed(name, error);
    }
  }
  if (values.write) await writeTable(report.figures);
  return report.errors.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
