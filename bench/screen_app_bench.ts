/**
 * The full screen as a user has it: `client.ts` in a terminal of 100x24, a relay, and somebody who talks. Needs `script`.
 *
 * @module
 */
import { createRoom, type RoomSession } from "../client/mod.ts";
import { cpuSeconds, startRelay } from "./processes.ts";
import { median, type Report, within } from "./report.ts";
import { ScreenClient } from "./screen_client.ts";

const STARTS = 9;
const KEYS = 200;
const KEY_EVERY_MS = 40;
const CPU_SECONDS = 10;
const MESSAGES = 10_000;
const PATIENCE_MS = 120_000;

/** First frame, key to glyph, CPU and memory. */
export async function benchScreenApp(report: Report): Promise<void> {
  report.figure("screen/first_frame_ms", await firstFrame(), "ms");
  const relay = await startRelay();
  await using _relay = relay.program;
  let code = "";
  const there = Promise.withResolvers<void>();
  const talker = await createRoom({
    relay: relay.url,
    nick: "talker",
    onEvent: (event) => {
      if (event.type === "invite") code = event.invite;
      if (event.type === "member_joined") there.resolve();
    },
  });
  try {
    await using screen = new ScreenClient(["join", code, "--nick", "me", "--relay", relay.url]);
    await within(PATIENCE_MS, "coming in", there.promise);
    await screen.shows("online");
    await wait(1_000);

    const [idle, slowIdle] = middleAndSlow(await screen.typing(KEYS, KEY_EVERY_MS));
    report.figure("screen/key_p50_ms/idle", idle, "ms");
    report.figure("screen/key_p99_ms/idle", slowIdle, "ms");

    const before = cpuSeconds(await screen.pid());
    await talk(talker, { perSecond: 50, seconds: CPU_SECONDS });
    report.figure("screen/cpu_s_at_50_per_s", cpuSeconds(await screen.pid()) - before, "s in 10 s");

    const flood = talk(talker, { perSecond: 200, seconds: KEYS * KEY_EVERY_MS / 1_000 + 1 });
    await wait(500);
    const [flooded, slowFlooded] = middleAndSlow(await screen.typing(KEYS, KEY_EVERY_MS));
    report.figure("screen/key_p50_ms/flood", flooded, "ms");
    report.figure("screen/key_p99_ms/flood", slowFlooded, "ms");
    await flood;

    for (let sent = 0; sent < MESSAGES; sent += 200) {
      await within(PATIENCE_MS, "sending", Promise.all(range(200).map((i) => say(talker, sent + i))));
    }
    await say(talker, "the last of them");
    await screen.shows("the last of them", PATIENCE_MS);
    await wait(2_000);
    report.figure("screen/rss_mb_10000_messages", await screen.rss() / 2 ** 20, "MiB");
  } finally {
    talker.abort();
  }
}

/** The middle one, and the one that 99 of 100 are below. */
function middleAndSlow(times: number[]): [number, number] {
  return [median(times), times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN];
}

/** From the start of the program until the place to write in is on the screen. */
async function firstFrame(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS + 2; i++) {
    await using client = new ScreenClient(["create", "--nick", "me", "--relay", "127.0.0.1:1"]);
    await client.pid(); // the terminal is there, and Deno about to be started
    const began = performance.now();
    await client.shows("Sotto is starting");
    if (i >= 2) times.push(performance.now() - began); // the first ones fill the caches
  }
  return median(times);
}

async function talk(
  session: RoomSession,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<void> {
  const began = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const ahead = i * 1_000 / perSecond - (performance.now() - began);
    if (ahead > 1) await wait(ahead);
    pending.push(say(session, i));
  }
  await Promise.all(pending);
}

function say(session: RoomSession, what: number | string): Promise<void> {
  const text = typeof what === "string"
    ? what
    : `message ${what}: the quick fox jumps over **lazy** dogs, größer 漢字 👍🏽`;
  return session.run({ command: "send", text });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
