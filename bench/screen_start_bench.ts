/**
 * The first frame of the full screen, of the checkout and of the bundle by turns. Linux: it reads `/proc`.
 *
 * @module
 */
import { v8Flags } from "../tools/compile_program.ts";
import { bundle } from "../tools/bundle.ts";
import { median, type Report } from "./report.ts";
import { ScreenClient, type ScreenForm } from "./screen_client.ts";

const STARTS = 24;
/** The first ones fill the caches. */
const WARM = 2;

/** From the start of the program until the place to write in is on the screen: by the clock, and CPU of all threads. */
export async function benchScreenStart(report: Report): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-bench-" });
  try {
    const { path } = await bundle("client.ts", `${folder}/client.js`, { commit: "" });
    const forms: readonly [name: string, form: ScreenForm][] = [
      ["", {}],
      ["/bundle_v8_flags", { flags: ["--no-code-cache", ...v8Flags("sotto")], entry: path }], // as binaries run it
    ];
    const times = new Map(forms.map(([name]) => [name, { clock: [] as number[], cpu: [] as number[] }]));
    for (let i = 0; i < WARM + STARTS; i++) {
      for (const [name, form] of forms) {
        const { clock, cpu } = await start(form);
        if (i < WARM) continue;
        times.get(name)?.clock.push(clock);
        times.get(name)?.cpu.push(cpu);
      }
    }
    for (const [name, { clock, cpu }] of times) {
      report.figure(`screen/first_frame_ms${name}`, median(clock), "ms");
      report.figure(`screen/first_frame_quarter_ms${name}`, quarter(clock), "ms");
      report.figure(`screen/first_frame_cpu_ms${name}`, median(cpu), "ms");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function start(form: ScreenForm): Promise<{ clock: number; cpu: number }> {
  await using client = new ScreenClient(["create", "--nick", "me", "--relay", "127.0.0.1:1"], form);
  const pid = await client.pid(); // the terminal is there, and Deno about to be started
  const began = performance.now();
  await client.shows("Sotto is starting");
  return { clock: performance.now() - began, cpu: await cpuOf(pid) };
}

/** Time on a processor of all threads, in milliseconds; finer than what `/proc/PID/stat` counts in. */
async function cpuOf(pid: number): Promise<number> {
  let ns = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    ns += Number((await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`)).split(" ")[0]);
  }
  return ns / 1e6;
}

/** The time that a quarter of all stays below: nearer to a machine of its own, where others share it. */
function quarter(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 4)] ?? NaN;
}
