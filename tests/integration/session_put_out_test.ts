/** What a member had said before it was put out, for those whom it had not reached by then. */
import { deepEqual, equal } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { concat } from "../../crypto/bytes.ts";
import { type Crowd, type Person, until, withCrowd } from "../attack/crowd.ts";
import { Hostile } from "../attack/hostile_member.ts";
import { between } from "../attack/repair_helpers.ts";

/** The texts of `author` that a person was shown, those after a gap marked. */
function shownOf(person: Person, author: Person): string[] {
  return person.of("message").filter(({ from }) => from.id === author.id)
    .map(({ text, gap }) => gap ? `${text} (gap)` : text);
}

/** What a person was told that it has lost, as it was told. */
function lostBy(person: Person): string[] {
  return person.of("lost").map(({ nick, count }) => `${count} of ${nick}`);
}

/** From now on nothing that these say, or give again, reaches `person`. */
function deaf(person: Person, ...to: Person[]): () => void {
  const peers = to.map(({ peerId }) => peerId);
  const kinds: (number | undefined)[] = [PayloadKind.sealed, PayloadKind.repair];
  return between(
    person,
    ({ from, payload }) => !peers.includes(from) || !kinds.includes(payloadKind(payload)),
  );
}

/** `alice` puts `mal` out, and `carol` hears of that first, from bob, who passes it on. */
async function putOut(alice: Person, bob: Person, carol: Person, mal: Person): Promise<void> {
  await alice.room.run({ command: "kick", member: mal.name });
  await until("bob knows", () => bob.knows(mal)?.status === "removed");
  await new Hostile(bob).passOn(bob.room.parts.log.about(mal.id), carol);
  await until("carol knows", () => carol.knows(mal)?.status === "removed");
}

/** A room of four in which carol has not heard what mal has said last, and is the first to hear that mal is out. */
async function unheard(crowd: Crowd): Promise<{ alice: Person; bob: Person; carol: Person; mal: Person }> {
  const [alice, bob, carol, mal] = await crowd.party("alice", "bob", "carol", "mal");
  const hears = deaf(carol, alice, mal);
  for (const text of ["one", "two"]) await mal.say(text);
  for (const person of [alice, bob]) await person.hears("two");
  await putOut(alice, bob, carol, mal);
  hears();
  return { alice, bob, carol, mal };
}

Deno.test("what somebody had said that was put out is shown also to whom it had not come by then", () =>
  withCrowd(async (crowd) => {
    const { carol, mal } = await unheard(crowd);
    await crowd.untilInTime("carol is shown it", () => carol.texts.includes("two"));
    deepEqual(shownOf(carol, mal), ["mal is here", "one", "two"]);
    deepEqual(lostBy(carol), []);
  }));

Deno.test("what waits for its turn of somebody that is put out is shown all the same", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, carol, mal] = await crowd.party("alice", "bob", "carol", "mal");
    // What mal answers to has not come to carol: mal's answer waits.
    const hears = deaf(carol, alice, bob);
    await bob.say("and?");
    await mal.hears("and?");
    const heard = carol.payloads(PayloadKind.sealed, mal).length;
    await mal.say("so be it");
    await alice.hears("so be it");
    await until("it waits", () => carol.payloads(PayloadKind.sealed, mal).length > heard);
    await carol.room.incoming.settled();
    await putOut(alice, bob, carol, mal);
    hears();
    await crowd.untilInTime("carol is shown it", () => carol.texts.includes("so be it"));
    deepEqual(shownOf(carol, mal), ["mal is here", "so be it"]);
    deepEqual(lostBy(carol), []);
  }));

Deno.test("what nobody can give any more of somebody that was put out is told as lost, with its name and how much", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, carol, mal] = await crowd.party("alice", "bob", "carol", "mal");
    const hears = deaf(carol, alice, mal);
    for (const text of ["one", "two"]) await mal.say(text);
    for (const person of [alice, bob]) {
      await person.hears("two");
      person.room.retention.clear();
    }
    await putOut(alice, bob, carol, mal);
    hears();
    await crowd.untilInTime("carol is told", () => carol.of("lost").length > 0);
    deepEqual(lostBy(carol), ["2 of mal"]);
    deepEqual(shownOf(carol, mal), ["mal is here"]);
  }));

/** Carol comes in; mal knows that it has and speaks, but its chain never gets to carol. */
async function neverMet(crowd: Crowd): Promise<{ alice: Person; bob: Person; carol: Person; mal: Person }> {
  const [alice, bob, mal] = await crowd.party("alice", "bob", "mal");
  const { link } = mal.room.parts;
  const send = link.sendTable.bind(link);
  const known = [alice.peerId, bob.peerId];
  link.sendTable = (common, parts) =>
    payloadKind(concat(common, parts[0]?.bytes ?? new Uint8Array(0))) === PayloadKind.distribution
      ? send(common, parts.filter(({ peerId }) => known.includes(peerId)))
      : send(common, parts);
  await mal.say("before");
  for (const person of [alice, bob]) await person.hears("before");
  const carol = await crowd.join("carol", alice);
  await until("mal knows carol", () => mal.room.confirmation.has(carol.id));
  await mal.say("after");
  for (const person of [alice, bob]) await person.hears("after");
  equal(carol.room.confirmation.has(mal.id), false);
  return { alice, bob, carol, mal };
}

Deno.test("a newcomer is shown what somebody said to it that was put out before its chain had come, and no more", () =>
  withCrowd(async (crowd) => {
    const { alice, bob, carol, mal } = await neverMet(crowd);
    await putOut(alice, bob, carol, mal);
    await crowd.untilInTime("carol is shown it", () => carol.texts.includes("after"));
    await crowd.pass(90_000);
    deepEqual(shownOf(carol, mal), ["after"]);
    deepEqual(lostBy(carol), []);
  }));

Deno.test("a newcomer is told of no loss where somebody is put out that has said nothing to it", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mal] = await crowd.party("alice", "bob", "mal");
    await mal.say("before");
    for (const person of [alice, bob]) await person.hears("before");
    mal.room.parts.link.sendTable = () => 0;
    const carol = await crowd.join("carol", alice);
    await putOut(alice, bob, carol, mal);
    await crowd.pass(90_000);
    deepEqual(shownOf(carol, mal), []);
    deepEqual(lostBy(carol), []);
  }));
