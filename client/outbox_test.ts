import assert from "node:assert/strict";
import { unpackBatch } from "../wire/batch.ts";
import type { Socket } from "./options.ts";
import { MAX_FRAMES, Outbox } from "./outbox.ts";

/** How many frames are in each batch that goes out when so many of this size are written in one turn. */
function batches(count: number, bytes: number): number[] {
  const out: number[] = [];
  const send = (batch: Uint8Array): void => {
    out.push(unpackBatch(batch, { maxBytes: 10_000_000, maxFrames: 10_000 }).length);
  };
  const outbox = new Outbox({ send } as unknown as Socket, 1_000_000);
  for (let i = 0; i < count; i++) outbox.write(new Uint8Array(bytes));
  outbox.flush();
  outbox.close();
  return out;
}

Deno.test("Outbox puts 1,024 frames into a batch at most, and no more bytes than the relay takes, but for one frame", () => {
  assert.deepEqual(batches(2 * MAX_FRAMES + 1, 8), [MAX_FRAMES, MAX_FRAMES, 1]);
  assert.deepEqual(batches(7, 300_000), [3, 3, 1]);
  assert.deepEqual(batches(2, 1_000_001), [1, 1]);
});
