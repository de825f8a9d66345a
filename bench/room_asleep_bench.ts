/**
 * What a large room costs one: a room in which everything is real but for one thing. While one more comes in and is put
 * out, the processes of most others are stopped (SIGSTOP), as those of sleeping machines would be. All that the founder,
 * the newcomer and one reader have to do for all they still do; what the others do meanwhile on machines of their own
 * does not take the cores of this one from them.
 *
 * @module
 */
import type { Crowd } from "./crowd.ts";
import { readBy, said, shown } from "./crowd_state.ts";
import type { ProcessHost } from "./hosts.ts";
import { median, pause, type Report } from "./report.ts";

/** Length of a message's text in bytes. */
const TEXT_BYTES = 200;
/** All that follows from a join or a removal has been done by then. */
const AFTER_MS = 1_500;
const PATIENCE_MS = 60_000;

/** A room that has formed, and where its members live. */
export interface FormedRoom {
  crowd: Crowd;
  /** How many members it has. */
  members: number;
  /** The founder's host, which holds nobody else. */
  founder: number;
  /** The host of member 1, who is looked at, and of nobody else. */
  reader: number;
  /** Those of all others. */
  rest: readonly ProcessHost[];
  /** Hosts that hold nobody yet: one round for each. */
  newcomers: readonly number[];
}

/** As they are printed for a room of 200. */
const FIGURES = {
  join: "client/join_200",
  joinerCpu: "client/join_200_joiner_cpu",
  sponsorCpu: "client/join_200_sponsor_cpu",
  otherCpu: "client/join_200_other_cpu",
  removal: "client/after_removal_200",
  removalSent: "client/after_removal_200_sent",
  senderCpu: "client/after_removal_200_sender_cpu",
  readerCpu: "client/after_removal_200_reader_cpu",
} as const;
type Figures = Record<keyof typeof FIGURES, number[]>;

/** Joins and first messages after a removal, medians of all rounds. Whoever was stopped goes on afterwards. */
export async function benchAsleep(report: Report, room: FormedRoom): Promise<void> {
  const figures = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, [] as number[]])) as Figures;
  for (const each of room.rest) each.freeze();
  for (const [round, host] of room.newcomers.entries()) {
    await pause(AFTER_MS);
    await room.crowd.newInvite();
    const index = room.members + 1 + round; // one more has been in and is gone
    await comesIn(room, { index, host }, figures);
    await isPutOut(room, index, figures);
  }
  for (const each of room.rest) each.thaw();
  for (const [name, shown] of Object.entries(FIGURES)) {
    report.figure(shown.replace("200", String(room.members)), median(figures[name as keyof Figures]), "ms");
  }
}

/** One more comes in through the founder; both who is looked at and the founder confirm it. */
async function comesIn(
  { crowd, founder, reader }: FormedRoom,
  { index, host }: { index: number; host: number },
  figures: Figures,
): Promise<void> {
  const awake = [founder, reader, host];
  const before = await cpu(crowd, awake);
  const { ms } = await crowd.enter(index, { host, askFirst: true });
  await pause(AFTER_MS);
  const after = await cpu(crowd, awake);
  const { members } = await crowd.state([host]);
  if ((members[0]?.confirmed ?? 0) < 2) throw new Error("the newcomer was not confirmed by those awake");
  const [sponsor = NaN, other = NaN, joiner = NaN] = after.map((ms, i) => ms - (before[i] ?? NaN));
  figures.join.push(ms);
  figures.sponsorCpu.push(sponsor);
  figures.otherCpu.push(other);
  figures.joinerCpu.push(joiner);
}

/** The founder puts the newcomer out and says something: fresh keys for all the others go before it. */
async function isPutOut(
  { crowd, founder, reader }: FormedRoom,
  index: number,
  figures: Figures,
): Promise<void> {
  const awake = [founder, reader];
  const words = `after ${index}`.padEnd(TEXT_BYTES, ".");
  const before = await cpu(crowd, awake);
  crowd.tell(0, { order: "kick", index: 0, nick: `m${index}`, text: words });
  await pause(AFTER_MS);
  const state = await crowd.until("the first message", PATIENCE_MS, readBy(words, 1, [1]), awake);
  const after = await cpu(crowd, awake);
  const [sender = NaN, other = NaN] = after.map((ms, i) => ms - (before[i] ?? NaN));
  const sentAt = state.members.find((member) => member.index === 0)?.sentAt ?? NaN;
  figures.removal.push(shown(state, 1, words) - said(state, 0, words));
  figures.removalSent.push(sentAt - said(state, 0, words));
  figures.senderCpu.push(sender);
  figures.readerCpu.push(other);
}

async function cpu(crowd: Crowd, hosts: readonly number[]): Promise<number[]> {
  return await Promise.all(hosts.map(async (host) => (await crowd.hostState(host)).cpuMs));
}
