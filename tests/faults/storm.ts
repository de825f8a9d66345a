/** Faults that come with what is said: so many over so many texts, whatever the speed of the machine. @module */
import type { Scenario } from "./scenario.ts";

/** What is to happen while `texts` texts are said. */
export interface StormOptions {
  /** Texts that all members together are going to say. */
  texts: number;
  /** Connections broken. */
  cuts?: number;
  /** `kill -9` of the relay, and a new one. */
  kills?: number;
  /** Connections half open, both ways or one. */
  halfOpen?: number;
  /** Connections that stand still for up to two seconds. */
  stalls?: number;
  /**
   * Connections are broken only while so many members are connected. With one, somebody who is alone may lose every
   * connection as soon as it has it: then nobody else finds anybody there, and all wait longer and longer. @default 1
   */
  least?: number;
}

type Fault = "cut" | "kill" | "halfOpen" | "stall";

/** Rages until all faults have happened; nobody gets far ahead of it with talking. */
export async function storm(scenario: Scenario, options: StormOptions): Promise<void> {
  const random = scenario.random.fork(77);
  const { texts, cuts = 0, kills = 0, halfOpen = 0, stalls = 0, least = 1 } = options;
  const faults = random.shuffled<Fault>([
    ...Array<Fault>(cuts).fill("cut"),
    ...Array<Fault>(halfOpen).fill("halfOpen"),
    ...Array<Fault>(stalls).fill("stall"),
  ]);
  for (let i = 0; i < kills; i++) {
    faults.splice(Math.floor((i + random.next()) * faults.length / kills), 0, "kill");
  }
  const began = scenario.said;
  const due = faults.map((_, i) => began + Math.floor((i + 0.5) * texts / (faults.length + 1)));
  let done = 0;
  const slack = Math.max(20, Math.ceil(texts / 50));
  scenario.gate(() => scenario.said < (due[done] ?? Infinity) + slack);
  for (const fault of faults) {
    await scenario.until(
      `there is enough said for fault ${done}`,
      () => scenario.said >= (due[done] ?? 0) || scenario.talking === 0,
    );
    if (fault === "kill") await scenario.within("the relay is back", scenario.relay.restart());
    else await strike(scenario, fault, { chance: random.next(), least });
    done++;
  }
  scenario.calm();
}

/** One fault to a connection that is up; waits until enough are. */
async function strike(
  scenario: Scenario,
  fault: Exclude<Fault, "kill">,
  { chance, least }: { chance: number; least: number },
): Promise<void> {
  const up = (): typeof scenario.members =>
    scenario.here.filter((member) => member.online && member.proxy.live.length > 0);
  await scenario.until(`${least} are connected`, () => up().length >= least);
  const members = up();
  const member = members[Math.floor(chance * members.length)];
  if (member === undefined) return;
  const { proxy } = member;
  const fraction = (chance * 7_919) % 1;
  if (fault === "stall") return void proxy.stall(1, 2_000 * fraction);
  if (fault === "halfOpen") {
    proxy.halfOpen(
      1,
      ([["up", "down"], ["up", "down"], ["up"], ["down"]] as const)[Math.floor(fraction * 4)],
    );
    return;
  }
  const before = proxy.cuts;
  const soon = performance.now() + 1_000;
  // Half of them in the middle of what is being said.
  proxy.cut(1, { afterBytes: fraction < 0.5 ? 0 : Math.ceil(fraction * 600) });
  await scenario.until("the connection breaks", () => {
    if (proxy.cuts === before && performance.now() > soon) proxy.cutAll();
    return proxy.cuts > before || !member.there;
  });
  // Who has just left or been put out has no connection any more that could break: it is somebody else's.
  if (proxy.cuts === before) await strike(scenario, fault, { chance, least });
}
