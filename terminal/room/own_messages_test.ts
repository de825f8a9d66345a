import assert from "node:assert/strict";
import { ALICE, BOB } from "./_rooms.ts";
import type { MessageEntry } from "./entries.ts";
import { OwnMessages } from "./own_messages.ts";

function said(ref: number): MessageEntry {
  return {
    kind: "message",
    key: ref,
    version: 0,
    at: 0,
    id: null,
    ref,
    number: ref,
    from: ALICE,
    own: true,
    manner: "text",
    text: "",
    to: null,
    reply: null,
    edited: false,
    deleted: false,
    reactions: new Map(),
    state: "sending",
    delivered: 0,
    audience: 1,
    mention: false,
    until: null,
    revealed: false,
  };
}

Deno.test("of too many messages that the relay has not taken, the oldest are no longer followed", () => {
  const own = new OwnMessages();
  for (let ref = 1; ref <= 20_002; ref++) own.add(said(ref), [BOB.id]);
  assert.equal(own.unsent, 20_000);
  assert.equal(own.sent(2, "id-2"), undefined);
  assert.equal(own.sent(3, "id-3")?.state, "sent");
});

Deno.test("of too many messages that somebody has not got, the oldest are no longer followed", () => {
  const own = new OwnMessages();
  const entries = Array.from({ length: 20_002 }, (_, index) => said(index + 1));
  for (const entry of entries) {
    own.add(entry, [BOB.id]);
    own.sent(entry.ref, `id-${entry.ref}`);
  }
  for (const { id } of entries.slice(0, 4)) own.delivered(id ?? "", BOB.id);
  assert.deepEqual(entries.slice(0, 4).map(({ state }) => state), ["sent", "sent", "delivered", "delivered"]);
});
