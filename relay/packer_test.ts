import assert from "node:assert/strict";
import { decodeRelayFrame, encodeRelayFrame, MAX_BATCH_FRAMES, unpackBatch } from "../wire/mod.ts";
import { inShort } from "../tests/relay_helpers.ts";
import { Packer } from "./packer.ts";
import { Outlet, type Reader, Turn } from "./turn.ts";

class Collector implements Reader {
  readonly outlet = new Outlet();
  congested = false;
  readonly batches: Uint8Array[] = [];

  write(bytes: Uint8Array): void {
    this.batches.push(bytes.slice());
  }

  get told(): string[] {
    return this.batches.flatMap((batch) => unpackBatch(batch, { maxBytes: 1e9, maxFrames: 1e9 }))
      .map((frame) => inShort(decodeRelayFrame(frame)));
  }
}

function turnOf(...texts: string[]): Turn {
  const turn = new Turn();
  texts.forEach((text, i) => turn.deliver(i + 1, 9, new TextEncoder().encode(text), text.startsWith("~")));
  return turn;
}

Deno.test("Packer puts edits where they belong", () => {
  const turn = turnOf("a", "b", "c", "d");
  const reader = new Collector();
  reader.outlet.insert(0, { type: "pong", opaque: 0 });
  reader.outlet.omit(1);
  reader.outlet.omit(2);
  reader.outlet.direct(3, { seq: 7, from: 8, payload: new Uint8Array([0x78]), rest: new Uint8Array([0x79]) });
  reader.outlet.insert(4, { type: "pong", opaque: 4 });
  reader.outlet.acknowledge(2, 3);
  reader.outlet.acknowledge(1, 2);
  assert.equal(reader.outlet.plain, false);
  new Packer(1_000).send(turn, [reader]);
  assert.deepEqual(reader.told, ["pong 0", "1:9 a", "7:8 xy", "4:9 d", "pong 4", "ack 2@3"]);
  assert.equal(reader.batches.length, 1);
  assert.equal(reader.outlet.plain, true);
});

Deno.test("Packer merges what is left out, one edit for a burst", () => {
  const outlet = new Outlet();
  for (let i = 0; i < 1_000; i++) outlet.omit(i);
  assert.equal(outlet.edits.length, 1);
});

Deno.test("Packer leaves droppable entries out for a congested reader, edits or not", () => {
  const turn = turnOf("a", "~b", "c", "~d");
  const [plain, edited] = [new Collector(), new Collector()];
  plain.congested = edited.congested = true;
  edited.outlet.omit(0);
  new Packer(1_000).send(turn, [plain, edited]);
  assert.deepEqual(plain.told, ["1:9 a", "3:9 c"]);
  assert.deepEqual(edited.told, ["3:9 c"]);
});

Deno.test("Packer splits what one reader gets into batches of maxBytes and MAX_BATCH_FRAMES", () => {
  const reader = new Collector();
  for (let i = 0; i < 10; i++) {
    reader.outlet.direct(0, { seq: i, from: 1, payload: new Uint8Array(300), rest: undefined });
  }
  new Packer(1_000).send(turnOf("a"), [reader]);
  assert.deepEqual(reader.batches.map((batch) => batch.length), [951, 951, 951, 335]);
  const many = new Collector();
  for (let i = 0; i < MAX_BATCH_FRAMES + 1; i++) many.outlet.insert(0, { type: "pong", opaque: i });
  new Packer(1e6).send(new Turn(), [many]);
  assert.equal(many.batches.length, 2);
  assert.equal(many.told.at(-1), `pong ${MAX_BATCH_FRAMES}`);
});

Deno.test("Packer sends nothing where there is nothing, and a turn counts its bytes exactly", () => {
  const reader = new Collector();
  new Packer(1_000).send(new Turn(), [reader]);
  assert.equal(reader.batches.length, 0);
  const turn = turnOf("a", "bb");
  turn.frame({ type: "peer_in", peerId: 3 });
  new Packer(1_000).send(turn, [reader]);
  assert.equal(reader.batches[0]?.length, turn.bytes);
  turn.clear();
  assert.deepEqual([turn.bytes, turn.droppables, turn.entries.length], [0, 0, 0]);
  assert.equal(encodeRelayFrame({ type: "peer_in", peerId: 3 }).length, 5);
});
