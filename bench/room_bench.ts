/** A large room under the relay's default limits, formed once for all that is looked at in it. @module */
import { Crowd, type CrowdState } from "./crowd.ts";
import { confirmed, readBy } from "./crowd_state.ts";
import { ProcessHost } from "./hosts.ts";
import { startRelay } from "./processes.ts";
import { median, pause, type Report } from "./report.ts";
import { benchAsleep } from "./room_asleep_bench.ts";

/** How large, and in how many processes. */
export interface RoomOptions {
  members: number;
  /** Processes that share all members but those that are looked at. */
  workers: number;
  /** How long the room is left alone before idleness is measured, in milliseconds. */
  settleMs: number;
  /** How long idleness is measured, in milliseconds. */
  idleMs: number;
  /** What does not disturb an idle room, nor is disturbed: done while it is left alone. */
  meanwhile: () => Promise<void>;
}

const CONFIRM_MS = 180_000;
/** The founder and member 1 live alone in processes of their own. */
const FOUNDER = 0;
const READER = 1;
/** How often one more comes in and is put out while most others are stopped. */
const ROUNDS = 3;
/** What two members send each other all the time is over by then. */
const REST_MS = 3_000;

/** Time and bytes of a room that fills, is left alone, gains one and loses one, all awake and then most asleep. */
export async function benchRoom(report: Report, options: RoomOptions): Promise<void> {
  const { members, workers } = options;
  const name = `room${members}`;
  const relay = await startRelay();
  await using _relay = relay.program;
  const looked = [new ProcessHost(), new ProcessHost()];
  const rest = Array.from({ length: workers }, () => new ProcessHost());
  const newcomers = Array.from({ length: 1 + ROUNDS }, () => new ProcessHost());
  const crowd = new Crowd(relay.url, [...looked, ...rest, ...newcomers]);
  const [guest = NaN, ...guests] = newcomers.map((_, i) => looked.length + rest.length + i);
  try {
    await benchForming(report, crowd, { ...options, name });
    report.progress(`${name}: left alone`);
    await Promise.all([benchIdle(report, crowd, { ...options, name }), options.meanwhile()]);
    report.progress(`${name}: one more comes in and is put out`);
    await benchOneJoin(report, crowd, { ...options, name, guest });
    await benchRemoval(report, crowd, { ...options, name });
    const { problems } = await crowd.state();
    const { "ended:kicked": _, ...unexpected } = problems;
    const count = Object.values(unexpected).reduce((sum, n) => sum + n, 0);
    report.figure(`${name}/false_alarms`, count, "");
    if (count > 0) {
      report.failed(name, new Error(`false alarms in an honest room: ${JSON.stringify(unexpected)}`));
    }
    report.figure(`${name}/relay_rss_mb`, await relay.program.rss() / 1_048_576, "MiB");
    report.progress(`${name}: three more, while most others are stopped`);
    await benchAsleep(report, { crowd, members, founder: FOUNDER, reader: READER, rest, newcomers: guests });
  } finally {
    await crowd.end();
  }
}

type Named = RoomOptions & { name: string };

/** All come in, six at a time, and confirm each other. */
async function benchForming(report: Report, crowd: Crowd, { name, members, workers }: Named): Promise<void> {
  const cpu = (await crowd.state()).cpuMs;
  const began = performance.timeOrigin + performance.now();
  await crowd.enter(0, { host: FOUNDER });
  await crowd.enter(1, { host: READER });
  const hosts = Array.from({ length: workers }, (_, i) => 2 + i);
  const { times, retries } = await crowd.enterAll(2, members, hosts, ({ length }) => {
    if (length % 50 === 0) report.progress(`${name}: ${2 + length} are in`);
  });
  report.figure(`${name}/all_in_ms`, performance.timeOrigin + performance.now() - began, "ms");
  report.figure(`${name}/join_ms_median`, median(times), "ms");
  report.figure(`${name}/join_retries`, retries, "");
  const state = await crowd.until("all confirmed", CONFIRM_MS, confirmed(members));
  report.figure(`${name}/all_confirmed_ms`, changedAt(state) - began, "ms");
  report.figure(`${name}/cpu_ms_per_member`, (state.cpuMs - cpu) / members, "ms");
  report.figure(`${name}/forming_bytes_in_each`, mean(state, "bytesIn"), "bytes");
  report.figure(`${name}/forming_bytes_out_each`, mean(state, "bytesOut"), "bytes");
}

/** Bytes into the relay while nobody says anything. */
async function benchIdle(report: Report, crowd: Crowd, { name, settleMs, idleMs }: Named): Promise<void> {
  await pause(settleMs);
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
async function benchOneJoin(
  report: Report,
  crowd: Crowd,
  { name, members, guest }: Named & { guest: number },
): Promise<void> {
  const before = await crowd.state();
  const began = performance.timeOrigin + performance.now();
  const { ms } = await crowd.enter(members, { host: guest });
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
  crowd.tell(0, { order: "say", index: 0, text: "before" });
  await crowd.until("a message read by all", 60_000, readBy("before", others));
  await pause(REST_MS);
  const bytesOut = (state: CrowdState): number =>
    state.members.find(({ index }) => index === 0)?.bytesOut ?? NaN;
  const before = await crowd.state();
  const began = performance.timeOrigin + performance.now();
  crowd.tell(0, { order: "kick", index: 0, nick: `m${members}`, text: "after" });
  const state = await crowd.until("the first message after a removal", 60_000, readBy("after", others));
  const removed = state.members.find(({ index }) => index === members);
  if (removed?.read["after"] !== undefined) throw new Error("the one removed has read it");
  const readAt = state.members.map(({ read }) => read["after"] ?? 0);
  report.figure(`${name}/first_message_after_removal_ms`, Math.max(...readAt) - began, "ms");
  const sentAt = state.members.find(({ index }) => index === 0)?.sentAt ?? NaN;
  report.figure(`${name}/first_message_after_removal_sent_ms`, sentAt - began, "ms");
  report.figure(`${name}/first_message_after_removal_bytes`, bytesOut(state) - bytesOut(before), "bytes");
}

function changedAt({ members }: CrowdState): number {
  return Math.max(...members.map(({ changedAt }) => changedAt));
}

function others({ members, ...rest }: CrowdState, index: number): CrowdState {
  return { ...rest, members: members.filter((member) => member.index !== index) };
}

function total({ members }: CrowdState, of: "bytesIn" | "bytesOut" | "haveIn"): number {
  return members.reduce((sum, member) => sum + member[of], 0);
}

function mean(state: CrowdState, of: "bytesIn" | "bytesOut" | "haveIn"): number {
  return total(state, of) / state.members.length;
}
