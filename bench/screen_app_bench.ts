/**
 * The full screen as a user has it: `client.ts` in a terminal of 100x24, a relay, and somebody who talks. Needs `script`.
 *
 * @module
 */
import { cpuSeconds } from "./processes.ts";
import { median, type Report } from "./report.ts";
import { ScreenClient } from "./screen_client.ts";
import { benchScreenStart } from "./screen_start_bench.ts";
import { type Talker, wait, withTalker } from "./screen_talker.ts";

const KEYS = 200;
const KEY_EVERY_MS = 40;
const CPU_SECONDS = 10;

/** First frame, key to glyph and CPU. */
export async function benchScreenApp(report: Report): Promise<void> {
  await benchScreenStart(report);
  await withTalker(async ({ relay, code, there, talk }) => {
    await using screen = new ScreenClient(["join", code, "--nick", "me", "--relay", relay]);
    await there;
    await screen.shows("online");
    await wait(1_000);

    const [idle, slowIdle] = middleAndSlow(await screen.typing(KEYS, KEY_EVERY_MS));
    report.figure("screen/key_p50_ms/idle", idle, "ms");
    report.figure("screen/key_p99_ms/idle", slowIdle, "ms");

    report.figure("screen/cpu_s_at_50_per_s", await cpuOf(screen, talk), "s in 10 s");

    const flood = talk({ perSecond: 200, seconds: KEYS * KEY_EVERY_MS / 1_000 + 1 });
    await wait(500);
    const [flooded, slowFlooded] = middleAndSlow(await screen.typing(KEYS, KEY_EVERY_MS));
    report.figure("screen/key_p50_ms/flood", flooded, "ms");
    report.figure("screen/key_p99_ms/flood", slowFlooded, "ms");
    await flood;
  });
  await withTalker(async ({ relay, code, there, talk }) => {
    await using screen = new ScreenClient(["join", code, "--nick", "me", "--relay", relay]);
    await there;
    await screen.shows("online");
    await wait(1_000);
    report.figure("screen/cpu_s_at_50_per_s/singly", await cpuOf(screen, talk), "s in 10 s");
  }, ["--max-messages", "1000000"]);
}

/** CPU seconds of a client to whom fifty messages a second are said. */
async function cpuOf(screen: ScreenClient, talk: Talker["talk"]): Promise<number> {
  const before = cpuSeconds(await screen.pid());
  await talk({ perSecond: 50, seconds: CPU_SECONDS });
  return cpuSeconds(await screen.pid()) - before;
}

/** The middle one, and the one that 99 of 100 are below. */
function middleAndSlow(times: number[]): [number, number] {
  return [median(times), times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN];
}
