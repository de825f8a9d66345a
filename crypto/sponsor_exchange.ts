/**
 * A join as the sponsor sees it: answer a knock, check the proof, seal the welcome (SPEC §5).
 *
 * @module
 */
import { type Bundle, decodeBundle, MAX_BUNDLE_BYTES, verifyBundle } from "./bundle.ts";
import { type Bytes, concat, equalBytes, randomBytes, wipe } from "./bytes.ts";
import { asArray, asBytes, decodeCbor } from "./cbor.ts";
import type { Door } from "./doors.ts";
import { CryptoError } from "./errors.ts";
import { SIGNATURE_BYTES, Verifier } from "./identity.ts";
import {
  deriveJoinKeys,
  JOIN_PROOF_LABEL,
  joinCommitment,
  joinIdentities,
  type JoinKeys,
  joinNonce,
} from "./join_keys.ts";
import {
  decodeKnock,
  decodeProve,
  decodeWithdraw,
  encodeAnswer,
  encodeVersions,
  JOIN_ID_BYTES,
  joinHeader,
  JoinKind,
  WELCOME_CHUNK_BYTES,
} from "./join_payloads.ts";
import { tryKemPublic } from "./kem.ts";
import { unpad } from "./padding.ts";
import { Spake2 } from "./spake2.ts";
import { encapsulateMlkem, openAesGcm, sealAesGcm } from "./webcrypto.ts";

/** What the sponsor brings into an exchange. */
export interface SponsorOptions {
  /** The door that the knock names. Stays the caller's. */
  door: Door;
  /** The room's id. */
  roomId: Uint8Array;
  /** The sponsor's own member id. */
  memberId: Uint8Array;
  /** 16 feature bits. @default 0 */
  features?: number;
}

interface Secrets {
  keys: JoinKeys;
  confirmA: Bytes;
  transcriptHash: Bytes;
}

const MAX_INDEX = 0xffff;

/** One joiner's attempt. Once its answer is sent it counts as a failed guess until `readProve` succeeds. */
export class SponsorExchange {
  /** What to send. */
  readonly answer: Bytes;
  /** As the knock has it. */
  readonly exchangeId: Bytes;
  /** As the knock has it. */
  readonly doorId: Bytes;
  readonly #commitA: Bytes;
  readonly #opening: Bytes;
  readonly #secrets: Secrets;
  #state: "answered" | "checking" | "proven" | "failed" | "withdrawn" | "disposed" = "answered";
  #nextIndex = 0;

  private constructor(parts: {
    answer: Bytes;
    exchangeId: Bytes;
    doorId: Bytes;
    commitA: Bytes;
    opening: Bytes;
    secrets: Secrets;
  }) {
    this.answer = parts.answer;
    this.exchangeId = parts.exchangeId;
    this.doorId = parts.doorId;
    this.#commitA = parts.commitA;
    this.#opening = parts.opening;
    this.#secrets = parts.secrets;
  }

  /** Answers a knock. `decode` for a malformed one or one for another door, `bad_key` for unusable keys. */
  static async answer(payload: Uint8Array, options: SponsorOptions): Promise<SponsorExchange> {
    const { door, memberId, features = 0 } = options;
    const knock = decodeKnock(payload);
    const { exchangeId, doorId, commitA } = knock;
    if (!equalBytes(doorId, door.doorId)) {
      throw new CryptoError("decode", "Cannot answer a knock: it is for another door");
    }
    const roomId = concat(options.roomId);
    const pake = Spake2.start("B", door.w);
    const nonce = randomBytes(JOIN_ID_BYTES);
    const commitB = joinCommitment(memberId, nonce);
    try {
      const { ciphertext: mlkemCiphertext, secret } = await encapsulateMlkem(knock.mlkemKey);
      const reply = { roomId, commitB, mlkemCiphertext, versions: encodeVersions(features) };
      try {
        const keys = pake.finish(knock.shareA, joinIdentities(knock, reply));
        const answer = encodeAnswer({ ...reply, exchangeId, shareB: pake.share, confirmB: keys.confirmB });
        const secrets = {
          keys: deriveJoinKeys(keys, secret, roomId),
          confirmA: keys.confirmA.slice(),
          transcriptHash: keys.transcriptHash.slice(),
        };
        keys.dispose();
        const opening = concat(memberId, nonce);
        return new SponsorExchange({ answer, exchangeId, doorId, commitA, opening, secrets });
      } finally {
        wipe(secret);
      }
    } finally {
      pake.dispose();
    }
  }

  /**
   * Checks the joiner's confirmation, then everything it says of itself, and gives its bundle: verified, its
   * keys tried. `wrong_code` when it does not know the code; `open_failed`, `decode`, `bad_signature` or
   * `bad_key` when it does but the rest is wrong. A payload that is no PROVE of this exchange changes nothing;
   * any other one uses the exchange up, so that each answer allows one guess.
   */
  async readProve(payload: Uint8Array): Promise<Bundle> {
    this.#mustLive();
    const prove = decodeProve(payload);
    if (!equalBytes(prove.exchangeId, this.exchangeId)) {
      throw new CryptoError("decode", "Cannot read a proof: it belongs to another exchange");
    }
    if (this.#state !== "answered") {
      throw new CryptoError("spent", "Cannot read a proof: this exchange has had one");
    }
    this.#state = "checking";
    try {
      if (!equalBytes(prove.confirmA, this.#secrets.confirmA)) {
        throw new CryptoError("wrong_code", "Cannot admit: the joiner does not know the same code");
      }
      const key = { key: this.#secrets.keys.toSponsor, nonce: joinNonce(0), aad: prove.aad };
      const bundle = await this.#check(await openAesGcm(key, prove.sealed));
      this.#mustLive();
      this.#state = "proven";
      wipe(this.#secrets.keys.toSponsor, this.#secrets.confirmA, this.#secrets.transcriptHash);
      return bundle;
    } catch (error) {
      if (this.#state === "checking") {
        this.#state = "failed";
        this.#wipe();
      }
      throw error;
    }
  }

  /**
   * Checks the confirmation of a joiner that is in by another sponsor: no guess, and nobody to admit. As with a PROVE
   * `wrong_code` for another one, and any WITHDRAW of this exchange uses it up.
   */
  readWithdraw(payload: Uint8Array): void {
    this.#mustLive();
    const { exchangeId, confirmA } = decodeWithdraw(payload);
    if (!equalBytes(exchangeId, this.exchangeId)) {
      throw new CryptoError("decode", "Cannot read a withdrawal: it belongs to another exchange");
    }
    if (this.#state !== "answered") {
      throw new CryptoError("spent", "Cannot read a withdrawal: this exchange has had a proof");
    }
    const knows = equalBytes(confirmA, this.#secrets.confirmA);
    this.#state = knows ? "withdrawn" : "failed";
    this.#wipe();
    if (!knows) {
      throw new CryptoError("wrong_code", "Cannot end a join: the joiner does not know the same code");
    }
  }

  async #check(padded: Bytes): Promise<Bundle> {
    const proof = unpad(padded);
    const fields = asArray(decodeCbor(proof, { maxBytes: proof.length }), 3);
    const bundle = decodeBundle(asBytes(fields[0], { max: MAX_BUNDLE_BYTES }));
    const nonce = asBytes(fields[1], { length: JOIN_ID_BYTES });
    const signature = asBytes(fields[2], { length: SIGNATURE_BYTES });
    if (!equalBytes(joinCommitment(bundle.memberId, nonce), this.#commitA)) {
      throw new CryptoError("bad_signature", "Cannot admit: the joiner is not the one that knocked");
    }
    const verifier = await Verifier.import(bundle.identityKey);
    this.#mustLive();
    if (!await verifier.verify(signature, JOIN_PROOF_LABEL, this.#secrets.transcriptHash)) {
      throw new CryptoError(
        "bad_signature",
        "Cannot admit: the joiner's proof is not signed by its identity",
      );
    }
    await verifyBundle(bundle);
    await tryKemPublic(bundle);
    return bundle;
  }

  /**
   * Seals `bytes` for a joiner that has proved itself, in chunks to be sent in order. May be called again;
   * `wrong_code` before a proof, `limit` beyond 65,536 chunks.
   */
  async sealWelcome(bytes: Uint8Array, { type }: { type: "welcome" | "refusal" }): Promise<Bytes[]> {
    this.#mustLive();
    if (this.#state !== "proven") {
      throw new CryptoError(
        "wrong_code",
        "Cannot welcome a joiner: it has not proved that it knows the code",
      );
    }
    const first = this.#nextIndex;
    const message = first === 0 ? concat(this.#opening, bytes) : bytes;
    const size = WELCOME_CHUNK_BYTES - 2;
    const count = Math.max(1, Math.ceil(message.length / size));
    if (first + count - 1 > MAX_INDEX) {
      throw new CryptoError("limit", "Cannot welcome a joiner: it is too long");
    }
    this.#nextIndex += count;
    // All seals begin before the first await: they have taken the key before anyone can wipe it.
    return await Promise.all(Array.from({ length: count }, async (_, i) => {
      const index = first + i;
      const head = Uint8Array.of(i === count - 1 ? 1 : 0, type === "welcome" ? 0 : 1);
      const plaintext = concat(head, message.subarray(i * size, (i + 1) * size));
      const aad = concat(
        joinHeader(JoinKind.welcome, this.exchangeId),
        Uint8Array.of(index >> 8, index & 255),
      );
      const key = { key: this.#secrets.keys.toJoiner, nonce: joinNonce(index), aad };
      return concat(aad, await sealAesGcm(key, plaintext));
    }));
  }

  /** Wipes all secrets. */
  dispose(): void {
    this.#state = "disposed";
    this.#wipe();
  }

  #wipe(): void {
    const { keys, confirmA, transcriptHash } = this.#secrets;
    wipe(keys.toSponsor, keys.toJoiner, confirmA, transcriptHash, this.#opening);
  }

  #mustLive(): void {
    if (this.#state === "disposed") {
      throw new CryptoError("disposed", "Cannot go on with a join: it has been disposed of");
    }
  }
}
