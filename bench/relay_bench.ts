/** What the relay costs: CPU time, added latency, memory at full load; and plain relays under the same load. @module */
import { type Baseline, baselines } from "./baseline_start.ts";
import type { Program } from "./processes.ts";
import { type FloodWindow, PATIENCE, UNDER } from "./relay_flood.ts";
import type { LatencyBlock } from "./relay_ping.ts";
import { findings, load, portOf, relay } from "./relay_programs.ts";
import { benchFullLoad, benchIdleMembers } from "./relay_memory.ts";
import { median, type Report } from "./report.ts";

/** Rooms and members, and the figures of the two listeners. */
const SHAPES = [
  { shape: "1x100", rooms: 1, members: 100, deno: "relay/1x100", node: "relay/1x100_node" },
  { shape: "1x10", rooms: 1, members: 10, deno: "relay/1x10", node: "relay/1x10_node" },
  { shape: "100x2", rooms: 100, members: 2, deno: "relay/100x2", node: "relay/100x2_node" },
] as const;

/** Settings of {@linkcode benchRelay}. */
export interface RelayOptions {
  /** How long memory is watched at full load, in seconds. */
  loadSeconds: number;
  /** The one shape to be measured, such as `100x2`, and nothing else. @default everything */
  shape?: string | undefined;
}

/** All figures that need the whole machine, or those of one shape. */
export async function benchRelay(report: Report, options: RelayOptions): Promise<void> {
  const { shape: only } = options;
  const shapes = SHAPES.filter(({ shape }) => only === undefined || shape === only);
  if (shapes.length === 0) throw new Error(`there is no such shape: ${only}`);
  const plain = await baselines((text) => report.note(text));
  for (const { shape, rooms, members, ...figures } of shapes) {
    report.progress(`relay: ${rooms} x ${members}, and plain relays`);
    const size = { rooms, members };
    for (const listener of ["deno", "node"] as const) {
      await benchShape(report, size, {
        figure: figures[listener],
        dialect: "sotto",
        start: () => relay(listener),
      });
    }
    for (const { name, start } of plain) {
      await benchShape(report, size, { figure: `baseline/${name}/${shape}`, dialect: "plain", start });
    }
  }
  if (only !== undefined) return;
  report.progress("relay: latency");
  await benchLatency(report, plain);
  await benchTls(report);
  report.progress("relay: memory");
  await benchIdleMembers(report);
  await benchFullLoad(report, options.loadSeconds);
}

interface Subject {
  figure: string;
  dialect: "sotto" | "plain";
  start: () => Program;
}

interface Size {
  rooms: number;
  members: number;
}

async function benchShape(report: Report, size: Size, { figure, dialect, start }: Subject): Promise<void> {
  await using program = start();
  const port = await portOf(program);
  const times = { warmMs: 1_500, windowMs: 1_000, windows: 3, cpuSeconds: 0.8 };
  await using driver = load({
    kind: "flood",
    port,
    pid: program.pid,
    dialect,
    burst: 1,
    under: UNDER,
    ...size,
    ...times,
  });
  const windows = await findings<FloodWindow[]>(driver, 20_000 + PATIENCE * 5_100);
  report.figure(figure, median(windows.map((each) => each.deliveries / each.cpuSeconds)), "deliveries/cpu_s");
  const busy = median(windows.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds));
  if (busy < 0.6) report.note(`${figure}: used only ${Math.round(100 * busy)} % of a core`);
}

/** The one of `sorted` that a share `p` does not exceed. */
function quantile(values: readonly number[], p: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * p)] ?? NaN;
}

async function benchLatency(report: Report, plain: readonly Baseline[]): Promise<void> {
  const bare = plain.find(({ name }) => name === "deno");
  if (bare === undefined) throw new Error("there is no bare relay to compare with");
  await using ours = relay("deno");
  await using theirs = bare.start();
  const ports = { sotto: await portOf(ours), plain: await portOf(theirs) };
  await using driver = load({ kind: "latency", ports, blocks: 11, messages: 1_000 });
  const blocks = await findings<LatencyBlock[]>(driver, 60_000);
  const added = (p: number): number =>
    median(blocks.map(({ sotto, plain }) => quantile(sotto, p) - quantile(plain, p)));
  report.figure("relay/latency_added_p50", added(0.5), "ms");
  report.figure("relay/latency_added_p99", added(0.99), "ms");
}

async function benchTls(report: Report): Promise<void> {
  await using program = relay("tls");
  const port = await portOf(program);
  await using driver = load({ kind: "ping_pong", port, dialect: "sotto", tls: true, rounds: 3_000 });
  const times = await findings<number[]>(driver, 60_000);
  report.figure("relay/tls_ping_pong_p50", quantile(times, 0.5), "ms");
  report.figure("relay/tls_ping_pong_p99", quantile(times, 0.99), "ms");
}
