/**
 * Memory for what quiet rooms keep.
 *
 * Each array of its own would lie somewhere between others that outlive it, and what lies between those never goes back
 * to the system. So the small blocks of all rooms lie in slabs, which are mappings of their own: resizable buffers are,
 * others are not.
 *
 * @module
 */

/** Bytes of a small block. */
export const SMALL_BLOCK = 512;
/** Small blocks of a slab. */
export const SLAB_BLOCKS = 512;

/** A small block that somebody has. */
export interface SmallBlock {
  readonly slab: Slab;
  /** Where it begins in the slab's memory. */
  readonly offset: number;
}

interface Slab {
  readonly memory: ArrayBuffer;
  /** Where blocks begin that nobody has. */
  readonly free: number[];
}

function newSlab(): Slab {
  const bytes = SLAB_BLOCKS * SMALL_BLOCK;
  return {
    memory: new ArrayBuffer(bytes, { maxByteLength: bytes }),
    free: Array.from({ length: SLAB_BLOCKS }, (_, i) => bytes - (i + 1) * SMALL_BLOCK),
  };
}

/** The small blocks of a relay. */
export class SmallBlocks {
  /** Those with blocks to give; the first gives. */
  readonly #open = new Set<Slab>();
  #slabs = 0;

  /** Slabs held, full or not. At most one has no block that somebody has. */
  get slabs(): number {
    return this.#slabs;
  }

  /** A block for whoever asks. What was in it before is still there. */
  take(): SmallBlock {
    let [slab] = this.#open;
    if (slab === undefined) {
      slab = newSlab();
      this.#open.add(slab);
      this.#slabs++;
    }
    const offset = slab.free.pop() as number;
    if (slab.free.length === 0) this.#open.delete(slab);
    return { slab, offset };
  }

  /** Takes a block back, once. A slab that has all of its blocks again goes, unless no other has any to give. */
  give({ slab, offset }: SmallBlock): void {
    slab.free.push(offset);
    this.#open.add(slab);
    if (slab.free.length < SLAB_BLOCKS || this.#open.size === 1) return;
    this.#open.delete(slab);
    this.#slabs--;
  }
}
