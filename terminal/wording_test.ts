import assert from "node:assert/strict";
import fc from "fast-check";
import type { SessionEvent } from "../client/events.ts";
import { BOB, ME } from "./_fakes.ts";
import { colours } from "./colour.ts";
import { RoomBook } from "./room_book.ts";
import { wording } from "./wording.ts";

const ALICE_VIEW = { ...ME, operator: true, confirmed: true, online: true, verified: false };
const BOB_VIEW = { ...BOB, operator: false, confirmed: false, online: false, verified: true };

function say(event: SessionEvent, before: SessionEvent[] = []): string | null {
  const book = new RoomBook();
  const context = { book, colour: colours(false) };
  const joined: SessionEvent = { type: "joined", room: "r", me: ME, members: [], founded: true, topic: "" };
  for (const each of [joined, ...before]) {
    book.observe(each);
    wording(each, context);
  }
  book.observe(event);
  return wording(event, context);
}

const MESSAGE = {
  type: "message",
  id: "m1",
  from: BOB,
  kind: "text",
  text: "hello",
  time: new Date(2026, 0, 1, 9, 5).toISOString(),
  replyTo: null,
  to: null,
  gap: false,
} as const;

const { id, nick } = BOB;
const CASES: [SessionEvent, string | null][] = [
  [{ type: "connection", state: "connecting" }, "-- Connecting to the relay..."],
  [{ type: "connection", state: "online" }, null],
  [
    { type: "connection", state: "reconnecting", reason: "", attempt: 1, retryMs: 0, unsent: 0 },
    null,
  ],
  [
    { type: "joined", room: "r", me: ME, members: [ALICE_VIEW, BOB_VIEW], founded: false, topic: "tea" },
    "-- You are in the room as alice. With you: bob (not yet confirmed). Topic: tea",
  ],
  [{ type: "member_joined", id, nick, by: "alice" }, "-- bob came in, let in by you."],
  [{ type: "member_joined", id, nick, by: "carol" }, "-- bob came in, let in by carol."],
  [{ type: "member_left", id, nick, reason: "left", by: null }, "-- bob left."],
  [{ type: "member_left", id, nick, reason: "kicked", by: "carol" }, "-- bob was put out by carol."],
  [
    { type: "member_left", id, nick, reason: "expired", by: null },
    "-- bob was away for too long and is no longer a member.",
  ],
  [
    { type: "member_left", id, nick, reason: "void", by: null },
    "-- bob is no member any more: letting it in has turned out not to be valid.",
  ],
  [{ type: "member_away", id, nick }, "-- bob has lost the connection."],
  [{ type: "member_back", id, nick }, "-- bob is back."],
  [{ type: "member_confirmed", id, nick }, "-- bob is confirmed and reads what you write."],
  [
    { type: "member_unconfirmed", id, nick },
    "-- bob is not yet confirmed: it has not shown that it knows you, and cannot read what you write until it has.",
  ],
  [{ type: "nick", id, nick: "rob", old: "bob" }, "-- bob is now called rob."],
  [{ type: "nick", id: ME.id, nick: "al", old: "alice" }, "-- You are now called al."],
  [{ type: "role", id, nick, operator: true, by: "alice" }, "-- You made bob an operator."],
  [
    { type: "role", id: ME.id, nick: "alice", operator: false, by: "bob" },
    "-- bob took the operator's role from you.",
  ],
  [
    { type: "lock", locked: true, by: "bob" },
    "-- bob locked the room: nobody new comes in until it is unlocked.",
  ],
  [{ type: "lock", locked: false, by: "alice" }, "-- You unlocked the room."],
  [
    { type: "expire", ms: 600_000, by: "bob" },
    "-- bob set a timer: what is said from now on disappears 10 min later, from every member whose client honours it.",
  ],
  [
    { type: "expire", ms: null, by: "alice" },
    "-- You turned the timer off: what is said from now on stays.",
  ],
  [
    { type: "expired", ids: ["m1", "m2"] },
    "-- 2 messages disappeared. The lines above stay until you /clear them.",
  ],
  [{ type: "typing", id, nick, on: true }, null],
  [{ type: "presence", id, nick, away: true, text: "lunch\u001b[2J" }, "-- bob is away: lunch[2J"],
  [{ type: "presence", id, nick, away: true, text: "" }, "-- bob is away."],
  [{ type: "presence", id: ME.id, nick: ME.nick, away: false, text: "" }, "-- You are here again."],
  [
    { type: "privacy", typing: false, presence: true, receipts: true },
    "-- Typing is not sent and shown. Being away is sent and shown. /privacy typing off, or presence on, changes that.",
  ],
  [{ type: "limit", limit: 5, by: "bob" }, "-- bob set the limit to 5 members."],
  [{ type: "limit", limit: null, by: "bob" }, "-- bob lifted the limit: any number of members may come in."],
  [{ type: "topic", topic: "tea\nand cake", by: "bob" }, "-- bob set the topic: tea and cake"],
  [{ type: "topic", topic: "", by: "bob" }, "-- bob removed the topic."],
  [
    { type: "doors_turned", by: "bob" },
    "-- bob changed the room's codes: old invites and codes no longer work. /invite shows the new ones.",
  ],
  [
    { type: "knock_failed", door: "spoken", count: 3, by: "bob", proof: "wrong" },
    "-- Someone tried to come in by the spoken code with wrong words (3 of 1,000 guesses used).",
  ],
  [
    { type: "knock_failed", door: "named", count: 1, by: "bob", proof: "wrong" },
    "-- Someone tried to come in by the room's name with a wrong password (1 wrong try so far).",
  ],
  [
    { type: "knock_failed", door: "named", count: 2, by: "bob", proof: "missing" },
    "-- Someone tried to come in by the room's name and did not show that they know the password (2 wrong tries so far).",
  ],
  [
    { type: "knock_failed", door: "invite", count: 2, by: "bob", proof: "wrong" },
    "-- Someone tried to come in by an invite with a wrong secret (2 wrong tries so far).",
  ],
  [MESSAGE, "09:05 #1 bob: hello"],
  [{ ...MESSAGE, kind: "action", text: "waves" }, "09:05 #1 * bob waves"],
  [{ ...MESSAGE, kind: "private", to: ME }, "09:05 #1 bob, to you alone: hello"],
  [{ ...MESSAGE, kind: "reply", replyTo: "gone" }, "09:05 #1 bob, answering an earlier message: hello"],
  [
    { ...MESSAGE, gap: true },
    "-- Something that bob said before this has not arrived.\n09:05 #1 bob: hello",
  ],
  [
    { ...MESSAGE, text: "one\n12:00 #9 alice: two" },
    "09:05 #1 bob: one\n      | 12:00 #9 alice: two",
  ],
  [{ type: "edited", id: "m0", from: BOB, text: "hi" }, "-- bob changed an earlier message: hi"],
  [{ type: "lost", id, nick, count: 1 }, "-- 1 message from bob was lost: nobody here has it any more."],
  [
    { type: "lost", id, nick, count: 1200 },
    "-- 1,200 messages from bob were lost: nobody here has them any more.",
  ],
  [
    { type: "equivocation", id, nick, number: 17 },
    "!! bob has said two different things under one number (17). Somebody may be cheating under this name: " +
    "trust nothing from bob until you have compared safety words (/verify bob).",
  ],
  [
    { type: "split_view", id, nick, witness: "carol" },
    "!! You and carol have been shown different messages from bob. Either bob or the relay is cheating: " +
    "compare safety words by another way (/verify).",
  ],
  [
    { type: "members", members: [ALICE_VIEW, BOB_VIEW] },
    "-- alice (you, operator)\n-- bob (connection lost, not yet confirmed, verified)",
  ],
  [
    { type: "safety", member: null, nick: null, words: "one two" },
    "-- Safety words of this room: one two\n-- Everybody in it should see the same words. " +
    "Read them to each other in a call or face to face. They change with the members: /verify shows those of now.",
  ],
  [
    { type: "safety", member: id, nick, words: "one two" },
    "-- Safety words of you and bob: one two\n-- Compare them in a call or face to face. " +
    "If they are the same: /verify bob yes",
  ],
  [{ type: "pending", ref: 1 }, null],
  [{ type: "sent", id: "m1", ref: null }, null],
  [{ type: "delivered", id: "m1", to: id }, null],
  [{ type: "notice", code: "waiting", message: "Nobody is there yet" }, "-- Nobody is there yet."],
  [{ type: "error", code: "x", message: "Cannot do it: no" }, "-- Cannot do it: no."],
  [{ type: "ended", status: 0, code: "left", message: "You left the room" }, "-- You left the room."],
];

Deno.test("wording() says each event in one clear line", () => {
  for (const [event, expected] of CASES) assert.equal(say(event), expected);
});

Deno.test("wording() names messages by their number", () => {
  assert.equal(say({ type: "edited", id: "m1", from: BOB, text: "hi" }, [MESSAGE]), "-- bob changed #1: hi");
  assert.equal(say({ type: "deleted", id: "m1", from: BOB }, [MESSAGE]), "-- bob deleted #1.");
  assert.equal(
    say({ type: "reaction", id: "m1", from: BOB, emoji: "👍" }, [MESSAGE]),
    "-- bob reacted to #1: 👍",
  );
  const reply = { ...MESSAGE, id: "m2", kind: "reply", replyTo: "m1" } as const;
  assert.equal(say(reply, [MESSAGE]), "09:05 #2 bob, answering #1: hello");
});

Deno.test("wording() lets no text of others through unclean, whichever event carries it", () => {
  const hostile = fc.constantFrom(
    "\x1b]52;c;x\x07",
    "a\u202eb",
    "x\r\ny",
    "\x9b2J",
    "\u200bz",
    "a\n-- alice left.",
  );
  fc.assert(fc.property(fc.nat(CASES.length - 1), hostile, (index, text) => {
    const [event] = CASES[index] ?? CASES[0] ?? assert.fail();
    const poisoned = JSON.parse(
      JSON.stringify(event),
      (key, value) =>
        typeof value === "string" && !["type", "state", "reason", "kind", "door", "time"].includes(key)
          ? text
          : value,
    );
    const line = say(poisoned);
    assert.doesNotMatch(line ?? "", /(?!\n)[\p{Cc}\u202e\u200b]/u);
    for (const each of (line ?? "").split("\n")) assert.match(each, /^(?:$|--|!!|\d\d:\d\d #| {6}\| )/);
  }));
});

Deno.test("wording() says what to do when the relay's operator has ended a session", () => {
  const ended = (code: string) =>
    wording({ type: "ended", status: 1, code, message: "The relay ended the connection: Gone." }, {
      book: new RoomBook(),
      colour: colours(false),
    });
  assert.equal(ended("cut"), "-- The relay ended the connection: Gone. You may try to join again.");
  for (const code of ["banned", "logged_out", "room_closed", "auth_failed", "auth_required"]) {
    assert.match(ended(code) ?? "", /Gone\. [A-Z].*[a-z]\.$/);
  }
  assert.equal(ended("kicked"), "-- The relay ended the connection: Gone.");
});

Deno.test("wording() says until when a message stays that disappears", () => {
  const time = new Date(2026, 10, 21, 9, 5).toISOString();
  assert.equal(say({ ...MESSAGE, time, expireMs: 600_000 }), "09:05 #1 bob: hello (until 09:15)");
});

Deno.test("wording() for those who hear it names further lines of a message in words, and no line can pass for another", () => {
  const text = "one\n-- bob left.\n12:00 #9 alice: two";
  const time = new Date(2026, 10, 21, 9, 5).toISOString();
  const book = new RoomBook();
  assert.equal(
    wording({ ...MESSAGE, time, text }, { book, colour: colours(false), spoken: true }),
    "09:05 #1 bob: one\n   line 2: -- bob left.\n   line 3: 12:00 #9 alice: two",
  );
});
