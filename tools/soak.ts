/**
 * A room under endless random faults: cuts, half-open and slow connections, refusals, a relay that is killed, members
 * that come and go. Every minute it grows calm, and everything said must be everywhere, once and in order.
 *
 *     deno task soak [--minutes 60]
 *
 * @module
 */
import { drawPlan, type Plan } from "../tests/faults/plan.ts";
import { COPIED, type Member } from "../tests/faults/member.ts";
import { Random, seedOfRun } from "../tests/faults/random.ts";
import { Scenario } from "../tests/faults/scenario.ts";

/** How long the storm of a round lasts, in milliseconds; the calm after it takes what it takes. */
const STORM_MS = 50_000;
/** How long a round may take to be whole again, in milliseconds. */
const CALM_MS = 120_000;
/** Members at the beginning, and at most. */
const MEMBERS = { first: 4, most: 8 };
const SHARES = { cut: 0.2, stall: 0.2, delay: 0.2, throttle: 0.2, duplicate: 0.1 };
/** How long after a connection that was doubled the next one of the same member may be, in milliseconds. */
const DOUBLED_MS = 90_000;
const doubledAt = new WeakMap<Member, number>();
const heartbeat = { interval: 1, timeout: 5 };

/** Settings of a soak. */
export interface SoakOptions {
  /** How long it lasts; at least one round. */
  minutes: number;
  /** Takes a line a minute. */
  print: (line: string) => void;
  /** How long the storm of each round lasts. @default 50_000 */
  stormMs?: number;
}

/** Runs a soak; rejects, naming the seed, when something is not as it must be. */
export async function soak({ minutes, print, stormMs = STORM_MS }: SoakOptions): Promise<void> {
  const seed = seedOfRun();
  const began = performance.now();
  const end = began + minutes * 60_000;
  print(`soak of ${minutes} min, FAULT_SEED=${seed}`);
  const options = { members: MEMBERS.first, relay: { heartbeat }, session: { rotateMs: 20_000 }, seed };
  await Scenario.run(options, async (s) => {
    for (let round = 0; round === 0 || performance.now() + stormMs < end; round++) {
      s.grant(stormMs + CALM_MS);
      await rage(s, new Random(seed).fork(10_000 + round), { stormMs, round });
      await s.whole();
      print(line(s, Math.round((performance.now() - began) / 1_000)));
      await change(s, round);
    }
  });
}

/** Everybody talks while one fault follows the other. */
async function rage(
  s: Scenario,
  random: Random,
  { stormMs, round }: { stormMs: number; round: number },
): Promise<void> {
  const end = performance.now() + stormMs;
  const going = (): boolean => performance.now() < end && s.problem === null;
  const talking = s.here.map(async (member) => {
    while (going()) await s.talk(member, { texts: 10, paceMs: 100 });
  });
  for (const member of s.here) {
    member.tolerates = [COPIED];
    member.proxy.plan = (of) => seldomDoubled(member, drawPlan(of, SHARES));
  }
  const shutOut = new Map<Member, number>();
  let killed = false;
  while (going()) {
    await new Promise((resolve) => setTimeout(resolve, random.int(100, 1_500)));
    killed = await fault(s, { random, killed, shutOut }) || killed;
    for (const [{ proxy }, until] of shutOut) if (performance.now() >= until) proxy.refuses = false;
  }
  if (round % 2 === 0 && !killed) await s.relay.restart();
  s.calm();
  await Promise.all(talking);
}

/**
 * To the relay the first words of a connection, said again on another, are a thief's that has the token: they take the
 * place away. A session to which that happens twice in a minute ends, as it should (SPEC §11.5).
 */
function seldomDoubled(member: Member, plan: Plan): Plan {
  const { duplicate, ...rest } = plan;
  if (duplicate === undefined) return plan;
  const now = performance.now();
  if (now - (doubledAt.get(member) ?? -Infinity) < DOUBLED_MS) return rest;
  doubledAt.set(member, now);
  return plan;
}

/** One fault; true when it was the relay's death. */
async function fault(
  s: Scenario,
  { random, killed, shutOut }: { random: Random; killed: boolean; shutOut: Map<Member, number> },
): Promise<boolean> {
  const member = random.pick(s.here);
  if (member === undefined) return false;
  const { proxy } = member;
  const drawn = random.int(1, 100);
  if (drawn <= 45) proxy.cut(1, { afterBytes: random.int(0, 400) });
  else if (drawn <= 55) proxy.halfOpen(1, random.chance(0.5) ? ["up", "down"] : ["down"]);
  else if (drawn <= 70) proxy.stall(1, random.int(100, 3_000));
  else if (drawn <= 80) { for (const other of s.here) other.proxy.cutAll(); }
  else if (drawn <= 92) {
    shutOut.set(member, performance.now() + random.int(500, 8_000));
    proxy.refuses = true;
    proxy.cutAll();
  } else if (!killed) {
    await s.relay.restart();
    return true;
  }
  return false;
}

/** Between two storms somebody comes or goes. */
async function change(s: Scenario, round: number): Promise<void> {
  const { here } = s;
  const founder = s.members[0];
  if (founder === undefined) return;
  if (here.length < MEMBERS.most) await s.join(`late${round}`, founder);
  const leaving = here[1];
  if (round % 2 === 1 && leaving !== undefined) await s.leave(leaving);
}

function line(s: Scenario, seconds: number): string {
  const sum = (of: (member: Member) => number): number => s.members.reduce((total, m) => total + of(m), 0);
  const shown = sum(({ shown }) =>
    [...shown.values()].reduce((n, { first, last }) => n + last - first + 1, 0)
  );
  const back = sum(({ counts }) => counts.get("connection online") ?? 0);
  const gaps = sum(({ counts }) => counts.get("gap") ?? 0);
  const mib = Math.round(Deno.memoryUsage().rss / 1_048_576);
  return `${seconds} s: ${s.here.length} members, ${s.said} said, ${shown} shown, ${
    sum(({ proxy }) => proxy.cuts)
  } cuts, ` +
    `${s.relay.kills} kills, ${back} times online, ${gaps} marked as after a gap, ${mib} MiB`;
}

if (import.meta.main) {
  const at = Deno.args.indexOf("--minutes");
  const minutes = at < 0 ? 60 : Number(Deno.args[at + 1]);
  const print = (text: string): unknown => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  if (!(minutes > 0)) {
    print("Usage: deno task soak [--minutes 60]");
    Deno.exit(2);
  }
  try {
    await soak({ minutes, print });
    print("whole");
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
