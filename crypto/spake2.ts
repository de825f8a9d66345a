/**
 * SPAKE2 (RFC 9382): two sides that know the same password scalar get the same key; one that does not learns
 * nothing but that its one guess was wrong.
 *
 * @module
 */
import { type Bytes, concat, equalBytes, randomBytes, wipe } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";
import { readScalar, SCALAR_BYTES, scalarFromBytes48 } from "./pake_scalar.ts";
import { groupElement, keySchedule, shareOf, type Spake2Role } from "./spake2_suite.ts";

export { scalarFromBytes48 } from "./pake_scalar.ts";
export type { Spake2Role } from "./spake2_suite.ts";

/** The identities that both sides bind into the transcript. */
export interface Spake2Identities {
  /** Of the side that starts. */
  idA: Uint8Array;
  /** Of the side that answers. */
  idB: Uint8Array;
}

/** The outcome of one exchange. Equal on both sides only when the scalars were; unconfirmed until compared. */
export class Spake2Keys {
  /** Shared key, 16 bytes. Input for a KDF, not a key to use. Secret. */
  readonly ke: Bytes;
  /** What A sends to prove that it has the key. B compares it in constant time. */
  readonly confirmA: Bytes;
  /** What B sends. */
  readonly confirmB: Bytes;
  /** `H("sotto/v1/spake2-transcript", TT)`. Not `SHA-256(TT)`: that is `Ke ‖ Ka` (RFC 9382 §4). Secret. */
  readonly transcriptHash: Bytes;

  /** Takes ownership of all four. */
  constructor(keys: { ke: Bytes; confirmA: Bytes; confirmB: Bytes; transcriptHash: Bytes }) {
    this.ke = keys.ke;
    this.confirmA = keys.confirmA;
    this.confirmB = keys.confirmB;
    this.transcriptHash = keys.transcriptHash;
  }

  /** Wipes everything. */
  dispose(): void {
    wipe(this.ke, this.confirmA, this.confirmB, this.transcriptHash);
  }
}

/** One side of one exchange. Its scalar is used once (RFC 9382 §7). */
export class Spake2 {
  /** What to send: an uncompressed point, 65 bytes. */
  readonly share: Bytes;
  readonly #role: Spake2Role;
  readonly #w: Bytes;
  #scalar: bigint | undefined;
  #disposed = false;

  private constructor(role: Spake2Role, w: Bytes, scalar: bigint, share: Bytes) {
    this.#role = role;
    this.#w = w;
    this.#scalar = scalar;
    this.share = share;
  }

  /**
   * Starts an exchange with the password scalar `w` of {@linkcode scalarFromBytes48}, which is copied.
   * `random`, for tests, gives the 32 bytes of the secret scalar.
   */
  static start(role: Spake2Role, w: Uint8Array, random: () => Bytes = randomScalar): Spake2 {
    const password = readScalar(w);
    const bytes = random();
    const scalar = readScalar(bytes);
    wipe(bytes);
    return new Spake2(role, concat(w), scalar, shareOf(role, password, scalar));
  }

  /**
   * Ends the exchange. `bad_key` for a share that is off the curve, the identity or our own; whatever the
   * outcome, a second call is `spent`.
   */
  finish(peerShare: Uint8Array, { idA, idB }: Spake2Identities): Spake2Keys {
    if (this.#disposed) throw new CryptoError("disposed", "Cannot end an exchange: it has been disposed of");
    const scalar = this.#scalar;
    if (scalar === undefined) throw new CryptoError("spent", "Cannot end an exchange: it has ended before");
    this.#scalar = undefined;
    try {
      if (equalBytes(peerShare, this.share)) {
        throw new CryptoError("bad_key", "Cannot use a PAKE share: it is our own, sent back");
      }
      const k = groupElement(this.#role, readScalar(this.#w), scalar, peerShare);
      const [pA, pB] = this.#role === "A" ? [this.share, peerShare] : [peerShare, this.share];
      const { tt, ke, ka, kcA, kcB, confirmA, confirmB } = keySchedule({ idA, idB, pA, pB, k, w: this.#w });
      const transcriptHash = hashParts("sotto/v1/spake2-transcript", tt);
      wipe(k, tt, ka, kcA, kcB);
      return new Spake2Keys({ ke, confirmA, confirmB, transcriptHash });
    } finally {
      wipe(this.#w);
    }
  }

  /** Wipes what can be wiped: the scalar is a `bigint`, of which only the reference can be dropped. */
  dispose(): void {
    this.#disposed = true;
    this.#scalar = undefined;
    wipe(this.#w);
  }
}

function randomScalar(): Bytes {
  const wide = randomBytes(SCALAR_BYTES + 16);
  const scalar = scalarFromBytes48(wide);
  wipe(wide);
  return scalar;
}
