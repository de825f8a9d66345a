/** Random schedules against a relay in memory: whatever happens, nobody misses a frame, sees one twice or out of order. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { JoinedFrame, RelayFrame } from "../wire/mod.ts";
import { REST_MS } from "./outflow.ts";
import { type FakeClock, type TestClient, TestRelay } from "../tests/relay_helpers.ts";

interface Step {
  do: "say" | "typing" | "table" | "turn" | "rest" | "ping" | "read" | "cut" | "back" | "leave" | "enter";
  who: number;
  to: number;
}

/** One participant: what it said, what it read, and the connection it has at the moment. */
class Participant {
  connection: TestClient | undefined;
  ticket: JoinedFrame;
  gone = false;
  /** Sends not yet acknowledged, by sendId. */
  readonly pending = new Map<number, () => void>();
  /** Texts said to the room. */
  readonly said: string[] = [];
  /** Numbered texts read, by seq. */
  readonly read = new Map<number, string>();
  /** What was numbered up to here is not for it. */
  since: number;
  #lastSeq: number;
  #lastSendId = 0;

  constructor(connection: TestClient) {
    assert.ok(connection.joined !== undefined);
    this.connection = connection;
    this.ticket = connection.joined;
    this.since = this.#lastSeq = connection.joined.seq;
  }

  /** Says something to the room, or to one peer; what is said while away is said on return. */
  say(to?: number): void {
    const sendId = ++this.#lastSendId;
    const text = `${this.ticket.peerId}.${sendId}`;
    if (to === undefined) this.said.push(text);
    const send = (): void => {
      if (to === undefined) this.connection?.say(sendId, text);
      else this.connection?.table(sendId, "direct ", { [to]: text, 999: "nobody" });
    };
    this.pending.set(sendId, send);
    send();
  }

  take(frames: readonly RelayFrame[]): void {
    for (const frame of frames) {
      assert.notEqual(frame.type, "error", JSON.stringify(frame));
      if (frame.type === "ack") {
        for (const id of this.pending.keys()) if (id <= frame.sendId) this.pending.delete(id);
        this.#lastSeq = Math.max(this.#lastSeq, frame.seq);
      } else if (frame.type === "deliver" && frame.seq > 0) {
        assert.notEqual(frame.from, this.ticket.peerId);
        assert.ok(!this.read.has(frame.seq), `${frame.seq} twice`);
        this.read.set(frame.seq, new TextDecoder().decode(frame.payload));
        this.#lastSeq = Math.max(this.#lastSeq, frame.seq);
      }
    }
    const order = [...this.read.keys()];
    assert.deepEqual(order, order.toSorted((a, b) => a - b));
  }

  /** Comes back on a new connection in the middle of a turn; what the old one had not read is lost. */
  back(client: TestClient, clock: FakeClock): void {
    const { token, roomEpoch } = this.ticket;
    client.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
    client.send({ type: "resume", token, roomEpoch, lastSeq: this.#lastSeq });
    this.connection = client;
    for (const send of [...this.pending.values()]) send(); // without waiting for what the relay has already
    clock.advance(REST_MS);
    const frames = client.arrived();
    const joined = frames.find((frame) => frame.type === "joined");
    assert.ok(joined?.complete);
    this.ticket = joined;
    this.take(frames);
  }
}

class World {
  readonly test = new TestRelay({
    rateCount: 1e6,
    probeBurst: 1e6,
    foundBurst: 1e6,
    controlBurst: 1e6,
    ringFrames: 1e6,
  });
  readonly founder: Participant = this.#enter();
  readonly people: Participant[] = [this.founder];

  #enter(): Participant {
    const client = this.test.client();
    client.join(1);
    this.test.clock.advance(REST_MS);
    client.joined ??= client.arrived().find((frame) => frame.type === "joined");
    return new Participant(client);
  }

  run(step: Step): void {
    if (step.do === "turn") return this.test.clock.turn();
    if (step.do === "rest") return this.test.clock.advance(REST_MS);
    if (step.do === "enter") {
      const { connection } = this.founder;
      if (connection === undefined || this.people.length === 6) return;
      const person = this.#enter();
      this.people.push(person);
      this.founder.say(); // so that the turn holds something that the new member gets, and something that it does not
      person.since++;
      return connection.send({ type: "admit", peerId: person.ticket.peerId });
    }
    const person = this.people[step.who % this.people.length] as Participant;
    if (person.gone) return;
    const { connection } = person;
    switch (step.do) {
      case "say":
        return person.say();
      case "table":
        return person.say(this.people[step.to % this.people.length]?.ticket.peerId);
      case "typing":
        return connection?.say(0, "typing", true);
      case "ping":
        return connection?.send({ type: "ping", opaque: 1 });
      case "read":
        return person.take(connection?.arrived() ?? []);
      case "back":
        return person.back(this.test.connect(), this.test.clock);
      case "cut":
        connection?.cut();
        person.connection = undefined;
        return;
      case "leave":
        if (person === this.founder || connection === undefined) return;
        connection.send({ type: "leave" });
        person.take(connection.arrived());
        connection.cut();
        person.gone = true;
    }
  }

  finish(): void {
    for (const person of this.people) if (!person.gone) person.back(this.test.connect(), this.test.clock);
    this.test.clock.advance(REST_MS);
    for (const person of this.people) if (!person.gone) person.take(person.connection?.arrived() ?? []);
  }
}

const actions: Step["do"][] = [
  "say",
  "say",
  "say",
  "typing",
  "table",
  "turn",
  "turn",
  "rest",
  "ping",
  "read",
  "cut",
  "back",
];
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom<Step["do"][]>(...actions, "enter", "leave"),
  who: fc.nat(5),
  to: fc.nat(5),
});

function check(world: World): void {
  const { people, founder } = world;
  const log = new Map<number, string>();
  for (const { read } of people) {
    for (const [seq, text] of read) {
      if (!text.startsWith("direct ")) assert.equal(log.get(seq) ?? text, text, "one number, two texts");
      log.set(seq, text);
    }
  }
  for (const person of people) {
    if (person.gone) continue;
    assert.equal(person.pending.size, 0, "something was never acknowledged");
    const own = `${person.ticket.peerId}.`;
    const others = [...log].toSorted(([a], [b]) => a - b).filter(([seq, text]) =>
      seq > person.since && !text.startsWith("direct ") && !text.startsWith(own)
    );
    assert.deepEqual([...person.read].filter(([, text]) => !text.startsWith("direct ")), others);
  }
  for (const person of people) {
    if (person === founder) continue;
    const own = `${person.ticket.peerId}.`;
    assert.deepEqual([...founder.read.values()].filter((text) => text.startsWith(own)), person.said);
  }
}

Deno.test("a relay loses, repeats and reorders nothing in any schedule of sends, cuts, resumes, joins and leaves", () => {
  const numRuns = Deno.env.get("SLOW") === undefined ? 300 : 20_000;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
      const world = new World();
      for (const each of steps) world.run(each);
      world.finish();
      check(world);
    }),
    { numRuns },
  );
});
