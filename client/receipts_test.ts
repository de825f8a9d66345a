import assert from "node:assert/strict";
import type { SessionEvent } from "./events.ts";
import { MAX_FOLLOWED, MAX_GONE, Receipts } from "./receipts.ts";

const ME = "1".repeat(32);
const BOB = "2".repeat(32);

Deno.test("Receipts follow a bounded number of messages", () => {
  const events: SessionEvent[] = [];
  const receipts = new Receipts(ME, (event) => events.push(event));
  for (let n = 1; n <= MAX_FOLLOWED + 1; n++) receipts.follow(n, null);
  receipts.covered(BOB, MAX_FOLLOWED + 1);
  const told = (type: string): number => events.filter((event) => event.type === type).length;
  assert.equal(told("delivered"), MAX_FOLLOWED);
  assert.equal(
    told("sent"),
    MAX_FOLLOWED,
    "whoever has it has it from the relay, also where no ack has come",
  );
});

Deno.test("Receipts remember the last 64 ranges that cannot reach a member", () => {
  const events: SessionEvent[] = [];
  const receipts = new Receipts(ME, (event) => events.push(event));
  for (let n = 1; n <= MAX_GONE + 1; n++) {
    receipts.follow(n, null);
    receipts.gone(BOB, n, n);
  }
  receipts.covered(BOB, MAX_GONE + 1);
  const delivered = events.filter((event) => event.type === "delivered");
  assert.deepEqual(delivered.map(({ id }) => id), [`${ME}-1`], "the first one is forgotten");
});
