/**
 * What the vectors of this folder exercise, each under the name that stands in their `operation`.
 *
 * Bytes are hexadecimal in and out. An operation either gives an output or throws the layer's own error; its
 * `code` is what a negative vector names.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Bytes, fromHex, toHex } from "../../crypto/bytes.ts";
import { decodeBundle, verifyBundle } from "../../crypto/bundle.ts";
import { type CborValue, decodeCbor } from "../../crypto/cbor.ts";
import { canonicalName, formatInvite, parseCode } from "../../crypto/codes.ts";
import { contentHash, decodeContent, encodeContent } from "../../crypto/content.ts";
import { parseDistribution } from "../../crypto/distribution.ts";
import { decodeDoor, doorCommitment, encodeDoor, openDoor } from "../../crypto/doors.ts";
import { encodeParts, hashParts } from "../../crypto/hash.ts";
import { fingerprintOf, memberIdOf, Verifier } from "../../crypto/identity.ts";
import { decodeRefused, readExchangeId, readKnockHeader } from "../../crypto/join_handshake.ts";
import { deriveJoinKeys, joinCommitment, joinNonce } from "../../crypto/join_keys.ts";
import { checkNickname, nicknameSkeleton } from "../../crypto/nickname.ts";
import { decodePack, verifyPack } from "../../crypto/pack.ts";
import { pad, padmeLength, unpad } from "../../crypto/padding.ts";
import { decodePresent, verifyPresent } from "../../crypto/present.ts";
import { pairWords, roomWords } from "../../crypto/safety_words.ts";
import { openFrame, sealFrame } from "../../crypto/seal.ts";
import { ReceivingChain, SendingChain } from "../../crypto/sender_chain.ts";
import { openSide } from "../../crypto/side_seal.ts";
import { Spake2Keys } from "../../crypto/spake2.ts";
import { decodeBody } from "../../client/bodies.ts";
import { packBatch, unpackBatch } from "../../wire/batch.ts";
import {
  type ClientFrame,
  decodeClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  encodeRelayFrame,
  type RelayFrame,
} from "../../wire/frame.ts";
import {
  type Challenge,
  decodeChallenge,
  decodeLoginAnswer,
  decodeLoginStep,
  encodeChallenge,
  encodeLoginAnswer,
  encodeLoginStep,
  type LoginAnswer,
  type LoginStep,
} from "../../wire/login.ts";

/** JSON of a vector. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
/** Named inputs or outputs. */
export type Fields = { [name: string]: Json };

/** The bytes of a hexadecimal input. */
export function bytes(value: Json | undefined): Bytes {
  const out = typeof value === "string" ? fromHex(value) : undefined;
  assert.ok(out !== undefined, "a vector's bytes are not hexadecimal");
  return out;
}

const text = (value: Json | undefined): string => String(value);
const whole = (value: Json | undefined): number => Number(value);
const list = (value: Json | undefined): Json[] => value as Json[];

/** JSON of a value that may hold bytes. */
export function toJson(value: unknown): Json {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}

/** A frame of JSON with its byte fields as bytes. */
function toFrame(value: Json | undefined, byteFields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => toFrame(item, byteFields));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) =>
      byteFields.includes(name) ? [name, bytes(field)] : [name, toFrame(field, byteFields)]
    ),
  );
}

const FRAME_BYTES = [
  ["auth", "doorId", "token", "roomEpoch", "payload", "common", "bytes", "invite"],
  ["nonce", "challenge", "roomEpoch", "token", "payload", "bytes", "invite"],
] as const;

/** The chain of a fixed seed. */
function chainOf(input: Fields): SendingChain {
  const given = [bytes(input["seed"]), bytes(input["chainId"])];
  return SendingChain.create(() => given.shift() as Bytes);
}

const placeOf = (input: Fields) => ({ room: bytes(input["room"]), member: bytes(input["member"]) });

/** All operations by name. */
export const OPERATIONS: Record<string, (input: Fields) => Fields | Promise<Fields>> = {
  encode_parts: ({ label, parts }) => {
    const given = list(parts).map(bytes);
    return {
      encoded: toHex(encodeParts(text(label), ...given)),
      hash: toHex(hashParts(text(label), ...given)),
    };
  },
  decode_cbor: ({ cbor }) => ({ value: toJson(decodeCbor(bytes(cbor), { maxBytes: 4096 }) as CborValue) }),
  check_nickname: ({ typed }) => {
    const nickname = checkNickname(text(typed));
    return { nickname, skeleton: nicknameSkeleton(nickname) };
  },
  member_of_key: ({ publicKey }) => ({
    memberId: toHex(memberIdOf(bytes(publicKey))),
    fingerprint: toHex(fingerprintOf(bytes(publicKey))),
  }),
  import_key: async ({ publicKey }) => ({
    memberId: toHex((await Verifier.import(bytes(publicKey))).memberId),
  }),
  decode_bundle: async ({ bundle }) => {
    const decoded = decodeBundle(bytes(bundle));
    await verifyBundle(decoded);
    const { memberId, keyNumber, nickname, features, hash } = decoded;
    return { memberId: toHex(memberId), keyNumber, nickname, features, hash: toHex(hash) };
  },
  canonical_name: ({ typed }) => ({ name: canonicalName(text(typed)) }),
  parse_code: ({ typed }) => toJson(parseCode(text(typed))) as Fields,
  format_invite: ({ relay, roomId, secret, clientHash, certHash }) => ({
    link: formatInvite({
      relay: text(relay),
      roomId: bytes(roomId),
      secret: bytes(secret),
      ...(clientHash === undefined ? {} : { clientHash: bytes(clientHash) }),
      ...(certHash === undefined ? {} : { certHash: bytes(certHash) }),
    }),
  }),
  open_door: async ({ typed, password }) => {
    const door = await openDoor(parseCode(text(typed)), password === undefined ? undefined : text(password));
    const commitment = doorCommitment(door);
    const { password: _, ...passedOn } = door;
    return { ...toJson(passedOn) as Fields, commitment: toHex(commitment), encoded: toHex(encodeDoor(door)) };
  },
  decode_door: ({ door }) => toJson(decodeDoor(bytes(door))) as Fields,
  padme: ({ lengths }) => ({ padded: list(lengths).map((length) => padmeLength(whole(length))) }),
  pad: ({ plaintext }) => ({ padded: toHex(pad(bytes(plaintext))) }),
  unpad: ({ padded }) => ({ plaintext: toHex(unpad(bytes(padded))) }),
  chain_steps: (input) => {
    const chain = chainOf(input);
    const { chainKey, sideKey } = chain.start();
    const steps = Array.from({ length: whole(input["steps"]) }, () => toJson(chain.take()));
    return { chainKey: toHex(chainKey), sideKey: toHex(sideKey), steps };
  },
  seal_frame: async (input) => {
    const chain = chainOf(input);
    for (let i = 0; i < whole(input["counter"]); i++) chain.take();
    return { frame: toHex(await sealFrame(chain, placeOf(input), bytes(input["plaintext"]))) };
  },
  open_frames: async (input) => {
    const chain = new ReceivingChain(chainOf(input).start());
    const opened: string[] = [];
    for (const frame of list(input["frames"])) {
      opened.push(toHex(await openFrame(chain, placeOf(input), bytes(frame))));
    }
    return { plaintexts: opened };
  },
  open_side: async (input) => {
    const { chainId, sideKey } = chainOf(input).start();
    return { plaintext: toHex(await openSide(sideKey, chainId, placeOf(input), bytes(input["frame"]))) };
  },
  encode_content: (input) => {
    const deps = list(input["deps"]).map((dep) => {
      const [memberId, number] = list(dep);
      return { memberId: bytes(memberId), number: whole(number) };
    });
    const encoded = encodeContent({
      number: whole(input["number"]),
      kind: whole(input["kind"]),
      lamport: whole(input["lamport"]),
      prevHash: bytes(input["prevHash"]),
      deps,
      body: bytes(input["body"]),
    });
    return { encoded: toHex(encoded), hash: toHex(contentHash(encoded)) };
  },
  decode_content: ({ content }) => toJson(decodeContent(bytes(content))) as Fields,
  decode_body: ({ kind, body }) => ({ body: toJson(decodeBody(whole(kind), bytes(body)) ?? null) }),
  verify_pack: async ({ pack, room, publicKey }) => {
    const decoded = decodePack(bytes(pack));
    const verifier = await Verifier.import(bytes(publicKey));
    return {
      author: toHex(decoded.author),
      hashes: decoded.contents.map(({ hash }) => toHex(hash)),
      valid: await verifyPack(decoded, bytes(room), verifier),
    };
  },
  verify_present: async ({ present, room, publicKey }) => {
    const { memberId, peerId, roomEpoch, number, ...rest } = decodePresent(bytes(present));
    const verifier = await Verifier.import(bytes(publicKey));
    const valid = await verifyPresent(
      { memberId, peerId, roomEpoch, number, ...rest },
      bytes(room),
      verifier,
    );
    return { memberId: toHex(memberId), peerId, roomEpoch: toHex(roomEpoch), number, valid };
  },
  parse_distribution: ({ payload }) => {
    const { signed: _signed, ...parsed } = parseDistribution(bytes(payload));
    return toJson(parsed) as Fields;
  },
  pair_words: ({ fingerprints }) => {
    const [a, b] = list(fingerprints).map(bytes) as [Bytes, Bytes];
    return { words: pairWords(a, b).join(" ") };
  },
  room_words: ({ foundHash, fingerprints }) => ({
    words: roomWords(bytes(foundHash), list(fingerprints).map(bytes)).join(" "),
  }),
  join_commitment: ({ memberId, nonce }) => ({
    commitment: toHex(joinCommitment(bytes(memberId), bytes(nonce))),
  }),
  join_keys: ({ ke, transcript, mlkemSecret, roomId, index }) => {
    const pake = new Spake2Keys({
      ke: bytes(ke),
      confirmA: new Uint8Array(32),
      confirmB: new Uint8Array(32),
      transcriptHash: hashParts("sotto/v1/spake2-transcript", bytes(transcript)),
    });
    const { toSponsor, toJoiner } = deriveJoinKeys(pake, bytes(mlkemSecret), bytes(roomId));
    const nonce = toHex(joinNonce(whole(index)));
    return {
      transcriptHash: toHex(pake.transcriptHash),
      toSponsor: toHex(toSponsor),
      toJoiner: toHex(toJoiner),
      nonce,
    };
  },
  read_knock: ({ payload }) => toJson(readKnockHeader(bytes(payload))) as Fields,
  read_exchange: ({ payload }) => ({ exchangeId: toHex(readExchangeId(bytes(payload))) }),
  read_refused: ({ payload }) => toJson(decodeRefused(bytes(payload))) as Fields,
  client_frame: ({ frame }) => {
    const given = toFrame(frame, FRAME_BYTES[0]) as ClientFrame;
    const encoded = encodeClientFrame(given);
    assert.deepEqual(toJson(decodeClientFrame(encoded)), frame);
    return { encoded: toHex(encoded) };
  },
  decode_client_frame: ({ encoded }) => ({ frame: toJson(decodeClientFrame(bytes(encoded))) }),
  relay_frame: ({ frame }) => {
    const given = toFrame(frame, FRAME_BYTES[1]) as RelayFrame;
    const encoded = encodeRelayFrame(given);
    assert.deepEqual(toJson(decodeRelayFrame(encoded)), frame);
    return { encoded: toHex(encoded) };
  },
  decode_relay_frame: ({ encoded }) => ({ frame: toJson(decodeRelayFrame(bytes(encoded))) }),
  challenge: ({ challenge }) => {
    const given = challenge as unknown as Challenge;
    const encoded = encodeChallenge(given);
    assert.deepEqual(decodeChallenge(encoded), given);
    return { encoded: toHex(encoded) };
  },
  decode_challenge: ({ encoded }) => ({ challenge: toJson(decodeChallenge(bytes(encoded))) }),
  login_step: ({ step }) => {
    const given = toFrame(step, ["salt", "storedKey", "serverKey"]) as LoginStep;
    const encoded = encodeLoginStep(given);
    assert.deepEqual(toJson(decodeLoginStep(encoded)), step);
    return { encoded: toHex(encoded) };
  },
  decode_login_step: ({ encoded }) => ({ step: toJson(decodeLoginStep(bytes(encoded))) }),
  login_answer: ({ answer }) => {
    const encoded = encodeLoginAnswer(answer as unknown as LoginAnswer);
    assert.deepEqual(toJson(decodeLoginAnswer(encoded)), answer);
    return { encoded: toHex(encoded) };
  },
  decode_login_answer: ({ encoded }) => ({ answer: toJson(decodeLoginAnswer(bytes(encoded))) }),
  pack_batch: ({ frames }) => ({ batch: toHex(packBatch(list(frames).map(bytes))) }),
  unpack_batch: ({ batch, maxBytes = 1_048_576, maxFrames = 4_096 }) => ({
    frames: toJson(
      unpackBatch(bytes(batch), { maxBytes: whole(maxBytes), maxFrames: whole(maxFrames) }),
    ),
  }),
};

/** Runs one vector: its output, or the code of the error that it ends in. Anything else is thrown on. */
export async function run(operation: string, input: Fields): Promise<{ output: Fields } | { error: string }> {
  const work = OPERATIONS[operation];
  assert.ok(work !== undefined, `there is no operation ${operation}`);
  try {
    return { output: await work(input) };
  } catch (error) {
    if (error instanceof Error && /^(Crypto|Wire)Error$/.test(error.name) && "code" in error) {
      return { error: `${error.name} ${String(error.code)}` };
    }
    throw error;
  }
}
