import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeClientFrame, encodeClientFrame } from "../wire/mod.ts";
import { Unacked } from "./unacked.ts";

/** An encoded frame whose payload says which one it is. */
function frame(sendId: number, mark: number, table = false): Uint8Array {
  const payload = new Uint8Array(1 + mark % 7).fill(mark);
  return encodeClientFrame(
    table
      ? { type: "send_table", sendId, droppable: false, common: payload, parts: [] }
      : { type: "send", sendId, droppable: false, payload },
  );
}

function read(bytes: Uint8Array): { sendId: number; mark: number; table: boolean } {
  const decoded = decodeClientFrame(bytes);
  if (decoded.type === "send") return { sendId: decoded.sendId, mark: decoded.payload[0] ?? 0, table: false };
  assert.equal(decoded.type, "send_table");
  if (decoded.type !== "send_table") throw new Error("unreachable");
  return { sendId: decoded.sendId, mark: decoded.common[0] ?? 0, table: true };
}

Deno.test("Unacked gives sendIds without gaps and tickets that rise, and forgets what was taken", () => {
  const unacked = new Unacked();
  const frames = [1, 2, 3].map((mark) => frame(mark, mark));
  const tickets = frames.map((bytes) => unacked.add(bytes, { here: false }));
  assert.deepEqual(tickets, [1, 2, 3]);
  assert.equal(unacked.nextSendId, 4);
  assert.equal(unacked.acknowledge(0), 0);
  assert.equal(unacked.acknowledge(2), 2);
  assert.equal(unacked.acknowledge(2), 0, "it is nothing new");
  assert.deepEqual(unacked.frames(), frames.slice(2));
  assert.equal(unacked.bytes, frames[2]?.length);
  assert.equal(unacked.acknowledge(99), 3);
  assert.deepEqual([unacked.size, unacked.bytes, unacked.nextSendId], [0, 0, 4]);
});

Deno.test("Unacked.renumber() counts from 1, changes no other byte, and drops what belongs to the old place", () => {
  const unacked = new Unacked();
  const kinds = [false, true, false, true, false];
  const given = kinds.map((table, i) => frame(i + 1, i + 1, table));
  given.forEach((bytes, i) => unacked.add(bytes, { here: kinds[i] === true }));
  unacked.acknowledge(1);
  const before = given.map((bytes) => bytes.slice());
  assert.deepEqual(unacked.renumber(frame(1, 9)), [2, 4]);
  assert.deepEqual(unacked.frames().map(read), [
    { sendId: 1, mark: 9, table: false },
    { sendId: 2, mark: 3, table: false },
    { sendId: 3, mark: 5, table: false },
  ]);
  assert.deepEqual(given, before, "what the caller holds is left alone");
  assert.equal(unacked.nextSendId, 4);
  assert.equal(unacked.acknowledge(1), 0, "the first has no ticket");
  assert.equal(unacked.acknowledge(2), 3, "that of another is what it was");
  assert.equal(unacked.add(frame(4, 6), { here: false }), 6);
  assert.equal(unacked.acknowledge(4), 6);
});

Deno.test("Unacked.renumber() may come again and again, and on nothing", () => {
  const unacked = new Unacked();
  assert.deepEqual(unacked.renumber(frame(1, 9)), []);
  assert.equal(unacked.nextSendId, 2);
  unacked.add(frame(2, 1), { here: false });
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(unacked.renumber(frame(1, 8)).filter((ticket) => ticket > 0), []);
  }
  assert.deepEqual(unacked.frames().map(read).map(({ sendId, mark }) => [sendId, mark]), [[1, 8], [2, 1]]);
});

Deno.test("Unacked.clear() forgets the frames and their bytes", () => {
  const unacked = new Unacked();
  unacked.add(frame(1, 1), { here: false });
  unacked.clear();
  assert.deepEqual([unacked.size, unacked.bytes, unacked.frames()], [0, 0, []]);
});

type Step = { do: "add"; table: boolean } | { do: "ack"; by: number } | { do: "renumber" };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("add" as const), table: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("ack" as const), by: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renumber" as const) }) },
);

Deno.test("Unacked: whatever is added, taken and renumbered, the relay could count what is left", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const unacked = new Unacked();
      let model: { ticket: number; mark: number; table: boolean }[] = [];
      let taken = 0; // sendIds that the relay has counted in the present place
      let mark = 0;
      let lastTicket = 0;
      for (const one of steps) {
        if (one.do === "add") {
          mark = mark % 250 + 1;
          const bytes = frame(unacked.nextSendId, mark, one.table);
          const ticket = unacked.add(bytes, { here: one.table });
          assert.equal(ticket, ++lastTicket);
          model.push({ ticket, mark, table: one.table });
        } else if (one.do === "ack") {
          const count = Math.min(one.by, model.length);
          const expected = Math.max(0, ...model.slice(0, count).map(({ ticket }) => ticket));
          assert.equal(unacked.acknowledge(taken + count), expected);
          taken += count;
          model = model.slice(count);
        } else {
          const dropped = model.filter(({ table }) => table).map(({ ticket }) => ticket);
          mark = mark % 250 + 1;
          assert.deepEqual(unacked.renumber(frame(1, mark)), dropped);
          model = [{ ticket: 0, mark, table: true }, ...model.filter(({ table }) => !table)];
          taken = 0;
        }
        const frames = unacked.frames();
        assert.deepEqual(
          frames.map(read),
          model.map((item, i) => ({
            sendId: taken + i + 1,
            mark: item.mark,
            table: item.table && item.ticket > 0,
          })),
        );
        assert.equal(unacked.nextSendId, taken + model.length + 1);
        assert.equal(unacked.size, model.length);
        assert.equal(unacked.bytes, frames.reduce((sum, bytes) => sum + bytes.length, 0));
      }
    }),
    { numRuns: 200 },
  );
});
