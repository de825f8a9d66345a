import assert from "node:assert/strict";
import { ALICE, BOB, CAROL, message, NOON, roomOf, TestTime, view } from "./_rooms.ts";
import type { MessageEntry } from "./entries.ts";
import { type News, RoomModel } from "./room_model.ts";

function messages(model: RoomModel): MessageEntry[] {
  return [...model.entries].filter((entry) => entry.kind === "message");
}

function lines(model: RoomModel): string[] {
  return [...model.entries].filter((entry) => entry.kind === "line").map(({ text }) => text);
}

Deno.test("the full screen says what happens in line mode's words", () => {
  const model = roomOf();
  model.observe({ type: "member_joined", ...CAROL, by: "alice" });
  model.observe({ type: "topic", topic: "tea", by: "carol" });
  model.observe({ type: "lock", locked: true, by: "alice" });
  model.observe({ type: "error", code: "x", message: "Cannot do this: why" });
  assert.deepEqual(lines(model).slice(1), [
    "carol came in, let in by you.",
    "carol set the topic: tea",
    "You locked the room: nobody new comes in until it is unlocked.",
    "Cannot do this: why.",
  ]);
  assert.equal(model.topic, "tea");
  assert.equal(model.locked, true);
});

Deno.test("an own message is shown at once, then sent, then delivered to all who were there", () => {
  const model = roomOf([view(BOB), view(CAROL)]);
  const ref = model.said({ command: "send", text: "hello" });
  const [entry] = messages(model);
  assert.equal(entry?.state, "sending");
  assert.equal(entry?.number, ref);
  const id = `${ALICE.id}-1`;
  model.observe({ type: "sent", id, ref });
  assert.equal(entry?.state, "sent");
  assert.equal(model.book.id(ref), id);
  model.observe({ type: "delivered", id, to: BOB.id });
  model.observe({ type: "delivered", id, to: BOB.id });
  assert.deepEqual([entry?.state, entry?.delivered, entry?.audience], ["sent", 1, 2]);
  model.observe({ type: "delivered", id, to: CAROL.id });
  assert.deepEqual([entry?.state, entry?.delivered], ["delivered", 2]);
});

Deno.test("what is missing at somebody who has left is not waited for", () => {
  const model = roomOf([view(BOB), view(CAROL)]);
  const ref = model.said({ command: "send", text: "hello" });
  model.observe({ type: "sent", id: `${ALICE.id}-1`, ref });
  model.observe({ type: "delivered", id: `${ALICE.id}-1`, to: BOB.id });
  model.observe({ type: "member_left", ...CAROL, reason: "left", by: null });
  assert.equal(messages(model)[0]?.state, "delivered");
  assert.equal(messages(model)[0]?.audience, 1);
});

Deno.test("without a connection an own message waits in its place, and goes out on return", () => {
  const model = roomOf();
  const first = model.said({ command: "send", text: "one" });
  model.observe({
    type: "connection",
    state: "reconnecting",
    reason: "cut",
    attempt: 1,
    retryMs: 5_000,
    unsent: 1,
  });
  model.said({ command: "send", text: "two" });
  assert.deepEqual(messages(model).map(({ state }) => state), ["waiting", "waiting"]);
  assert.equal(model.connection.state, "reconnecting");
  assert.equal(model.unsent, 2);
  model.observe({
    type: "connection",
    state: "reconnecting",
    reason: "cut",
    attempt: 3,
    retryMs: 5_000,
    unsent: 2,
  });
  assert.equal(model.connection.state, "down");
  model.observe({ type: "connection", state: "online", back: true });
  model.observe({ type: "sent", id: `${ALICE.id}-1`, ref: first });
  assert.deepEqual(messages(model).map(({ state }) => state), ["sent", "waiting"]);
});

Deno.test("what is refused is taken away, its number too, and its text given back", () => {
  const model = roomOf();
  const ref = model.said({ command: "send", text: "too long" });
  assert.equal(model.refused(ref), "too long");
  assert.deepEqual(messages(model), []);
  assert.equal(model.said({ command: "send", text: "short" }), ref);
});

Deno.test("edits and deletions change the message and every answer that shows it", () => {
  const model = roomOf();
  model.observe(message(1, "tea"));
  const id = `${BOB.id}-1`;
  model.said({ command: "reply", id, text: "yes" });
  model.observe(message(2, "so do I", { from: CAROL, kind: "reply", replyTo: id }));
  model.observe({ type: "edited", id, from: BOB, text: "coffee" });
  const [first, own, carols] = messages(model);
  assert.deepEqual([first?.text, first?.edited], ["coffee", true]);
  assert.deepEqual([own?.reply?.text, carols?.reply?.text, carols?.reply?.number], ["coffee", "coffee", 1]);
  model.observe({ type: "deleted", id, from: BOB });
  assert.deepEqual([first?.text, first?.deleted], ["", true]);
  assert.deepEqual([own?.reply?.text, own?.reply?.gone], ["", "deleted"]);
});

Deno.test("nobody changes another's message", () => {
  const model = roomOf();
  model.observe(message(1, "tea"));
  model.observe({ type: "edited", id: `${BOB.id}-1`, from: CAROL, text: "poison" });
  model.observe({ type: "deleted", id: `${BOB.id}-1`, from: CAROL });
  assert.equal(messages(model)[0]?.text, "tea");
});

Deno.test("a member has one reaction to a message, which it can take back", () => {
  const model = roomOf();
  model.observe(message(1, "tea"));
  const id = `${BOB.id}-1`;
  model.did({ command: "react", id, emoji: "👍" });
  model.observe({ type: "reaction", id, from: CAROL, emoji: "👍" });
  model.observe({ type: "reaction", id, from: CAROL, emoji: "🎉" });
  assert.deepEqual([...messages(model)[0]?.reactions ?? []], [[ALICE.id, "👍"], [CAROL.id, "🎉"]]);
  model.observe({ type: "reaction", id, from: CAROL, emoji: "" });
  assert.equal(messages(model)[0]?.reactions.size, 1);
});

Deno.test("own edits and deletions are shown once they have been carried out", () => {
  const model = roomOf();
  model.said({ command: "send", text: "one" });
  model.said({ command: "send", text: "two" });
  model.did({ command: "edit", text: "three" });
  assert.deepEqual(messages(model).map(({ text }) => text), ["one", "three"]);
  model.did({ command: "delete" });
  assert.equal(messages(model)[1]?.deleted, true);
  assert.equal(model.lastOwn?.text, "one");
});

Deno.test("messages count as unread while nobody looks, and the mark of the first stays for the eye", () => {
  const news: News[] = [];
  const model = roomOf([view(BOB)], { onNews: (one) => news.push(one) });
  model.setActive(true);
  model.observe(message(1, "seen"));
  assert.equal(model.unread, 0);
  model.setActive(false);
  model.observe(message(2, "one"));
  model.observe(message(3, "@alice two"));
  model.observe(message(4, "three", { kind: "private", to: ALICE }));
  assert.deepEqual([model.unread, model.mentions], [3, 2]);
  const first = model.firstUnread;
  assert.equal(model.entries.get(first ?? 0)?.text, "one");
  model.setActive(true);
  assert.deepEqual([model.unread, model.mentions, model.firstUnread], [0, 0, first]);
  model.setActive(false);
  model.observe(message(5, "four"));
  assert.equal(model.entries.get(model.firstUnread ?? 0)?.text, "four");
  assert.deepEqual(news.map(({ kind }) => kind), ["message", "message", "mention", "private", "message"]);
  assert.deepEqual(news.map(({ seen }) => seen), [true, false, false, false, false]);
});

Deno.test("a new day is told before the first entry of that day", () => {
  const time = new TestTime();
  const model = roomOf([view(BOB)], { now: time.now });
  time.at = NOON + 24 * 3_600_000;
  model.observe(message(1, "morning", { time: new Date(time.at).toISOString() }));
  assert.deepEqual([...model.entries].map(({ kind }) => kind), ["line", "day", "message"]);
  assert.equal(model.entries.at(1)?.text, "Sunday, 22 November 2026");
});

Deno.test("what is missing before a message is told, and so is what is lost", () => {
  const model = roomOf();
  model.observe(message(3, "so", { gap: true }));
  model.observe({ type: "lost", ...BOB, count: 2 });
  assert.deepEqual(lines(model).slice(1), [
    "Something that bob said before this has not arrived.",
    "2 messages from bob were lost: nobody here has them any more.",
  ]);
});

Deno.test("an alarm stays until it is acknowledged, and is raised once", () => {
  const model = roomOf();
  const event = { type: "equivocation", ...BOB, number: 7 } as const;
  model.observe(event);
  model.observe(event);
  model.observe({ type: "split_view", ...BOB, witness: "carol" });
  assert.equal(model.trust.alarms.length, 2);
  assert.equal(model.trust.level, "alarm");
  assert.match(model.trust.alarms[0]?.text ?? "", /^bob has said two different things/);
  model.acknowledge(model.trust.alarms[0]?.key);
  assert.equal(model.trust.level, "alarm");
  model.acknowledge();
  assert.equal(model.trust.level, "unverified");
});

Deno.test("a newcomer among verified members is a change, until it is verified too", () => {
  const model = roomOf([view(BOB, { verified: true })]);
  assert.equal(model.trust.level, "verified");
  model.observe({ type: "member_joined", ...CAROL, by: "bob" });
  assert.equal(model.trust.level, "changed");
  model.marked(CAROL.id, true);
  assert.equal(model.trust.level, "verified");
});

Deno.test("a verified name that comes back with other keys is an alarm", () => {
  const model = roomOf([view(BOB, { verified: true }), view(CAROL)]);
  model.observe({ type: "member_left", ...BOB, reason: "left", by: null });
  model.observe({ type: "member_joined", id: "d".repeat(32), nick: "Bob", by: "carol" });
  assert.equal(model.trust.alarms[0]?.kind, "changed");
  assert.match(lines(model).at(-1) ?? "", /the Bob here now has other keys/);
});

Deno.test("members come and go, and who is away, confirmed or an operator is known", () => {
  const model = roomOf();
  model.observe({ type: "member_joined", ...CAROL, by: "bob" });
  assert.equal(model.member("carol")?.confirmed, false);
  model.observe({ type: "member_confirmed", ...CAROL });
  model.observe({ type: "role", ...CAROL, operator: true, by: "alice" });
  model.observe({ type: "member_away", ...BOB });
  model.observe({ type: "presence", ...CAROL, away: true, text: "lunch" });
  model.observe({ type: "nick", id: ALICE.id, nick: "anna", old: "alice" });
  assert.deepEqual(model.members.map(({ nick, online, operator, away }) => [nick, online, operator, away]), [
    ["anna", true, false, null],
    ["carol", true, true, "lunch"],
    ["bob", false, false, null],
  ]);
  assert.equal(model.me?.nick, "anna");
});

Deno.test("who is confirmed is there, whatever was known of the connection before", () => {
  const model = roomOf([view(BOB, { online: false, confirmed: false })]);
  model.observe({ type: "member_confirmed", ...BOB });
  assert.equal(model.member("bob")?.online, true);
});

Deno.test("who types counts until it says something, says so, or falls silent", () => {
  const time = new TestTime();
  const model = roomOf([view(BOB), view(CAROL)], { now: time.now });
  model.observe({ type: "typing", ...BOB, on: true });
  model.observe({ type: "typing", ...CAROL, on: true });
  model.observe({ type: "typing", id: "e".repeat(32), nick: "stranger", on: true });
  assert.deepEqual(model.typing, ["bob", "carol"]);
  model.observe(message(1, "there"));
  assert.deepEqual(model.typing, ["carol"]);
  time.at = model.typingUntil ?? 0;
  assert.deepEqual(model.typing, []);
});

Deno.test("what disappears is gone from the entries and from the answers to it", () => {
  const model = roomOf();
  model.observe({ type: "expire", ms: 600_000, by: "bob" });
  assert.equal(model.expireMs, 600_000);
  model.observe(message(1, "the secret"));
  model.said({ command: "reply", id: `${BOB.id}-1`, text: "ok" });
  model.observe({ type: "expired", ids: [`${BOB.id}-1`] });
  assert.deepEqual(messages(model).map(({ text }) => text), ["ok"]);
  assert.equal(JSON.stringify([...model.entries]).includes("secret"), false);
  assert.equal(messages(model)[0]?.reply?.gone, "expired");
});

Deno.test("what was said to one alone is not shown beside an answer", () => {
  const model = roomOf();
  model.observe(message(1, "the secret", { kind: "private", to: ALICE }));
  model.observe(message(2, "hm", { kind: "reply", replyTo: `${BOB.id}-1` }));
  assert.equal(messages(model)[1]?.reply?.text, "");
});

Deno.test("numbers begin anew in another room, and those of the one before name nothing", () => {
  const model = roomOf();
  model.observe(message(1, "old"));
  model.observe({ type: "joined", room: "s", me: ALICE, members: [view(ALICE)], founded: true, topic: "t" });
  model.observe(message(2, "new"));
  assert.deepEqual(messages(model).map(({ number }) => number), [null, 1]);
});

Deno.test("wiping leaves nothing of a room", () => {
  const model = roomOf([view(BOB)], { relay: () => "here" });
  model.observe(message(1, "the secret"));
  model.observe({ type: "safety", member: null, nick: null, words: "secret words" });
  model.observe({ type: "topic", topic: "secret topic", by: "bob" });
  model.said({ command: "send", text: "my secret" });
  model.wipe();
  assert.deepEqual([model.entries.length, model.members.length, model.me, model.topic, model.trust.words], [
    0,
    0,
    null,
    "",
    null,
  ]);
  assert.deepEqual([model.book.lastOfOthers, model.message(`${BOB.id}-1`), model.unread, model.unsent], [
    undefined,
    undefined,
    0,
    0,
  ]);
});

Deno.test("every change of a room is told", () => {
  let changes = 0;
  const model = new RoomModel({ now: () => NOON, onChange: () => changes++ });
  model.tell("a\u001b[31m line");
  model.observe(message(1, "x"));
  assert.equal(changes, 2);
  assert.equal(model.entries.at(0)?.text, "a[31m line");
});

Deno.test("who comes in is shown as it stands at once, without asking for the list of members", () => {
  const model = roomOf();
  model.observe({ type: "member_joined", ...CAROL, by: "alice", confirmed: true, operator: true });
  const carol = model.member("carol");
  assert.deepEqual([carol?.confirmed, carol?.online, carol?.operator], [true, true, true]);
  model.observe({ type: "member_left", ...CAROL, reason: "left", by: null });
  model.observe({ type: "member_joined", ...CAROL, by: "bob" });
  assert.equal(model.member("carol")?.confirmed, false);
  model.observe({ type: "member_confirmed", ...CAROL });
  assert.equal(model.member("carol")?.confirmed, true);
});

Deno.test("what was cleared away is not reachable any more, and what is under way still counts as such", () => {
  const model = roomOf();
  model.observe(message(1, "a secret"));
  const ref = model.said({ command: "reply", id: `${BOB.id}-1`, text: "another" });
  model.clear();
  assert.equal(model.entries.length, 0);
  assert.equal(model.message(`${BOB.id}-1`), undefined);
  assert.equal(model.unsent, 1);
  model.observe({ type: "sent", id: `${ALICE.id}-1`, ref });
  assert.equal(model.unsent, 0);
  assert.equal(model.message(`${ALICE.id}-1`), undefined);
  assert.equal(model.refused(ref), null);
});
