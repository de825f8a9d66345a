/**
 * Somebody that got into a room honestly and then says what it likes. What it sends is made with `crypto/`
 * alone; its own client only keeps it in the room.
 *
 * @module
 */
import { fail } from "node:assert/strict";
import { type Body, encodeBody, kindOf } from "../../client/bodies.ts";
import { bytesOf, type Id } from "../../client/ids.ts";
import { encodeRefused, payloadId, PayloadKind, RefusedCode } from "../../client/payload.ts";
import { type Bundle, signBundle } from "../../crypto/bundle.ts";
import { type Bytes, concat, fromHex, randomBytes, toHex, u32 } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { contentHash, encodeContent } from "../../crypto/content.ts";
import {
  type Head,
  openDistribution,
  parseDistribution,
  sealDistributions,
} from "../../crypto/distribution.ts";
import { encodeParts } from "../../crypto/hash.ts";
import { Identity } from "../../crypto/identity.ts";
import { KemKeys } from "../../crypto/kem.ts";
import { signPack } from "../../crypto/pack.ts";
import { pad } from "../../crypto/padding.ts";
import { sealPrivate } from "../../crypto/private_seal.ts";
import { readSealedHeader, sealFrame } from "../../crypto/seal.ts";
import { type ChainStart, ReceivingChain, type SendingChain } from "../../crypto/sender_chain.ts";
import { sealAesGcm } from "../../crypto/webcrypto.ts";
import { type Person, until } from "./crowd.ts";

const NOTHING_SAID: Head = { number: 0, hash: new Uint8Array(32), lamport: 0 };

/** How a content that a hostile member says differs from an honest one. */
export interface Crafted {
  number?: number;
  lamport?: number;
  prevHash?: Uint8Array;
  deps?: { memberId: Uint8Array; number: number }[];
  kind?: number;
}

/** A member that says what it likes. */
export class Hostile {
  /** The last content that it said honestly, or that {@linkcode Hostile.content} made. */
  head: Head;

  /** Takes over `person`, whose own client should say nothing from here on. */
  constructor(readonly person: Person) {
    const { number, hash, lamport } = person.room.sender.head;
    this.head = { number, hash: fromHex(hash) ?? new Uint8Array(32), lamport };
    this.head.lamport = Math.max(lamport, person.room.delivery.lamport);
  }

  /** The room's id. */
  get room(): Bytes {
    return this.person.room.parts.roomId;
  }

  /** The chain that the others have been given. */
  get chain(): SendingChain {
    return this.person.room.sender.chains.chain ?? fail("no chain");
  }

  /** Where its frames belong. */
  get place(): { room: Bytes; member: Bytes } {
    return { room: this.room, member: this.person.room.parts.identity.memberId };
  }

  /** The next content, or whatever `as` makes of it. */
  content(body: Body, as: Crafted = {}): Bytes {
    const number = as.number ?? this.head.number + 1;
    const lamport = as.lamport ?? this.head.lamport + 1;
    const prevHash = as.prevHash ?? (number === 1 ? new Uint8Array(32) : this.head.hash);
    const kind = as.kind ?? kindOf(body);
    const bytes = encodeContent({
      number,
      kind,
      lamport,
      prevHash,
      deps: as.deps ?? [],
      body: encodeBody(body),
    });
    this.head = { number, hash: contentHash(bytes), lamport };
    return bytes;
  }

  /** Stays, whatever the others think of it, and lets nobody in. */
  clings(): void {
    const { room } = this.person;
    room.putOut = () => {};
    room.sponsor.receive = (from, payload) => {
      const bytes = encodeRefused(payloadId(payload), RefusedCode.notSponsor, 0);
      room.parts.link.sendTable(new Uint8Array(0), [{ peerId: from, bytes }]);
      return Promise.resolve();
    };
  }

  /** Signs contents. */
  pack(...contents: Uint8Array[]): Promise<Bytes> {
    return signPack(this.person.room.parts.identity, this.room, contents);
  }

  /** Seals anything under its own chain. */
  seal(plaintext: Uint8Array): Promise<Bytes> {
    return sealFrame(this.chain, this.place, plaintext);
  }

  /** Signs and seals what it says next. */
  async frame(body: Body, as: Crafted = {}): Promise<Bytes> {
    return await this.seal(await this.pack(this.content(body, as)));
  }

  /** Says something to all. */
  async says(body: Body, as: Crafted = {}): Promise<void> {
    this.send(await this.frame(body, as));
  }

  /** Sends a payload to all, or to some alone. */
  send(payload: Uint8Array, ...to: Person[]): void {
    const { link } = this.person.room.parts;
    if (to.length === 0) return void link.send(payload);
    link.sendTable(new Uint8Array(0), to.map(({ peerId }) => ({ peerId, bytes: payload })));
  }

  /** Resolves when `by` has dealt with all that was sent before: it refuses a knock at a door that is not there. */
  async readBy(...by: Person[]): Promise<void> {
    for (const person of by) {
      const exchangeId = randomBytes(16);
      this.send(
        concat(Uint8Array.of(1, PayloadKind.knock), exchangeId, new Uint8Array(1_301).fill(1)),
        person,
      );
      await until(`${person.name} has read all`, () =>
        this.person.payloads(PayloadKind.refused, person)
          .some((payload) => toHex(payload.subarray(2, 18)) === toHex(exchangeId)));
    }
  }

  /** Hands `start` to one member as a chain of its own. */
  async distribute(start: ChainStart, to: Person, head: Head = NOTHING_SAID): Promise<void> {
    const member = this.person.knows(to) ?? fail("not a member");
    const recipient = { memberId: bytesOf(to.id), bundle: member.bundle };
    const addHash = fromHex(member.addHashes[0] ?? "") ?? fail("no ADD");
    const { identity } = this.person.room.parts;
    const options = { room: this.room, start, head };
    const { common, parts } = await sealDistributions(identity, options, [{ ...recipient, addHash }]);
    this.send(concat(common, parts[0] ?? fail("no part")), to);
  }

  /** Passes signed packs on to one member, in the name of `as`. */
  async passOn(packs: Uint8Array[], to: Person, as: Person = this.person): Promise<void> {
    const { bundle } = to.room.parts.keys.current;
    const sender = bytesOf(as.id);
    const sealed = await sealPrivate(
      bundle,
      { room: this.room, sender, purpose: "statements" },
      encodeCbor(packs),
    );
    this.send(concat(Uint8Array.of(1, PayloadKind.statements), sender, sealed), to);
  }

  /** The chain of `victim` as it was handed to this member. */
  async stolenChain(victim: Person): Promise<ChainStart> {
    const { keys, verifiers } = this.person.room.parts;
    const payload = this.person.payloads(PayloadKind.distribution, victim).at(-1) ?? fail("no distribution");
    const parsed = parseDistribution(payload);
    const generation = keys.find(parsed.keyNumber) ?? fail("no keys");
    const verifier = await verifiers.get(victim.id) ?? fail("no verifier");
    const me = bytesOf(this.person.id);
    const own = { keys: generation.keys, bundleHash: generation.bundle.hash };
    return await openDistribution(parsed, { room: this.room, me, verifier, ...own });
  }
}

/** Seals under any chain whose keys are known, at any counter, in anybody's name. */
export async function forge(
  start: ChainStart,
  counter: number,
  place: { room: Uint8Array; member: Uint8Array },
  plaintext: Uint8Array,
): Promise<Bytes> {
  const chain = new ReceivingChain(start);
  const { key, nonce, commitment } = chain.step(counter);
  const header = concat(Uint8Array.of(1, 1), start.chainId, u32(counter), commitment);
  const { room, member } = place;
  const aad = encodeParts("sotto/v1/sealed", Uint8Array.of(1, 1), room, member, start.chainId, u32(counter));
  return concat(header, await sealAesGcm({ key, nonce, aad }, pad(plaintext)));
}

/** Next counter of a member's chain, as far as its frames have been seen by `by`. */
export function nextCounter(by: Person, victim: Person, chainId: Uint8Array): number {
  const counters = by.payloads(PayloadKind.sealed, victim).map(readSealedHeader)
    .filter((header) => toHex(header.chainId) === toHex(chainId)).map((header) => header.counter);
  return Math.max(-1, ...counters) + 1;
}

/** Somebody who is nowhere yet. */
export async function stranger(
  nickname: string,
  keyNumber = 1,
): Promise<{ identity: Identity; id: Id; bundle: Bundle }> {
  const identity = await Identity.generate();
  const bundle = await signBundle(identity, await KemKeys.generate(), { keyNumber, nickname });
  return { identity, id: toHex(identity.memberId), bundle };
}

/** The statement that lets in whoever has this bundle. */
export function adding({ bundle }: { bundle: Bundle }): Body {
  return { kind: "add", bundle: bundle.encoded, doorId: new Uint8Array(16), attempt: 0 };
}
