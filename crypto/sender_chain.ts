/**
 * Sender chains: one symmetric ratchet for each author, a fresh key for every message.
 *
 * The construction is Sender Keys (Balbás, Collins, Gajland, "WhatsUpp with Sender Keys?", Asiacrypt 2023)
 * with HKDF-SHA-256 (RFC 5869) as the ratchet. A step also yields a key commitment, because AES-GCM does not
 * commit to its key (Albertini et al., "How to Abuse and Fix Authenticated Encryption Without Key
 * Commitment", USENIX Security 2022).
 *
 * A chain gives secrecy, not authorship: all who can open can also seal. Authorship is the signature inside.
 *
 * @module
 */
import { type Bytes, randomBytes, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { encodeParts, hkdfExpand } from "./hash.ts";
import { type ChainSkips, SkippedKeys } from "./skipped_keys.ts";

/** Most messages under one chain; the next needs a new chain. */
export const MAX_CHAIN_MESSAGES = 1024;

const ROOT = encodeParts("sotto/v1/chain-root");
const SIDE = encodeParts("sotto/v1/side-key");
const STEP = encodeParts("sotto/v1/chain-step");

/** What a distribution carries: a chain from `counter` on. A copy; whoever holds it wipes it. */
export interface ChainStart {
  /** 16 random bytes. */
  readonly chainId: Bytes;
  /** Counter of the first message that `chainKey` opens. */
  readonly counter: number;
  /** The 32 bytes that every later key of the chain follows from. */
  readonly chainKey: Bytes;
  /** The 32-byte key of the chain's side frames. */
  readonly sideKey: Bytes;
}

/** The secrets of one message. Whoever holds it wipes it. */
export interface ChainStep {
  /** Place in the chain, from 0. */
  readonly counter: number;
  /** AES-256-GCM key. */
  readonly key: Bytes;
  /** 12-byte nonce, used once: each key is. */
  readonly nonce: Bytes;
  /** 32 bytes that stand in the header and commit to the key. */
  readonly commitment: Bytes;
}

/** A step of a {@linkcode ReceivingChain} that has not taken effect. Ends with one call of either method. */
export interface PendingStep {
  /** AES-256-GCM key. */
  readonly key: Bytes;
  /** 12-byte nonce. */
  readonly nonce: Bytes;
  /** What the header must carry. */
  readonly commitment: Bytes;
  /** After a successful open: the counter counts as used. Throws `disposed` if the chain went meanwhile. */
  commit(): void;
  /** After a failed open: as if there had been no step. Does nothing after `commit`. */
  discard(): void;
}

/** The author's side of a chain. */
export class SendingChain {
  /** 16 random bytes. */
  readonly chainId: Bytes;
  readonly #chainKey: Bytes;
  readonly #sideKey: Bytes;
  #counter = 0;
  #disposed = false;

  private constructor(chainId: Bytes, seed: Bytes) {
    this.chainId = chainId;
    this.#chainKey = hkdfExpand(seed, ROOT, 32);
    this.#sideKey = hkdfExpand(seed, SIDE, 32);
  }

  /** A new chain from fresh randomness; `random` is for tests. */
  static create(random: (length: number) => Bytes = randomBytes): SendingChain {
    const seed = random(32);
    const chain = new SendingChain(random(16), seed);
    wipe(seed);
    return chain;
  }

  /** Counter of the next message. */
  get counter(): number {
    return this.#counter;
  }

  /** True when the chain has no message left. */
  get spent(): boolean {
    return this.#counter >= MAX_CHAIN_MESSAGES;
  }

  /** The chain's own key for side frames, not a copy: wiped by {@linkcode SendingChain.dispose}. */
  get sideKey(): Bytes {
    this.#mustLive();
    return this.#sideKey;
  }

  /** Takes the next step. The chain has advanced before this returns, so no two callers share a counter. */
  take(): ChainStep {
    this.#mustLive();
    if (this.spent) throw new CryptoError("spent", "Cannot seal: the sender chain has no message left");
    return ratchet(this.#chainKey, this.#counter++);
  }

  /** A copy of the chain as it stands, for distribution. */
  start(): ChainStart {
    this.#mustLive();
    return {
      chainId: this.chainId.slice(),
      counter: this.#counter,
      chainKey: this.#chainKey.slice(),
      sideKey: this.#sideKey.slice(),
    };
  }

  /** Wipes the chain; later use throws `disposed`. */
  dispose(): void {
    this.#disposed = true;
    wipe(this.#chainKey, this.#sideKey);
  }

  #mustLive(): void {
    if (this.#disposed) throw gone();
  }
}

/** A reader's side of a chain. Opens in any order, each message once. */
export class ReceivingChain {
  /** 16 bytes, as its author chose them. */
  readonly chainId: Bytes;
  readonly #chainKey: Bytes;
  readonly #sideKey: Bytes;
  readonly #store: SkippedKeys;
  readonly #skipped: ChainSkips = new Map();
  #counter: number;
  #pending = false;
  #disposed = false;
  #tail: Promise<unknown> = Promise.resolve();

  /** Copies `start`; the chains of one author share `skipped`, so that its bound holds for all of them. */
  constructor(start: ChainStart, skipped: SkippedKeys = new SkippedKeys()) {
    this.chainId = start.chainId.slice();
    this.#counter = start.counter;
    this.#chainKey = start.chainKey.slice();
    this.#sideKey = start.sideKey.slice();
    this.#store = skipped;
  }

  /** One more than the highest counter opened: everything from here on has not come yet. */
  get counter(): number {
    return this.#counter;
  }

  /** The chain's own key for side frames, not a copy: wiped by {@linkcode ReceivingChain.dispose}. */
  get sideKey(): Bytes {
    if (this.#disposed) throw gone();
    return this.#sideKey;
  }

  /**
   * The secrets for `counter`, without any change to the chain until they are committed. One step at a time:
   * see {@linkcode ReceivingChain.inTurn}.
   *
   * Throws `replayed` (opened before, before the start, or its key is gone), `too_far`, `disposed`, `spent`
   * (another step is pending).
   */
  step(counter: number): PendingStep {
    if (this.#disposed) throw gone();
    if (this.#pending) throw new CryptoError("spent", "Cannot open: another open of the chain is under way");
    if (counter >= this.#counter) return this.#stepAhead(counter);
    const kept = this.#skipped.get(counter);
    if (kept === undefined) throw new CryptoError("replayed", "Cannot open: the message's key has been used");
    const step = {
      counter,
      key: kept.key.slice(),
      nonce: kept.nonce.slice(),
      commitment: kept.commitment.slice(),
    };
    return this.#begin(step, () => this.#store.drop(kept), () => {});
  }

  /** Runs `work` after all earlier work of this chain has ended, and returns its result. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Wipes the chain and its skipped keys; later use throws `disposed`. */
  dispose(): void {
    this.#disposed = true;
    this.#store.dropAll(this.#skipped);
    wipe(this.#chainKey, this.#sideKey);
  }

  #stepAhead(counter: number): PendingStep {
    if (counter >= MAX_CHAIN_MESSAGES || counter - this.#counter > this.#store.limit) {
      throw new CryptoError("too_far", "Cannot open: the counter is beyond the bounds of its chain");
    }
    const chainKey = this.#chainKey.slice();
    const passed: ChainStep[] = [];
    for (let at = this.#counter; at < counter; at++) passed.push(ratchet(chainKey, at));
    return this.#begin(ratchet(chainKey, counter), () => {
      for (const step of passed) this.#store.add(step, this.#skipped);
      this.#chainKey.set(chainKey);
      this.#counter = counter + 1;
      wipe(chainKey);
    }, () => {
      wipe(chainKey);
      for (const step of passed) wipe(step.key, step.nonce, step.commitment);
    });
  }

  #begin(step: ChainStep, apply: () => void, undo: () => void): PendingStep {
    this.#pending = true;
    const { key, nonce, commitment } = step;
    let ended = false;
    const end = (effect: () => void): void => {
      ended = true;
      this.#pending = false;
      wipe(key, nonce, commitment);
      effect();
    };
    return {
      key,
      nonce,
      commitment,
      commit: () => {
        if (ended) throw new CryptoError("spent", "Cannot commit: the step has ended");
        end(this.#disposed ? undo : apply);
        if (this.#disposed) throw gone();
      },
      discard: () => {
        if (!ended) end(undo);
      },
    };
  }
}

/** Derives the secrets of `counter` and replaces `chainKey`, in place, by the next one. */
function ratchet(chainKey: Bytes, counter: number): ChainStep {
  const okm = hkdfExpand(chainKey, STEP, 108);
  chainKey.set(okm.subarray(0, 32));
  const step = {
    counter,
    key: okm.slice(32, 64),
    nonce: okm.slice(64, 76),
    commitment: okm.slice(76, 108),
  };
  wipe(okm);
  return step;
}

function gone(): CryptoError {
  return new CryptoError("disposed", "Cannot use the sender chain: its keys have been wiped");
}
