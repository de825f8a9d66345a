/** What the relay keeps: for members that sit there, of rooms that are gone, and under load. @module */
import { v8Flags } from "../tools/compile_program.ts";
import { Program } from "./processes.ts";
import type { FloodWindow } from "./relay_flood.ts";
import { findings, load, portOf, relay } from "./relay_programs.ts";
import type { Report } from "./report.ts";

const IDLE = { rooms: 500, members: 10 };
const ROOMS = 10_000;
/** A wave of them may take so long. */
const WAVE_MS = 180_000;
/** So many has a relay served before. */
const ROOMS_BEFORE = 1_000;
/** As where the relay is a service: Deno then gives back on SIGUSR2 what the C library keeps. */
const TRIM_ON_USR2 = { DENO_USR2_MEMORY_TRIM: "1" };
const EXPOSE_GC = ["--v8-flags=--expose-gc"];

/**
 * What members that sit there take, and what is left of it when they have gone. Not beside anything else: who is read
 * from late takes more.
 */
export async function benchIdleMembers(report: Report): Promise<void> {
  const flags = [...v8Flags("sotto-relay"), ...EXPOSE_GC]; // those of the relay
  const bare = {
    deno: () => new Program(["bench/baseline_deno.ts"], { flags, env: TRIM_ON_USR2 }),
    node: () => new Program(["bench/baseline_ws.mjs"], { flags, env: TRIM_ON_USR2 }),
  };
  for (
    const [listener, figure] of [
      ["deno", "relay/idle_kb_per_member"],
      ["node", "relay/idle_kb_per_member_node"],
    ] as const
  ) {
    const socket = await watched(bare[listener](), "bare");
    const member = await watched(relay(listener, { flags: EXPOSE_GC, env: TRIM_ON_USR2 }), "rooms");
    const perMember = (member.here - member.before) - (socket.here - socket.before);
    report.figure(figure, perMember / (IDLE.rooms * IDLE.members) / 1_024, "KiB");
    const ending = figure.slice("relay/idle_kb_per_member".length);
    for (const moment of ["before", "here", "gone", "trimmed"] as const) {
      report.figure(`relay/crowd_${moment}_mb${ending}`, member[moment] / 1_048_576, "MiB");
    }
  }
}

/** Resident memory once everything that can be collected has been. */
async function settled(program: Program): Promise<number> {
  program.printed = "";
  await program.type("collect");
  await program.prints(/collected/);
  return await program.rss();
}

/** Resident memory before anybody comes, when everybody is there, has gone, and after SIGUSR2. */
interface Watched {
  before: number;
  here: number;
  gone: number;
  trimmed: number;
}

async function watched(program: Program, what: "rooms" | "bare"): Promise<Watched> {
  await using _program = program;
  await using driver = load({ kind: "crowd", port: await portOf(program), what, ...IDLE });
  await driver.prints(/warm/, 30_000);
  const before = await settled(program);
  await driver.type("go on");
  await driver.prints(/here/, 60_000);
  const here = await settled(program);
  await driver.type("go on");
  await driver.prints(/gone/, 60_000);
  const gone = await settled(program);
  program.signal("SIGUSR2");
  return { before, here, gone, trimmed: await settled(program) };
}

/** Waits until no room is left, then for the collector; gives resident memory. */
async function emptied(program: Program): Promise<number> {
  for (;;) {
    const rss = await settled(program);
    if (program.printed.includes('"rooms":0,')) return rss;
  }
}

/**
 * What rooms that are gone leave: made and left a few at a time, compared with a relay that has served some (one that
 * has just started has not read all of its own program yet); and then all there at the same time, twice, compared with
 * those.
 */
export async function benchRooms(report: Report): Promise<void> {
  for (const [listener, ending] of [["deno", ""], ["node", "_node"]] as const) {
    const limits = { resumeWindowMs: 15_000 };
    await using program = relay(listener, { flags: EXPOSE_GC, limits, env: TRIM_ON_USR2 });
    const port = await portOf(program);
    await using driver = load({ kind: "rooms", port, rooms: ROOMS, before: ROOMS_BEFORE });
    const fresh = await settled(program);
    await driver.prints(/warm/, 30_000);
    const before = await emptied(program);
    const growth = async (figure: string, since: number): Promise<number> => {
      const now = await emptied(program);
      report.figure(figure + ending, 100 * (now - since) / since, "%");
      return now;
    };
    await driver.type("go on");
    await driver.prints(/left/, WAVE_MS);
    const left = await growth("relay/rooms_10000_left_rss_growth", before);
    const waves = [
      ["wave 1", "relay/rooms_10000_rss_growth"],
      ["wave 2", "relay/rooms_10000_again_rss_growth"],
    ] as const;
    for (const [wave, figure] of listener === "deno" ? waves : waves.slice(0, 1)) {
      await driver.type("go on");
      await driver.prints(new RegExp(wave), WAVE_MS);
      await settled(program);
      const there = Number(/"rooms":(\d+)/.exec(program.printed)?.[1]);
      if (there < ROOMS) {
        report.note(`relay/rooms_10000${ending}: ${there} of them were there at the same time`);
      }
      await growth(figure, left);
    }
    program.signal("SIGUSR2");
    await growth("relay/rooms_10000_trimmed_rss_growth", before);
    report.figure(`relay/rooms_10000_start_mb${ending}`, fresh / 1_048_576, "MiB");
    report.figure(`relay/rooms_10000_before_mb${ending}`, before / 1_048_576, "MiB");
  }
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
