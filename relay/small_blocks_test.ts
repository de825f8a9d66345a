import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_LIMITS } from "../wire/mod.ts";
import { Ring, RingTotal } from "./ring.ts";
import { SLAB_BLOCKS, SMALL_BLOCK, type SmallBlock, SmallBlocks } from "./small_blocks.ts";

Deno.test("SmallBlocks gives nobody a block that somebody has, and keeps one free slab at most", () => {
  fc.assert(
    fc.property(
      fc.infiniteStream(fc.nat()),
      fc.array(fc.nat(3 * SLAB_BLOCKS), { minLength: 1 }),
      (picks, counts) => {
        const blocks = new SmallBlocks();
        const had: SmallBlock[] = [];
        for (const count of counts) {
          while (had.length < count) had.push(blocks.take());
          while (had.length > count) {
            const [given] = had.splice((picks.next().value ?? 0) % had.length, 1);
            blocks.give(given as SmallBlock);
          }
          const places = new Map<ArrayBuffer, Set<number>>();
          for (const { slab: { memory }, offset } of had) {
            assert.ok(offset % SMALL_BLOCK === 0 && offset >= 0 && offset < memory.byteLength);
            places.set(memory, (places.get(memory) ?? new Set()).add(offset));
          }
          assert.equal([...places.values()].reduce((sum, { size }) => sum + size, 0), had.length);
          assert.ok(
            blocks.slabs === places.size || blocks.slabs === places.size + 1,
            `${blocks.slabs} slabs`,
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("Rings give every small block back, however they came by it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.nat(700), ms: fc.nat(400), sweep: fc.boolean() }), { maxLength: 300 }),
      fc.integer({ min: 1, max: 20 }),
      (frames, ringFrames) => {
        const total = new RingTotal();
        const rings = Array.from(
          { length: SLAB_BLOCKS + 1 },
          () => new Ring({ ...DEFAULT_LIMITS, ringFrames, ringMs: 1_000 }, total),
        );
        for (const ring of rings) {
          ring.push(1, 1, new Uint8Array(1), 0);
        }
        assert.equal(total.small.slabs, 2);
        let [now, seq] = [0, 1];
        for (const { bytes, ms, sweep } of frames) {
          now += ms;
          rings[0]?.push(++seq, 1, new Uint8Array(bytes), now);
          if (sweep) rings[0]?.sweep(now);
        }
        for (const ring of rings) ring.clear();
        assert.deepEqual([total.small.slabs, total.bytes], [1, 0]);
        const free = new Set(Array.from({ length: SLAB_BLOCKS }, () => total.small.take().offset));
        assert.deepEqual([free.size, total.small.slabs], [SLAB_BLOCKS, 1]); // each once
      },
    ),
    { numRuns: 30 },
  );
});
