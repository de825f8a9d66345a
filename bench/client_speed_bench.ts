/** What people feel in a small room: how soon a message is shown, and how a burst gets through. @module */
import { Crowd } from "./crowd.ts";
import { confirmed, readBy, said, shown } from "./crowd_state.ts";
import { ProcessHost } from "./hosts.ts";
import { startRelay } from "./processes.ts";
import { median, pause, type Report } from "./report.ts";

/** Length of a message's text in bytes. */
const TEXT_BYTES = 200;
/** Single messages; with what a session says by itself, they stay under the relay's rate. */
const SINGLES = 60;
const SINGLE_PAUSE_MS = 100;
const BURST = 1_000;
const READERS = 9;
const BURSTS = 3;
const PATIENCE_MS = 180_000;

/** Through real sessions, with all the cryptography, each in a process of its own: one message at a time, and bursts. */
export async function benchClientSpeed(report: Report): Promise<void> {
  await inRoom(READERS + 1, async (crowd) => {
    await crowd.enter(0);
    await crowd.enter(1);
    await crowd.until("two confirmed", PATIENCE_MS, confirmed(2));
    await benchSingles(report, crowd);
    await crowd.enterAll(2, READERS + 1);
    await crowd.until("ten confirmed", PATIENCE_MS, confirmed(READERS + 1));
    await benchBursts(report, crowd);
  });
}

/** From the call until the other member's session shows the text; nobody else is there. */
async function benchSingles(report: Report, crowd: Crowd): Promise<void> {
  const texts = Array.from({ length: SINGLES }, (_, i) => text(`single ${i}`));
  for (const text of texts) {
    crowd.tell(0, { order: "say", index: 0, text });
    await pause(SINGLE_PAUSE_MS);
  }
  const last = texts.at(-1) ?? "";
  const state = await crowd.until("the last single message", PATIENCE_MS, readBy(last, 1, [1]));
  const times = texts.map((text) => shown(state, 1, text) - said(state, 0, text));
  report.figure("client/send_to_shown_p50", median(times), "ms");
  report.figure("client/send_to_shown_p90", times.toSorted((a, b) => a - b)[SINGLES * 0.9] ?? NaN, "ms");
}

/** From the call until the last of the others has shown the last one. */
async function benchBursts(report: Report, crowd: Crowd): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < BURSTS; i++) {
    // So that the relay's rate allows the next one, which joining and single messages took most of, and all have said
    // what they have.
    await pause(i === 0 ? 8_000 : 4_000);
    const words = text(`burst ${i}`);
    const before = new Map((await crowd.state()).members.map(({ index, reads }) => [index, reads]));
    crowd.tell(0, { order: "say", index: 0, text: words, times: BURST });
    const state = await crowd.until(
      "a burst",
      PATIENCE_MS,
      ({ members }) =>
        members.filter(({ index, reads }) => reads - (before.get(index) ?? 0) === BURST).length === READERS,
    );
    const last = Math.max(...state.members.map(({ read }) => read[words] ?? 0));
    times.push(last - said(state, 0, words));
  }
  report.figure("client/burst_1000_to_9", median(times), "ms");
}

async function inRoom(members: number, work: (crowd: Crowd) => Promise<void>): Promise<void> {
  const relay = await startRelay();
  await using _relay = relay.program;
  const crowd = new Crowd(relay.url, Array.from({ length: members }, () => new ProcessHost()));
  try {
    await work(crowd);
  } finally {
    await crowd.end();
  }
}

function text(words: string): string {
  return words.padEnd(TEXT_BYTES, ".");
}
