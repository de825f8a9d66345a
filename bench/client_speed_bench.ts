/** What people feel: how soon a message is shown, how a burst and a pipe get through, what a large room costs one. @module */
import { Crowd, type CrowdState } from "./crowd.ts";
import { ProcessHost } from "./hosts.ts";
import { benchLines } from "./lines_bench.ts";
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
/** Size of the large room, and how often one more comes in and is put out. */
const LARGE = 200;
const ROUNDS = 3;
const PATIENCE_MS = 180_000;

/** Where the members of the large room live: two that are looked at, each alone, and the rest. */
const FOUNDER = 0;
const READER = 1;
const REST = [2, 3];

/** Times through real sessions, with all the cryptography, every member that is looked at in a process of its own. */
export async function benchClientSpeed(report: Report): Promise<void> {
  await benchTalk(report);
  await benchLines(report);
  await benchLarge(report);
}

/** A small room: one message at a time, and a burst to nine others. */
async function benchTalk(report: Report): Promise<void> {
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
  const state = await crowd.until("the last single message", PATIENCE_MS, readBy(last, 1));
  const times = texts.map((text) => shown(state, 1, text) - said(state, 0, text));
  report.figure("client/send_to_shown_p50", median(times), "ms");
  report.figure("client/send_to_shown_p90", times.toSorted((a, b) => a - b)[SINGLES * 0.9] ?? NaN, "ms");
}

/** From the call until the last of the others has shown the last one. */
async function benchBursts(report: Report, crowd: Crowd): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < BURSTS; i++) {
    await pause(8_000); // so that the relay's rate allows the next one, and all have said what they have
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

/**
 * A room of 200 in which everything is real but for one thing: while one more comes in and is put out, the processes
 * of the other 198 are stopped (SIGSTOP), as those of sleeping machines would be. All that the founder, the newcomer
 * and one reader have to do for 200 they still do; what 198 others do meanwhile on machines of their own does not
 * take the cores of this one from them.
 */
async function benchLarge(report: Report): Promise<void> {
  const rest = REST.map(() => new ProcessHost());
  const newcomers = Array.from({ length: ROUNDS }, () => new ProcessHost());
  const hosts = [new ProcessHost(), new ProcessHost(), ...rest, ...newcomers];
  const relay = await startRelay();
  await using _relay = relay.program;
  const crowd = new Crowd(relay.url, hosts);
  const figures = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, [] as number[]])) as Figures;
  try {
    await crowd.enter(0, { host: FOUNDER });
    await crowd.enter(1, { host: READER });
    await crowd.enterAll(2, LARGE, REST);
    await crowd.until("200 confirmed", PATIENCE_MS, confirmed(LARGE));
    for (let round = 0; round < ROUNDS; round++) {
      await pause(10_000);
      if (round > 0) await crowd.renewInvite(0);
      for (const host of rest) host.freeze();
      const place = { index: LARGE + round, host: 2 + REST.length + round };
      await benchOneMore(crowd, place, figures);
      await benchPutOut(crowd, place.index, figures);
      for (const host of rest) host.thaw();
    }
  } finally {
    await crowd.end();
  }
  for (const [name, shown] of Object.entries(FIGURES)) {
    report.figure(shown, median(figures[name as keyof Figures]), "ms");
  }
}

/** As they are printed. */
const FIGURES = {
  join_200: "client/join_200",
  join_200_joiner_cpu: "client/join_200_joiner_cpu",
  join_200_sponsor_cpu: "client/join_200_sponsor_cpu",
  join_200_other_cpu: "client/join_200_other_cpu",
  after_removal_200: "client/after_removal_200",
  after_removal_200_sent: "client/after_removal_200_sent",
  after_removal_200_sender_cpu: "client/after_removal_200_sender_cpu",
  after_removal_200_reader_cpu: "client/after_removal_200_reader_cpu",
} as const;
type Figures = Record<keyof typeof FIGURES, number[]>;
interface Place {
  index: number;
  host: number;
}

/** One more comes in through the founder; both who is looked at and the founder confirm it. */
async function benchOneMore(crowd: Crowd, { index, host }: Place, figures: Figures): Promise<void> {
  const before = await cpu(crowd, [FOUNDER, READER, host]);
  const { ms } = await crowd.enter(index, { host, askFirst: true });
  await pause(1_500); // all that follows from it has been done by then
  const after = await cpu(crowd, [FOUNDER, READER, host]);
  const { members } = await crowd.state([host]);
  if ((members[0]?.confirmed ?? 0) < 2) throw new Error("the newcomer was not confirmed by those awake");
  figures.join_200.push(ms);
  figures.join_200_sponsor_cpu.push((after[0] ?? NaN) - (before[0] ?? NaN));
  figures.join_200_other_cpu.push((after[1] ?? NaN) - (before[1] ?? NaN));
  figures.join_200_joiner_cpu.push((after[2] ?? NaN) - (before[2] ?? NaN));
}

/** The founder puts the newcomer out and says something: fresh keys for all the others go before it. */
async function benchPutOut(crowd: Crowd, index: number, figures: Figures): Promise<void> {
  const words = text(`after ${index}`);
  const before = await cpu(crowd, [FOUNDER, READER]);
  crowd.tell(0, { order: "kick", index: 0, nick: `m${index}`, text: words });
  await pause(1_500);
  const state = await crowd.until("the first message", PATIENCE_MS, readBy(words, 1), [FOUNDER, READER]);
  const after = await cpu(crowd, [FOUNDER, READER]);
  const sentAt = state.members.find((member) => member.index === 0)?.sentAt ?? NaN;
  figures.after_removal_200.push(shown(state, 1, words) - said(state, 0, words));
  figures.after_removal_200_sent.push(sentAt - said(state, 0, words));
  figures.after_removal_200_sender_cpu.push((after[0] ?? NaN) - (before[0] ?? NaN));
  figures.after_removal_200_reader_cpu.push((after[1] ?? NaN) - (before[1] ?? NaN));
}

async function cpu(crowd: Crowd, hosts: readonly number[]): Promise<number[]> {
  return await Promise.all(hosts.map(async (host) => (await crowd.hostState(host)).cpuMs));
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

function said({ members }: CrowdState, index: number, text: string): number {
  return members.find((member) => member.index === index)?.said[text] ?? NaN;
}

function shown({ members }: CrowdState, index: number, text: string): number {
  return members.find((member) => member.index === index)?.read[text] ?? NaN;
}

function readBy(text: string, index: number): (state: CrowdState) => boolean {
  return ({ members }) => members.some((member) => member.index === index && member.read[text] !== undefined);
}

function confirmed(count: number): (state: CrowdState) => boolean {
  return ({ members }) =>
    members.length === count && members.every(({ confirmed }) => confirmed === count - 1);
}
