/** A relay that has begun anew, and whose answer to the first that came back is lost: nobody waits long for that one. */
import assert from "node:assert/strict";
import { decodeRelayFrame, unpackBatch } from "../../wire/mod.ts";
import { settle } from "../settle.ts";
import type { Line } from "./net.ts";
import type { Person } from "./people.ts";
import { World } from "./world.ts";

/** How long everybody may take to be together again, in milliseconds; a place at the relay is kept for 60 s. */
const SOON_MS = 25_000;

/** Ada is the first back at a new relay, and does not hear that it is in; `breaks` is what becomes of its connection. */
async function firstIsLost(breaks: (line: Line) => void): Promise<void> {
  const world = new World(23);
  const { net, time } = world;
  try {
    const people = await world.room(["ada", "bob", "carol"]);
    const [ada, ...others] = people as [Person, Person, Person];
    await time.pass(60_000);
    for (const { host } of others) host.reach = "refused";
    net.killRelay(() => 0);
    net.startRelay();
    let lost = false;
    ada.host.filter = (bytes) => {
      if (lost || (net.relay?.stats().rooms ?? 0) === 0) return bytes;
      lost = true; // this would tell it that it is in
      ada.host.filter = (other) => other;
      for (const line of ada.host.lines) breaks(line);
      return null;
    };
    await time.until(() => lost, time.now + 20_000);
    assert.ok(lost);
    for (const { host } of others) host.reach = "open";
    for (const { session } of others) await session?.run({ command: "reconnect" });
    await world.whole(SOON_MS);
  } finally {
    await world.end();
    await settle();
  }
}

Deno.test("Who is first back after a restart and loses the relay's answer with its connection keeps nobody waiting", () =>
  firstIsLost((line) => line.cut({ client: 0, relay: 0 })));

Deno.test("Who is first back after a restart and loses the relay's answer without a word keeps nobody waiting for long", () =>
  firstIsLost((line) => line.cut({ client: null, relay: null })));

Deno.test("Who misses the first one back after a relay was away for long, as that one is cut at once, does not wait as long again", async () => {
  const world = new World(24);
  const { net, time } = world;
  try {
    const people = await world.room(["ada", "bob", "carol", "dora", "emil"]);
    const [ada, ...others] = people as [Person, ...Person[]];
    await time.pass(60_000);
    for (const { host } of others) host.reach = "refused";
    net.killRelay(() => 0);
    await time.pass(300_000); // by now there are 15 to 45 s between two tries
    net.startRelay();
    await ada.session?.run({ command: "reconnect" });
    await time.until(() => ada.online, time.now + 20_000);
    await time.pass(100);
    ada.host.reach = "refused";
    for (const line of ada.host.lines) line.cut({ client: 0, relay: 0 });
    const tries = others.map(({ host }) => host.attempts);
    for (const { host, session } of others) {
      host.reach = "open";
      await session?.run({ command: "reconnect" });
    }
    await time.until(() => others.every(({ host }, i) => host.attempts > (tries[i] ?? 0)), time.now + 5_000);
    await time.pass(100);
    assert.ok(others.every(({ online }) => !online), "nobody is there");
    ada.host.reach = "open";
    await ada.session?.run({ command: "reconnect" });
    await world.whole(8_000);
    assert.equal(net.relay?.stats().rooms, 1);
  } finally {
    await world.end();
    await settle();
  }
});

Deno.test("Who is first back after a relay was away for long, and is cut before it hears of anything, is back soon", async () => {
  const world = new World(25);
  const { net, time } = world;
  try {
    const people = await world.room(["ada", "bob", "carol"]);
    const [ada, ...others] = people as [Person, Person, Person];
    await time.pass(60_000);
    for (const { host } of others) host.reach = "refused";
    net.killRelay(() => 0);
    await time.pass(300_000);
    net.startRelay();
    let heard = "";
    ada.host.filter = (bytes) => {
      const types = unpackBatch(bytes, { maxBytes: Infinity, maxFrames: Infinity })
        .map((frame) => decodeRelayFrame(frame).type);
      if (!types.includes("ack") || heard.includes("ack")) return bytes;
      heard = types.join(" ");
      for (const line of ada.host.lines) line.cut({ client: 0, relay: 0 });
      return null;
    };
    await ada.session?.run({ command: "reconnect" });
    await time.until(() => heard !== "", time.now + 20_000);
    assert.ok(heard.includes("ack"), heard);
    for (const { host, session } of others) {
      host.reach = "open";
      await session?.run({ command: "reconnect" });
    }
    await world.whole(8_000);
    assert.equal(net.relay?.stats().rooms, 1);
  } finally {
    await world.end();
    await settle();
  }
});
