/** A large room under the relay's default limits. @module */
import { cpuUsage } from "node:process";
import { Crowd, type CrowdState } from "./crowd.ts";
import { WorkerHost } from "./hosts.ts";
import { startRelay } from "./processes.ts";
import { median, pause, type Report } from "./report.ts";

/** How large, and on how many workers. */
export interface RoomOptions {
  members: number;
  workers: number;
  /** How long the room is left alone before idleness is measured, in milliseconds. */
  settleMs: number;
  /** How long idleness is measured, in milliseconds. */
  idleMs: number;
}

const CONFIRM_MS = 180_000;

/** Time and bytes of a room that fills, gains one, loses one and is left alone. */
export async function benchRoom(report: Report, options: RoomOptions): Promise<void> {
  const { members, workers } = options;
  const name = `room${members}`;
  const relay = await startRelay();
  await using _relay = relay.program;
  const crowd = new Crowd(relay.url, Array.from({ length: workers }, () => new WorkerHost()));
  try {
    const cpu = cpuUsage();
    const began = performance.timeOrigin + performance.now();
    await crowd.enter(0);
    const { times, retries } = await crowd.enterAll(1, members);
    report.figure(`${name}/all_in_ms`, performance.timeOrigin + performance.now() - began, "ms");
    report.figure(`${name}/join_ms_median`, median(times), "ms");
    report.figure(`${name}/join_retries`, retries, "");
    const state = await crowd.until("all confirmed", CONFIRM_MS, confirmed(members));
    const last = Math.max(...state.members.map(({ changedAt }) => changedAt));
    report.figure(`${name}/all_confirmed_ms`, last - began, "ms");
    const used = cpuUsage(cpu);
    report.figure(`${name}/cpu_ms_per_member`, (used.user + used.system) / 1_000 / members, "ms");
    report.figure(`${name}/forming_bytes_in_each`, mean(state, "bytesIn"), "bytes");
    report.figure(`${name}/forming_bytes_out_each`, mean(state, "bytesOut"), "bytes");
    await pause(options.settleMs);
    await benchIdle(report, crowd, { ...options, name });
    await benchOneJoin(report, crowd, { ...options, name });
    await benchRemoval(report, crowd, { ...options, name });
    const { problems } = await crowd.state();
    const { "ended:kicked": _, ...unexpected } = problems;
    const count = Object.values(unexpected).reduce((sum, n) => sum + n, 0);
    report.figure(`${name}/false_alarms`, count, "");
    if (count > 0) {
      report.failed(name, new Error(`false alarms in an honest room: ${JSON.stringify(unexpected)}`));
    }
    report.figure(`${name}/relay_rss_mb`, await relay.program.rss() / 1_048_576, "MiB");
  } finally {
    await crowd.end();
  }
}

type Named = RoomOptions & { name: string };

/** Bytes into the relay while nobody says anything. */
async function benchIdle(report: Report, crowd: Crowd, { name, idleMs }: Named): Promise<void> {
  const before = await crowd.state();
  const began = performance.now();
  await pause(idleMs);
  const after = await crowd.state();
  const seconds = (performance.now() - began) / 1_000;
  report.figure(
    `${name}/idle_bytes_per_s`,
    (total(after, "bytesOut") - total(before, "bytesOut")) / seconds,
    "bytes/s",
  );
}

/** One more comes in. */
async function benchOneJoin(report: Report, crowd: Crowd, { name, members }: Named): Promise<void> {
  const before = await crowd.state();
  const began = performance.timeOrigin + performance.now();
  const { ms } = await crowd.enter(members);
  report.figure(`${name}/one_join_ms`, ms, "ms");
  const state = await crowd.until("the newcomer confirmed", CONFIRM_MS, confirmed(members + 1));
  report.figure(`${name}/one_join_confirmed_ms`, changedAt(state) - began, "ms");
  const [here, there] = [others(state, members), others(before, members)];
  const received = mean(here, "bytesIn") - mean(there, "bytesIn") - mean(here, "haveIn") +
    mean(there, "haveIn");
  const sent = mean(here, "bytesOut") - mean(there, "bytesOut");
  const joiner = state.members.find(({ index }) => index === members);
  report.figure(`${name}/join_bytes_each`, received + sent, "bytes");
  report.figure(`${name}/join_bytes_each_in`, received, "bytes");
  report.figure(`${name}/join_bytes_each_out`, sent, "bytes");
  report.figure(`${name}/join_bytes_joiner_in`, joiner?.bytesIn ?? NaN, "bytes");
  report.figure(`${name}/join_bytes_joiner_out`, joiner?.bytesOut ?? NaN, "bytes");
}

/** The founder puts the newcomer out and says something. */
async function benchRemoval(report: Report, crowd: Crowd, { name, members }: Named): Promise<void> {
  const others = members - 1;
  const readBy = (text: string) => ({ members }: CrowdState): boolean =>
    members.filter(({ read }) => read[text] !== undefined).length >= others;
  crowd.tell(0, { order: "say", index: 0, text: "before" });
  await crowd.until("a message read by all", 60_000, readBy("before"));
  await pause(3_000);
  const bytesOut = (state: CrowdState): number =>
    state.members.find(({ index }) => index === 0)?.bytesOut ?? NaN;
  const before = await crowd.state();
  const began = performance.timeOrigin + performance.now();
  crowd.tell(0, { order: "kick", index: 0, nick: `m${members}`, text: "after" });
  const state = await crowd.until("the first message after a removal", 60_000, readBy("after"));
  const removed = state.members.find(({ index }) => index === members);
  if (removed?.read["after"] !== undefined) throw new Error("the one removed has read it");
  const readAt = state.members.map(({ read }) => read["after"] ?? 0);
  report.figure(`${name}/first_message_after_removal_ms`, Math.max(...readAt) - began, "ms");
  const sentAt = state.members.find(({ index }) => index === 0)?.sentAt ?? NaN;
  report.figure(`${name}/first_message_after_removal_sent_ms`, sentAt - began, "ms");
  report.figure(`${name}/first_message_after_removal_bytes`, bytesOut(state) - bytesOut(before), "bytes");
}

function confirmed(count: number): (state: CrowdState) => boolean {
  return ({ members }) =>
    members.length === count && members.every(({ confirmed }) => confirmed === count - 1);
}

function changedAt({ members }: CrowdState): number {
  return Math.max(...members.map(({ changedAt }) => changedAt));
}

function others({ members, problems }: CrowdState, index: number): CrowdState {
  return { members: members.filter((member) => member.index !== index), problems };
}

function total({ members }: CrowdState, of: "bytesIn" | "bytesOut" | "haveIn"): number {
  return members.reduce((sum, member) => sum + member[of], 0);
}

function mean(state: CrowdState, of: "bytesIn" | "bytesOut" | "haveIn"): number {
  return total(state, of) / state.members.length;
}
