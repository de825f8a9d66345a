/** Random schedules of what people and networks do, from a seed. @module */
import type { Cut } from "./net.ts";
import type { Person } from "./people.ts";
import type { Random } from "./random.ts";
import { HEAL_MS, type World } from "./world.ts";

/** One thing that happens, `after` milliseconds after the one before. */
export type Step =
  & { after: number; who: number }
  & (
    | { do: "say"; count: number }
    | { do: "wait" }
    | ({ do: "cut" } & Cut)
    | { do: "dead"; ways: "up" | "down" | "both" }
    | { do: "stall"; ways: "up" | "down" | "both"; ms: number }
    | { do: "unreachable"; how: "refused" | "silent"; ms: number }
    | { do: "restart"; kill: boolean; ms: number; told: number | null }
    | { do: "sleep"; ms: number; overdue: boolean; broken: boolean }
    | { do: "reconnect" }
    | { do: "join" | "leave" | "topic" | "nick" | "lead" }
    | { do: "kick"; whom: number }
  );

/** What a schedule may hold. */
export type Kind = Step["do"];

/** Everything that needs no recovery. */
export const CALM: readonly Kind[] = ["say", "say", "wait", "stall"];

/** What changes the room. */
export const CHANGES: readonly Kind[] = ["join", "join", "leave", "topic", "nick", "lead", "kick"];

/** Everything that goes wrong. */
export const ROUGH: readonly Kind[] = [
  "say",
  "say",
  "say",
  "say",
  "wait",
  "cut",
  "cut",
  "cut",
  "dead",
  "stall",
  "unreachable",
  "restart",
  "sleep",
  "reconnect",
];

/** Most people at a time. */
const MOST = 6;

/** How fast the network is, by turns: each message takes something up to the maximum of a schedule. */
const DELAYS = [0, 0, 3, 40, 400];
/** How long it is between two steps, at most. */
const PAUSES = [0, 5, 50, 500, 3_000, 20_000];

/** A schedule, as it is printed. */
export interface Schedule {
  /** The longest that a message takes, in milliseconds. */
  delay: number;
  /** The longest that an operation of cryptography takes, in milliseconds. */
  crypto: number;
  steps: Step[];
}

/** A schedule for `size` people. */
export function schedule(random: Random, kinds: readonly Kind[], size: number): Schedule {
  const delay = random.pick(DELAYS);
  const crypto = random.chance(0.25) ? random.pick([1, 20, 300]) : 0;
  const steps: Step[] = [];
  for (let i = 2 + random.below(6); i > 0; i--) {
    const after = random.chance(0.3) ? 0 : random.below(random.pick(PAUSES) + 1);
    steps.push(step(random, { kind: random.pick(kinds), after, who: random.below(size) }));
  }
  return { delay, crypto, steps };
}

function step(random: Random, { kind, ...common }: { kind: Kind; after: number; who: number }): Step {
  const late = (): number | null =>
    random.chance(0.15) ? null : random.below(random.pick([1, 50, 2_000, 20_000]));
  const ways = random.pick(["up", "down", "both"] as const);
  switch (kind) {
    case "say":
      return { ...common, do: kind, count: random.chance(0.7) ? 1 : 1 + random.below(4) };
    case "wait":
      return { ...common, do: kind, after: random.below(random.pick([10_000, 60_000])) };
    case "reconnect":
    case "join":
    case "leave":
    case "topic":
    case "nick":
    case "lead":
      return { ...common, do: kind };
    case "kick":
      return { ...common, do: kind, whom: random.below(6) };
    case "cut": {
      const keep = (): number => random.chance(0.5) ? 0 : random.below(4);
      return { ...common, do: kind, client: late(), relay: late(), keepUp: keep(), keepDown: keep() };
    }
    case "dead":
      return { ...common, do: kind, ways };
    case "stall":
      return { ...common, do: kind, ways, ms: random.below(8_000) };
    case "unreachable":
      return {
        ...common,
        do: kind,
        how: random.pick(["refused", "silent"] as const),
        ms: random.below(60_000),
      };
    case "restart":
      return {
        ...common,
        do: kind,
        kill: random.chance(0.7),
        ms: random.below(random.pick([1, 3_000, 45_000])),
        told: random.chance(0.8) ? random.below(2_000) : null,
      };
    case "sleep": {
      const ms = random.below(random.pick([5_000, 45_000, 90_000, 900_000]));
      return { ...common, do: kind, ms, overdue: random.chance(0.5), broken: random.chance(0.5) };
    }
  }
}

/** Runs a schedule, mends everything, and waits until everybody has everything. Throws what is wrong. */
export async function play(world: World, { delay, crypto, steps }: Schedule): Promise<void> {
  const { net, time, random } = world;
  net.delay = () => random.chance(0.2) ? 0 : random.between(0, delay);
  world.crypto.takes = () => crypto === 0 || random.chance(0.5) ? 0 : random.between(0, crypto);
  world.restarted = false;
  for (const person of world.people) {
    person.faults = 0;
    person.leaves = false;
    person.longGone = person.parted !== null;
  }
  for (const step of steps) {
    await time.pass(step.after);
    act(world, step);
    world.check();
  }
  mend(world);
  await world.whole(HEAL_MS);
  // Whatever comes twice comes soon.
  await time.pass(3_000);
  world.check();
}

/** Does one step. */
function act(world: World, step: Step): void {
  const { net, time, here, random } = world;
  const person = here[step.who % here.length];
  if (person === undefined) return;
  const { host } = person;
  const { machine } = host;
  count(world, person, step);
  switch (step.do) {
    case "say":
      if (!machine.asleep) { for (let i = 0; i < step.count; i++) person.say(); }
      return;
    case "wait":
      return;
    case "reconnect":
      if (!machine.asleep && !person.online) void person.session?.run({ command: "reconnect" });
      return;
    case "join":
      if (here.length < MOST) world.tryJoin(person);
      return;
    case "leave":
      if (here.length < 3 || machine.asleep) return;
      person.parted = "leaving";
      person.leaves = true;
      person.session?.leave().then(() => {
        // Where the network was broken, the others may not have heard of it.
        if (person.parted === "leaving") person.parted = "gone";
      });
      return;
    case "topic":
      if (!machine.asleep) person.ask({ command: "topic", text: `${person.name} ${time.now}` });
      return;
    case "nick":
      if (!machine.asleep) person.ask({ command: "nick", nick: `${person.name}${random.below(3)}` });
      return;
    case "lead": {
      const other = random.pick(here);
      if (!machine.asleep) person.ask({ command: "role", member: other.id, operator: random.chance(0.7) });
      return;
    }
    case "kick": {
      const other = here[step.whom % here.length];
      if (here.length < 3 || machine.asleep || other === undefined || other === person) return;
      return person.ask({ command: "kick", member: other.id });
    }
    case "cut":
      for (const line of [...host.lines]) line.cut(step);
      return;
    case "dead":
      for (const line of host.lines) {
        if (step.ways !== "down") line.up.kill();
        if (step.ways !== "up") line.down.kill();
      }
      return;
    case "stall":
      for (const line of host.lines) {
        if (step.ways !== "down") line.up.stall(step.ms);
        if (step.ways !== "up") line.down.stall(step.ms);
      }
      return;
    case "unreachable":
      host.reach = step.how;
      time.in(step.ms, () => void (host.reach = "open"));
      return;
    case "restart":
      if (net.relay === null) return;
      world.restarted = true;
      if (step.kill) net.killRelay(() => step.told === null ? null : random.below(step.told + 1));
      else net.closeRelay();
      time.in(step.ms, () => net.startRelay());
      return;
    case "sleep":
      if (machine.asleep) return;
      machine.sleep();
      time.in(step.ms, () => {
        if (step.broken) {
          for (const line of [...host.lines]) line.cut({ client: random.below(500), relay: null });
        }
        machine.wake(step);
      });
  }
}

/** Notes whose network fails by this step; what lasts for a while counts twice. */
function count({ people }: World, person: Person, step: Step): void {
  if (step.do === "cut" || step.do === "dead") person.faults++;
  if (step.do === "stall" || step.do === "unreachable" || step.do === "sleep") person.faults += 2;
  if (step.do === "restart") { for (const each of people) each.faults += 2; }
}

/** Nothing is broken any more; connections that are dead without a word stay so. */
function mend({ net, time }: World): void {
  net.startRelay();
  for (const host of net.hosts) {
    host.reach = "open";
    if (host.machine.asleep) time.in(0, () => host.machine.wake({ overdue: true }));
  }
}
