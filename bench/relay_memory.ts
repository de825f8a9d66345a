/** What the relay keeps: for members that sit there, of rooms that are gone, and under load. @module */
import { v8Flags } from "../tools/compile_program.ts";
import { Program } from "./processes.ts";
import type { FloodWindow } from "./relay_flood.ts";
import { findings, load, portOf, relay } from "./relay_programs.ts";
import type { Report } from "./report.ts";

const IDLE = { rooms: 500, members: 10 };
const ROOMS = 10_000;
const EXPOSE_GC = ["--v8-flags=--expose-gc"];

/** What members that sit there take. Not beside anything else: who is read from late takes more. */
export async function benchIdleMembers(report: Report): Promise<void> {
  const flags = [...v8Flags("sotto-relay"), ...EXPOSE_GC]; // those of the relay
  const bare = {
    deno: () => new Program(["bench/baseline_deno.ts"], { flags }),
    node: () => new Program(["bench/baseline_ws.mjs"], { flags }),
  };
  for (
    const [listener, figure] of [
      ["deno", "relay/idle_kb_per_member"],
      ["node", "relay/idle_kb_per_member_node"],
    ] as const
  ) {
    const socket = await grown(bare[listener](), "bare");
    const member = await grown(relay(listener, { flags: EXPOSE_GC }), "rooms");
    report.figure(figure, (member - socket) / (IDLE.rooms * IDLE.members) / 1_024, "KiB");
  }
}

/** Resident memory once everything that can be collected has been. */
async function settled(program: Program): Promise<number> {
  program.printed = "";
  await program.type("collect");
  await program.prints(/collected/);
  return await program.rss();
}

/** By how many bytes a relay grows when everybody is there. */
async function grown(program: Program, what: "rooms" | "bare"): Promise<number> {
  await using _program = program;
  await using driver = load({ kind: "crowd", port: await portOf(program), what, ...IDLE });
  await driver.prints(/warm/, 30_000);
  const before = await settled(program);
  await driver.type("go on");
  await driver.prints(/here/, 60_000);
  return await settled(program) - before;
}

/** Waits until no room is left, then for the collector; gives resident memory. */
async function emptied(program: Program): Promise<number> {
  for (;;) {
    const rss = await settled(program);
    if (program.printed.includes('"rooms":0,')) return rss;
  }
}

/** What rooms that are gone leave. */
export async function benchRooms(report: Report): Promise<void> {
  await using program = relay("deno", { flags: EXPOSE_GC, limits: { resumeWindowMs: 10_000 } });
  await using driver = load({ kind: "rooms", port: await portOf(program), rooms: ROOMS });
  await driver.prints(/warm/, 30_000);
  const before = await emptied(program);
  await driver.type("go on");
  await driver.prints(/wave 1/, 60_000);
  await settled(program);
  const there = Number(/"rooms":(\d+)/.exec(program.printed)?.[1]);
  if (there < ROOMS) report.note(`relay/rooms_10000: ${there} of them were there at the same time`);
  const first = await emptied(program);
  await driver.type("go on");
  await driver.prints(/wave 2/, 60_000);
  const second = await emptied(program);
  report.figure("relay/rooms_10000_rss_growth", 100 * (second - first) / first, "%");
  report.figure("relay/rooms_10000_first_kept_mb", (first - before) / 1_048_576, "MiB");
}

/** What the relay takes while it has as much to do as it can: watched for so many seconds. */
export async function benchFullLoad(report: Report, seconds: number): Promise<void> {
  await using program = relay("deno");
  const windowMs = 500;
  const windows = Math.max(8, 1_000 * seconds / windowMs);
  await using driver = load({
    kind: "flood",
    port: await portOf(program),
    pid: program.pid,
    dialect: "sotto",
    rooms: 1,
    members: 100,
    burst: 1,
    under: 4, // enough to keep it busy with a room of 100
    warmMs: 2_000,
    windowMs,
    windows,
  });
  const rss = (await findings<FloodWindow[]>(driver, 1_000 * seconds + 30_000)).map((window) => window.rss);
  const quarter = Math.floor(rss.length / 4);
  const mean = (part: readonly number[]): number => part.reduce((sum, each) => sum + each, 0) / part.length;
  const [early, late] = [mean(rss.slice(-2 * quarter, -quarter)), mean(rss.slice(-quarter))];
  report.figure("relay/full_load_rss_growth", 100 * (late - early) / early, "%");
  report.figure("relay/full_load_rss_mb", late / 1_048_576, "MiB");
}
