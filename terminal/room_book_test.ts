import assert from "node:assert/strict";
import type { SessionEvent } from "../client/events.ts";
import { RoomBook } from "./room_book.ts";

const KEPT = 5_000;

function privately(id: string): SessionEvent {
  const from = { id: "b".repeat(32), nick: "bob" };
  return {
    type: "message",
    id,
    from,
    kind: "private",
    text: "",
    time: "",
    to: null,
    replyTo: null,
    gap: false,
  };
}

Deno.test("the newest 5,000 messages have numbers; an older one can no longer be named, and gets a new number", () => {
  const book = new RoomBook();
  book.observe(privately("m1"));
  for (let i = 1; i <= KEPT; i++) assert.equal(book.number(`m${i}`), i);
  assert.deepEqual([book.id(1), book.known("m1"), book.id(KEPT)], ["m1", 1, `m${KEPT}`]);
  assert.ok(book.privateFrom("m1") !== undefined);
  assert.equal(book.number("one more"), KEPT + 1);
  assert.deepEqual([book.id(1), book.known("m1"), book.privateFrom("m1")], [undefined, undefined, undefined]);
  assert.deepEqual([book.id(2), book.id(KEPT + 1), book.id(KEPT + 2)], ["m2", "one more", undefined]);
  assert.equal(book.number("m1"), KEPT + 2);
  assert.equal(book.id(2), undefined);
});

Deno.test("a number that is kept for a message of ours names nothing before it is sent, and no older one", () => {
  const book = new RoomBook();
  for (let i = 1; i <= KEPT; i++) book.number(`m${i}`);
  const ref = book.reserve();
  assert.deepEqual([ref, book.id(ref)], [KEPT + 1, undefined]);
  book.observe({ type: "sent", ref, id: "mine" });
  assert.deepEqual([book.id(ref), book.known("mine"), book.id(1), book.known("m1")], [
    "mine",
    ref,
    undefined,
    undefined,
  ]);
  for (const odd of [0, -1, 0.5, Infinity, NaN]) assert.equal(book.id(odd), undefined);
  book.forget();
  assert.deepEqual([book.id(ref), book.known("mine"), book.reserve()], [undefined, undefined, 1]);
});
