/** The model goes red when something is wrong: otherwise its green would mean nothing. */
import assert from "node:assert/strict";
import type { SessionEvent } from "../../client/mod.ts";
import { settle } from "../settle.ts";
import { sayTwice, swallowOne } from "./mutants.ts";
import { Host } from "./net.ts";
import { Person } from "./people.ts";
import { play, type Schedule } from "./schedule.ts";
import { ModelTime } from "./time.ts";
import { Violation, World } from "./world.ts";

const ONE_TEXT: Schedule = { delay: 0, crypto: 0, steps: [{ do: "say", after: 0, who: 0, count: 1 }] };

/** Plays a schedule in a room whose second member's network was tampered with. */
async function refused(tamper: (host: Host) => void, red: RegExp): Promise<void> {
  const world = new World(1);
  try {
    const [, bob] = await world.room(["ada", "bob", "carol"]);
    assert.ok(bob !== undefined);
    await play(world, ONE_TEXT);
    tamper(bob.host);
    for (const line of bob.host.lines) line.filter = (bytes) => bob.host.filter(bytes);
    await assert.rejects(
      () => play(world, ONE_TEXT),
      (error: Error) => error instanceof Violation && red.test(error.message),
    );
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("A text that one member never gets, and of which nothing tells, is noticed", () =>
  refused(swallowOne, /not whole after .*: bob has 1 of the 2 of ada/));

Deno.test("A message that comes twice, so that the relay is accused, is noticed", () =>
  refused(sayTwice, /bob: was told: The relay played an old message/));

const ADA = "aa".repeat(16);

/** What a person complains of when it is told this. */
function complaints(...events: SessionEvent[]): string[] {
  const found: string[] = [];
  const host = new Host(new ModelTime());
  const options = { complain: (what: string) => found.push(what), now: () => 0, find: () => ada };
  const ada = new Person("ada", host, { ...options, find: () => undefined });
  ada.id = ADA;
  const person = new Person("bob", host, options);
  for (const event of events) person.take(event);
  return found;
}

function text(text: string, { gap = false, from = ADA } = {}): SessionEvent {
  const common = { type: "message", kind: "text", time: "", replyTo: null, to: null } as const;
  return { ...common, id: `${from}-1`, from: { id: from, nick: "ada" }, text, gap };
}

Deno.test("Texts twice, out of order, missing, misattributed or after a gap are noticed", () => {
  assert.deepEqual(complaints(text("ada 1"), text("ada 2")), []);
  assert.deepEqual(complaints(text("ada 1"), text("ada 1")), ['bob: heard "ada 1" after ada 1']);
  assert.deepEqual(complaints(text("ada 2"), text("ada 1")), [
    'bob: heard "ada 2" after ada 0 at the most',
    'bob: heard "ada 1" after ada 2',
  ]);
  assert.equal(complaints(text("ada 1", { from: "bb".repeat(16) })).length, 1);
  assert.equal(complaints(text("ada 1", { gap: true })).length, 1);
});

Deno.test("Losses, accusations and untrue receipts are noticed", () => {
  const id = `${ADA}-1`;
  const of = { id: ADA, nick: "ada" };
  const bad: SessionEvent[][] = [
    [{ type: "lost", ...of, count: 1 }],
    [{ type: "equivocation", ...of, number: 1 }],
    [{ type: "split_view", ...of, witness: "carol" }],
    [{ type: "error", code: "", message: "" }],
    [{ type: "notice", code: "tampered", message: "" }],
    [{ type: "ended", status: 3, code: "connection_lost", message: "" }],
    [{ type: "delivered", id, to: ADA }],
    [{ type: "sent", id, ref: 2 }],
    [{ type: "sent", id, ref: 1 }, { type: "sent", id, ref: 1 }],
  ];
  for (const events of bad) assert.notEqual(complaints(...events).length, 0, JSON.stringify(events));
});
