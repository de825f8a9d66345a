import assert from "node:assert/strict";
import type { Presence } from "./presence.ts";
import { type Alarm, Trust } from "./trust.ts";

function alarm(i: number): Alarm {
  return {
    key: `equivocation ${i}`,
    kind: "equivocation",
    member: { id: "m", nick: "mallory" },
    text: "two",
  };
}

Deno.test("Trust keeps 100 alarms, each once, and takes others when they have been acknowledged", () => {
  const trust = new Trust(() => []);
  for (let i = 0; i < 100; i++) {
    assert.equal(trust.alarm(alarm(i)), true);
    assert.equal(trust.alarm(alarm(i)), false, "once");
  }
  for (let i = 100; i < 5_000; i++) assert.equal(trust.alarm(alarm(i)), false);
  assert.equal(trust.alarms.length, 100);
  assert.equal(trust.level, "alarm");
  trust.acknowledge("equivocation 7");
  assert.equal(trust.alarm(alarm(100)), true);
  assert.equal(trust.alarms.length, 100);
  trust.acknowledge();
  assert.equal(trust.alarms.length, 0);
  assert.equal(trust.alarm(alarm(101)), true);
});

Deno.test("Trust remembers 1,000 verified members that have gone, and knows who takes the name of one", () => {
  let others: Presence[] = [];
  const trust = new Trust(() => others);
  const goes = (i: number): void => {
    others = [{ id: `id ${i}`, nick: `friend ${i}`, verified: true } as Presence];
    trust.observe({ type: "member_left", id: `id ${i}`, nick: `friend ${i}` } as never);
    others = [];
  };
  const comes = (id: string, nick: string): unknown =>
    trust.observe({ type: "member_joined", id, nick } as never);
  for (let i = 0; i < 1_001; i++) goes(i);
  assert.deepEqual(comes("other", "friend 999"), { id: "other", nick: "friend 999" });
  assert.equal(comes("id 999", "friend 999"), null, "the same one again");
  assert.equal(comes("other", "friend 1000"), null, "one more than are remembered");
});
