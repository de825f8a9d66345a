/**
 * A join as the joiner sees it: knock, read the answer, prove, read the welcome (SPEC §5).
 *
 * @module
 */
import type { Bundle } from "./bundle.ts";
import { type Bytes, concat, equalBytes, randomBytes, wipe } from "./bytes.ts";
import { encodeCbor } from "./cbor.ts";
import type { Door } from "./doors.ts";
import { CryptoError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import {
  deriveJoinKeys,
  JOIN_PROOF_LABEL,
  joinCommitment,
  joinIdentities,
  type JoinKeys,
  joinNonce,
} from "./join_keys.ts";
import {
  type Answer,
  decodeAnswer,
  decodeWelcome,
  encodeKnock,
  encodeVersions,
  encodeWithdraw,
  JOIN_ID_BYTES,
  joinHeader,
  JoinKind,
  type Knock,
  type Welcome,
} from "./join_payloads.ts";
import { pad } from "./padding.ts";
import { Spake2, type Spake2Keys } from "./spake2.ts";
import { decapsulateMlkem, generateMlkem, openAesGcm, type PrivateKeyPair, sealAesGcm } from "./webcrypto.ts";

/** One opened chunk of a welcome. */
export interface WelcomeChunk {
  /** 0, 1, 2… */
  index: number;
  /** True for the last chunk of what the sponsor sealed at once. */
  last: boolean;
  /** Whether the sponsor lets the joiner in. */
  type: "welcome" | "refusal";
  /** The chunk. */
  bytes: Bytes;
  /** Member id that the sponsor has committed to in its ANSWER. */
  sponsor: Bytes;
}

/** One attempt to come in through one sponsor. */
export class JoinerExchange {
  /** The first payload to send. */
  readonly knock: Bytes;
  /** 16 random bytes, by which payloads are told apart. */
  readonly exchangeId: Bytes;
  readonly #identity: Identity;
  readonly #knock: Knock;
  readonly #nonce: Bytes;
  readonly #pake: Spake2;
  #mlkem: CryptoKey | undefined;
  #keys: JoinKeys | undefined;
  #commitB: Bytes | undefined;
  #sponsor: Bytes | undefined;
  #nextIndex = 0;
  #reading: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(identity: Identity, knock: Knock, nonce: Bytes, pake: Spake2, mlkem: PrivateKeyPair) {
    this.#identity = identity;
    this.#knock = knock;
    this.#nonce = nonce;
    this.#pake = pake;
    this.#mlkem = mlkem.privateKey;
    this.knock = encodeKnock(knock);
    this.exchangeId = knock.exchangeId;
  }

  /** Starts with a fresh scalar, ML-KEM key and nonce. The door stays the caller's. */
  static async start(
    door: Door,
    identity: Identity,
    { features = 0 }: { features?: number } = {},
  ): Promise<JoinerExchange> {
    const mlkem = await generateMlkem();
    const nonce = randomBytes(JOIN_ID_BYTES);
    const pake = Spake2.start("A", door.w);
    const knock = {
      exchangeId: randomBytes(JOIN_ID_BYTES),
      doorId: concat(door.doorId),
      commitA: joinCommitment(identity.memberId, nonce),
      shareA: pake.share,
      mlkemKey: mlkem.publicKey,
      versions: encodeVersions(features),
    };
    return new JoinerExchange(identity, knock, nonce, pake, mlkem);
  }

  /**
   * Checks that the sponsor knows the code and makes the proof that we do. `decode`, and `wrong_code` for
   * another room than `expectedRoomId`, leave the exchange as it was; after `wrong_code` for the sponsor's
   * confirmation, `bad_key` or success it is `spent`.
   */
  async readAnswer(
    payload: Uint8Array,
    { bundle, expectedRoomId }: { bundle: Bundle; expectedRoomId?: Uint8Array },
  ): Promise<{ prove: Bytes; roomId: Bytes }> {
    this.#mustLive();
    if (!equalBytes(bundle.memberId, this.#identity.memberId)) {
      throw new CryptoError("bad_key", "Cannot prove a join: the bundle is another identity's");
    }
    const { answer, pake, mlkem } = this.#check(payload, expectedRoomId);
    const { roomId } = answer;
    try {
      const secret = await decapsulateMlkem(mlkem, answer.mlkemCiphertext);
      const keys = deriveJoinKeys(pake, secret, roomId);
      try {
        const signature = await this.#identity.sign(JOIN_PROOF_LABEL, pake.transcriptHash);
        const proof = pad(encodeCbor([bundle.encoded, this.#nonce, signature])); // or it would tell the nickname's length
        const aad = concat(joinHeader(JoinKind.prove, this.exchangeId), pake.confirmA);
        const sealed = await sealAesGcm({ key: keys.toSponsor, nonce: joinNonce(0), aad }, proof);
        this.#mustLive();
        this.#keys = keys;
        this.#commitB = answer.commitB;
        return { prove: concat(aad, sealed), roomId };
      } finally {
        wipe(keys.toSponsor);
        if (this.#keys === undefined) wipe(keys.toJoiner);
      }
    } finally {
      pake.dispose();
    }
  }

  /**
   * As {@linkcode JoinerExchange.readAnswer}, for who is in by another sponsor already: makes the word that we know the
   * code, which says nothing else of us and lets nobody in. The exchange is over.
   */
  withdraw(payload: Uint8Array, { expectedRoomId }: { expectedRoomId?: Uint8Array } = {}): Bytes {
    this.#mustLive();
    const { pake } = this.#check(payload, expectedRoomId);
    const { exchangeId } = this;
    const bytes = encodeWithdraw({ exchangeId, confirmA: pake.confirmA });
    pake.dispose();
    this.dispose();
    return bytes;
  }

  /** Whether the sponsor knows the code: nothing is said about ourselves before that is sure. */
  #check(
    payload: Uint8Array,
    expectedRoomId: Uint8Array | undefined,
  ): { answer: Answer; pake: Spake2Keys; mlkem: CryptoKey } {
    const answer = decodeAnswer(payload);
    this.#mustBeOurs(answer.exchangeId);
    if (expectedRoomId !== undefined && !equalBytes(answer.roomId, expectedRoomId)) {
      throw new CryptoError("wrong_code", "Cannot join: the answer is for another room than the invite");
    }
    const pake = this.#pake.finish(answer.shareB, joinIdentities(this.#knock, answer));
    const mlkem = this.#mlkem;
    this.#mlkem = undefined;
    if (mlkem === undefined || !equalBytes(pake.confirmB, answer.confirmB)) {
      pake.dispose();
      throw new CryptoError("wrong_code", "Cannot join: the other side does not know the same code");
    }
    return { answer, pake, mlkem };
  }

  /**
   * Opens the next chunk; calls are taken one after the other. `replayed` and `too_far` for a chunk out of
   * order, `open_failed` for a changed one or one that comes before the answer. A failure changes nothing.
   */
  readWelcome(payload: Uint8Array): Promise<WelcomeChunk> {
    const reading = this.#reading.then(() => this.#openNext(payload));
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #openNext(payload: Uint8Array): Promise<WelcomeChunk> {
    this.#mustLive();
    const welcome = decodeWelcome(payload);
    this.#mustBeOurs(welcome.exchangeId);
    const keys = this.#keys;
    if (keys === undefined) throw openFailed("there are no keys for it yet");
    if (welcome.index < this.#nextIndex) {
      throw new CryptoError("replayed", "Cannot open a welcome: this part was opened before");
    }
    if (welcome.index > this.#nextIndex) {
      throw new CryptoError("too_far", "Cannot open a welcome: a part before this one is missing");
    }
    return this.#accept(welcome, await openWelcome(keys, welcome));
  }

  /** Reads `last ‖ type ‖ bytes`; in the first chunk, memberId and nonce of the sponsor stand before `bytes`. */
  #accept({ index }: Welcome, plaintext: Bytes): WelcomeChunk {
    this.#mustLive();
    const opening = index === 0 ? 2 * JOIN_ID_BYTES : 0;
    const [last, type] = plaintext;
    if (plaintext.length < 2 + opening || (last !== 0 && last !== 1) || (type !== 0 && type !== 1)) {
      throw new CryptoError("decode", "Cannot decode a welcome: its first bytes are malformed");
    }
    const sponsor = this.#sponsor ?? plaintext.slice(2, 2 + JOIN_ID_BYTES);
    if (index === 0) {
      const nonce = plaintext.subarray(2 + JOIN_ID_BYTES, 2 + opening);
      if (!equalBytes(joinCommitment(sponsor, nonce), this.#commitB ?? new Uint8Array())) {
        throw openFailed("the sponsor is not the one that answered");
      }
    }
    this.#sponsor = sponsor;
    this.#nextIndex = index + 1;
    const bytes = plaintext.slice(2 + opening);
    wipe(plaintext);
    return {
      index,
      last: last === 1,
      type: type === 0 ? "welcome" : "refusal",
      bytes,
      sponsor: sponsor.slice(),
    };
  }

  /** Wipes all secrets. */
  dispose(): void {
    this.#disposed = true;
    this.#pake.dispose();
    this.#mlkem = undefined;
    if (this.#keys !== undefined) wipe(this.#keys.toSponsor, this.#keys.toJoiner);
    this.#keys = undefined;
    wipe(this.#nonce);
  }

  #mustLive(): void {
    if (this.#disposed) {
      throw new CryptoError("disposed", "Cannot go on with a join: it has been disposed of");
    }
  }

  #mustBeOurs(exchangeId: Uint8Array): void {
    if (!equalBytes(exchangeId, this.exchangeId)) {
      throw new CryptoError("decode", "Cannot read a payload of a join: it belongs to another exchange");
    }
  }
}

function openWelcome(keys: JoinKeys, { index, sealed, aad }: Welcome): Promise<Bytes> {
  return openAesGcm({ key: keys.toJoiner, nonce: joinNonce(index), aad }, sealed);
}

function openFailed(why: string): CryptoError {
  return new CryptoError("open_failed", `Cannot open a welcome: ${why}`);
}
