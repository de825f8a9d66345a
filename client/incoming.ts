/**
 * Everything that arrives from other peers (SPEC §4), in the order in which each peer sent it.
 *
 * Whatever comes in is hostile until it has been opened and its author's signature verified. A frame that
 * fails changes nothing; it is counted, and now and then said.
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { concat, toHex } from "../crypto/bytes.ts";
import { asArray, asBytes, decodeCbor } from "../crypto/cbor.ts";
import { openDistribution, parseDistribution } from "../crypto/distribution.ts";
import { CryptoError } from "../crypto/errors.ts";
import { openFreshKeys } from "../crypto/fresh_keys.ts";
import { decodePack, type Pack } from "../crypto/pack.ts";
import { decodePresent, type Present, verifyPresent } from "../crypto/present.ts";
import { openPrivate } from "../crypto/private_seal.ts";
import { openFrame, readSealedHeader } from "../crypto/seal.ts";
import { openSide, readSideChainId } from "../crypto/side_seal.ts";
import { FrameBuffer } from "./buffer.ts";
import { type ChainIn, ChainsIn } from "./chains_in.ts";
import type { Head } from "./delivery.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import type { KeyRing } from "./key_ring.ts";
import type { Deliver } from "./link.ts";
import type { Clock } from "./options.ts";
import { decodePresents, payloadId, PayloadKind, payloadKind } from "./payload.ts";
import type { Statement } from "./room_state.ts";
import {
  type AwayWord,
  decodeAway,
  decodeHave,
  decodeSide,
  decodeTyping,
  type Have,
  SideKind,
  verifySide,
} from "./side.ts";
import { type VerifierCache, verifyStatement } from "./statement_log.ts";

/** Most bytes of one peer that wait for their turn. */
export const MAX_PEER_BYTES: number = 8 * 1_048_576;

/** Where an author stood when it gave us a chain. */
export interface Standing {
  head: Head;
  /** It is not the first chain that we were given, so that all up to `head` was for us, whatever has arrived. */
  follows: boolean;
}

/** What {@linkcode Incoming} needs of the room. */
export interface IncomingRoom {
  me: Id;
  roomId: Uint8Array;
  /** Hash of FOUND: nobody knows it who has never been a member. */
  foundHash: Uint8Array;
  clock: Clock;
  keys: KeyRing;
  verifiers: VerifierCache;
  /** Whether `id` is in the room now. */
  isMember(id: Id): boolean;
  /** The member behind a connection, as far as known. */
  memberOf(peerId: number): Id | undefined;
  /** A member has shown where it is connected. */
  present(present: Present, payload: Uint8Array): void;
  /** Somebody that is not a member, or not yet, has shown where it is connected. */
  outsider(present: Present): void;
  /** Somebody that has a new connection asks to be let in again. */
  comingBack(present: Present, payload: Uint8Array): void;
  /** What a member has signed has come over this connection. */
  heard(author: Id, from: number): void;
  repairAsk(from: number, payload: Uint8Array): Promise<void>;
  repair(from: number, payload: Uint8Array): Promise<void>;
  fileAsk(from: number, payload: Uint8Array): Promise<void>;
  filePart(from: number, payload: Uint8Array): Promise<void>;
  /** Somebody that is not a member gives its present keys, as we have sealed to ones that are gone. */
  outsiderKeys(bundle: Bundle, from: number): void;
  /** Something was sealed to keys of ours that are gone: its author has not heard of the present ones. */
  staleKeys(author: Id, from: number): void;
  /** Somebody says that a room that is older than ours has come back under our name. */
  olderRoom(): void;
  /** A member has given us its chain, naming the ADD by which it knows us. */
  distribution(author: Id, addHash: string, at: Standing, from: number): void;
  /** A verified pack; `statements` holds those of its contents that are statements, by hash. */
  pack(pack: Pack, statements: ReadonlyMap<string, Statement | null>): void;
  /** A statement that `by` passed on. */
  hearsay(statement: Statement, pack: Pack, by: Id): void;
  have(from: Id, have: Have): void;
  typing(from: Id, on: boolean): void;
  away(from: Id, word: AwayWord): void;
  /** Somebody cannot read our chain. */
  noChain(from: number, chainId: string): void;
  /** Something of a join exchange, for the sponsor. */
  knock(from: number, payload: Uint8Array): Promise<void>;
  /** A frame of a chain that nobody gave us yet: ask `from` for it. */
  askForChain(from: number, chainId: Uint8Array): void;
  /** A frame did not pass. */
  rejected(reason: "replayed" | "tampered" | "malformed" | "overflow", author: Id | undefined): void;
}

interface Queue {
  bytes: number;
  tail: Promise<void>;
}

/** Reads what peers send. */
export class Incoming {
  readonly chains: ChainsIn = new ChainsIn();
  readonly #room: IncomingRoom;
  readonly #queues = new Map<number, Queue>();
  readonly #noChain = new FrameBuffer();
  readonly #noMember = new FrameBuffer();
  readonly #sideNumbers = new Map<Id, number>();
  #disposed = false;

  /** Reads for `room`. */
  constructor(room: IncomingRoom) {
    this.#room = room;
  }

  /** Takes a frame; those of one peer are read one after the other. */
  receive({ from, payload }: Pick<Deliver, "from" | "payload">): void {
    if (this.#disposed) return;
    const queue = this.#queues.get(from) ?? { bytes: 0, tail: Promise.resolve() };
    if (queue.bytes + payload.length > MAX_PEER_BYTES) {
      this.#room.rejected("overflow", this.#room.memberOf(from));
      return;
    }
    queue.bytes += payload.length;
    this.#queues.set(from, queue);
    queue.tail = queue.tail.then(() => this.#read(from, payload)).then(() => {
      queue.bytes -= payload.length;
      if (queue.bytes === 0) this.#queues.delete(from);
    });
  }

  /** Resolves when all that has arrived until now has been read. */
  async settled(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ tail }) => tail));
  }

  /** Somebody has become a member: reads what it sent before we knew. */
  memberKnown(id: Id): void {
    for (const frame of this.#noMember.take(id)) this.receive(frame);
  }

  /** Forgets what is left of somebody that is no longer a member. */
  drop(id: Id): void {
    this.chains.drop(id);
    this.#noMember.take(id);
  }

  /** Wipes all chains and forgets what waits. */
  dispose(): void {
    this.#disposed = true;
    this.chains.dispose();
    this.#noChain.clear();
    this.#noMember.clear();
  }

  async #read(from: number, payload: Uint8Array): Promise<void> {
    if (this.#disposed) return;
    try {
      await this.#dispatch(from, payload);
    } catch (error) {
      if (this.#disposed || !(error instanceof CryptoError)) {
        if (!this.#disposed) this.#room.rejected("malformed", this.#room.memberOf(from));
        return;
      }
      const reason = error.code === "replayed"
        ? "replayed"
        : error.code === "decode" || error.code === "bad_key"
        ? "malformed"
        : "tampered";
      if (error.code !== "disposed") this.#room.rejected(reason, this.#room.memberOf(from));
    }
  }

  #dispatch(from: number, payload: Uint8Array): Promise<void> | void {
    switch (payloadKind(payload)) {
      case PayloadKind.sealed:
        return this.#sealed(from, payload);
      case PayloadKind.distribution:
        return this.#distribution(from, payload);
      case PayloadKind.present:
        return this.#present(from, payload);
      case PayloadKind.comingBack:
        return this.#present(from, payload.subarray(2), { returning: true });
      case PayloadKind.presents:
        return this.#presents(payload);
      case PayloadKind.repairAsk:
        return this.#room.repairAsk(from, payload);
      case PayloadKind.repair:
        return this.#room.repair(from, payload);
      case PayloadKind.fileAsk:
        return this.#room.fileAsk(from, payload);
      case PayloadKind.filePart:
        return this.#room.filePart(from, payload);
      case PayloadKind.olderRoom:
        return this.#room.olderRoom();
      case PayloadKind.side:
        return this.#side(from, payload);
      case PayloadKind.statements:
        return this.#statements(from, payload);
      case PayloadKind.freshKeys:
        return this.#freshKeys(from, payload);
      case PayloadKind.noChain:
        return this.#room.noChain(from, toHex(payloadId(payload)));
      case PayloadKind.knock:
      case PayloadKind.prove:
      case PayloadKind.failed:
        return this.#room.knock(from, payload);
    }
  }

  async #sealed(from: number, payload: Uint8Array): Promise<void> {
    const { chainId } = readSealedHeader(payload);
    const sender = this.#room.memberOf(from);
    const known = this.chains.all(chainId, sender);
    let failure: unknown;
    for (const chain of known) {
      try {
        return await this.#open(chain, from, payload);
      } catch (error) {
        failure ??= error;
      }
    }
    // Another's chain of the same id says nothing about the sender's own, which may still come.
    if (!known.some(({ author }) => author === sender)) this.#holdForChain(from, chainId, payload);
    if (failure !== undefined) throw failure;
  }

  #holdForChain(from: number, chainId: Uint8Array, payload: Uint8Array): void {
    const key = toHex(chainId);
    const first = !this.#noChain.has(key);
    if (!this.#noChain.hold(key, { from, payload, at: this.#room.clock.now() })) {
      this.#room.rejected("overflow", this.#room.memberOf(from));
    } else if (first) this.#room.askForChain(from, chainId);
  }

  async #open(known: ChainIn, from: number, payload: Uint8Array): Promise<void> {
    if (readSealedHeader(payload).counter < known.from) return; // sealed before we were given the chain
    let pack: Pack | undefined;
    await openFrame(known.chain, { room: this.#room.roomId, member: bytesOf(known.author) }, payload, {
      accept: async (plaintext) => {
        pack = decodePack(plaintext);
        const ours = idOf(pack.author) === known.author;
        if (!ours || !(await this.#room.verifiers.verify(pack, this.#room.roomId))) throw unsigned();
      },
    });
    if (pack === undefined) return;
    const statements = await readStatements(pack);
    if (this.#disposed) return;
    this.#room.heard(known.author, from);
    this.#room.pack(pack, statements);
  }

  async #distribution(from: number, payload: Uint8Array): Promise<void> {
    const parsed = parseDistribution(payload);
    const author = idOf(parsed.author);
    const { keys, verifiers, me, roomId } = this.#room;
    const generation = keys.find(parsed.keyNumber);
    const verifier = await verifiers.get(author)?.catch(() => undefined);
    if (verifier === undefined || !this.#room.isMember(author)) {
      this.#noMember.hold(author, { from, payload, at: this.#room.clock.now() });
      return;
    }
    if (generation === undefined) return this.#room.staleKeys(author, from);
    const start = await openDistribution(parsed, {
      room: roomId,
      me: bytesOf(me),
      keys: generation.keys,
      bundleHash: generation.bundle.hash,
      verifier,
    });
    if (this.#disposed) return;
    const { number, hash, lamport } = parsed.head;
    const head = { number, hash: number === 0 ? "" : toHex(hash), lamport };
    const follows = this.chains.knew(author);
    this.chains.add(author, start);
    this.#room.distribution(author, toHex(parsed.addHash), { head, follows }, from);
    for (const frame of this.#noChain.take(toHex(parsed.chainId))) {
      await this.#read(frame.from, frame.payload);
    }
  }

  async #present(from: number, payload: Uint8Array, { returning = false } = {}): Promise<void> {
    const present = decodePresent(payload);
    if (present.peerId !== from) throw unsigned();
    const id = idOf(present.memberId);
    const verifier = await this.#room.verifiers.get(id)?.catch(() => undefined);
    if (verifier === undefined || !(returning || this.#room.isMember(id))) {
      this.#noMember.hold(id, { from, payload, at: this.#room.clock.now() });
      const shown = verifier !== undefined && await verifyPresent(present, this.#room.roomId, verifier);
      if (shown && !this.#disposed) this.#room.outsider(present);
      return;
    }
    if (!(await verifyPresent(present, this.#room.roomId, verifier))) throw unsigned();
    if (this.#disposed) return;
    if (returning) this.#room.comingBack(present, payload);
    else this.#room.present(present, payload);
  }

  /** What others have said about where they are, passed on by one of them; each has signed for itself. */
  async #presents(payload: Uint8Array): Promise<void> {
    const claims = await Promise.all(
      decodePresents(payload).map(async (bytes) => {
        const present = decodePresent(bytes);
        const id = idOf(present.memberId);
        const verifier = await this.#room.verifiers.get(id)?.catch(() => undefined);
        if (verifier === undefined || !this.#room.isMember(id)) {
          // It has been told of somebody that we shall hear of only now.
          this.#noMember.hold(id, { from: present.peerId, payload: bytes, at: this.#room.clock.now() });
        }
        const { roomId } = this.#room;
        const valid = verifier !== undefined && await verifyPresent(present, roomId, verifier);
        return { present, bytes, valid };
      }),
    );
    for (const { present, bytes, valid } of claims) {
      if (!valid || this.#disposed) continue;
      if (this.#room.isMember(idOf(present.memberId))) this.#room.present(present, bytes);
      else this.#room.outsider(present);
    }
  }

  async #side(from: number, payload: Uint8Array): Promise<void> {
    const chainId = readSideChainId(payload);
    const [known] = this.chains.all(chainId, this.#room.memberOf(from));
    if (known === undefined) return this.#room.askForChain(from, chainId);
    const place = { room: this.#room.roomId, member: bytesOf(known.author) };
    const side = decodeSide(await openSide(known.chain.sideKey, known.chain.chainId, place, payload));
    const verifier = await this.#room.verifiers.get(known.author);
    if (verifier === undefined || !(await verifySide(side, this.#room.roomId, verifier))) throw unsigned();
    if (this.#disposed) return;
    if (side.number <= (this.#sideNumbers.get(known.author) ?? 0)) {
      this.#room.rejected("replayed", this.#room.memberOf(from));
      return;
    }
    this.#sideNumbers.set(known.author, side.number);
    this.#room.heard(known.author, from);
    switch (side.kind) {
      case SideKind.have:
        return this.#room.have(known.author, decodeHave(side.payload));
      case SideKind.typing:
        return this.#room.typing(known.author, decodeTyping(side.payload));
      case SideKind.away:
        return this.#room.away(known.author, decodeAway(side.payload));
    }
  }

  async #statements(from: number, payload: Uint8Array): Promise<void> {
    const sender = payloadId(payload);
    if (!this.#room.isMember(idOf(sender))) return;
    const plaintext = await this.#openPrivate(sender, payload.slice(18));
    if (plaintext === undefined) return this.#room.staleKeys(idOf(sender), from);
    const packs = asArray(decodeCbor(plaintext, { maxBytes: 1_048_576, maxDepth: 2 }), 1, 1_024);
    for (const bytes of packs) await this.#passedOn(asBytes(bytes, { max: 524_288 }), idOf(sender));
  }

  /** A member's present keys, as we have sealed to ones that are gone; by then ours may be gone for it, too. */
  async #freshKeys(from: number, payload: Uint8Array): Promise<void> {
    const member = payloadId(payload);
    const id = idOf(member);
    const isMember = this.#room.isMember(id);
    if (!isMember && this.#room.verifiers.get(id) === undefined) return;
    const { foundHash, roomId: room } = this.#room;
    const bytes = await openFreshKeys(foundHash, { room, member }, payload);
    const fits = ({ author, body }: Statement): boolean => author === id && body.kind === "keys";
    if (isMember) return await this.#passedOn(bytes, id, fits);
    const { statement: { bundle } } = await this.#verified(bytes, fits);
    if (bundle !== null && !this.#disposed) this.#room.outsiderKeys(bundle, from);
  }

  /** A signed statement that did not come by its author's chain. */
  async #passedOn(
    bytes: Uint8Array,
    by: Id,
    fits: (statement: Statement) => boolean = () => true,
  ): Promise<void> {
    const { statement, pack } = await this.#verified(bytes, fits);
    if (!this.#disposed) this.#room.hearsay(statement, pack, by);
  }

  async #verified(
    bytes: Uint8Array,
    fits: (statement: Statement) => boolean,
  ): Promise<{ statement: Statement; pack: Pack }> {
    const pack = decodePack(bytes);
    const statements = await readStatements(pack);
    const statement = [...statements.values()][0] ?? null;
    if (statement === null || !fits(statement)) throw unsigned();
    if (statement.bundle !== null) this.#room.verifiers.learn(statement.bundle);
    if (!(await this.#room.verifiers.verify(pack, this.#room.roomId))) throw unsigned();
    return { statement, pack };
  }

  async #openPrivate(sender: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    for (const { keys, bundle } of this.#room.keys.all) {
      const context = { room: this.#room.roomId, sender, me: bytesOf(this.#room.me), purpose: "statements" };
      const opened = await openPrivate(keys, bundle.hash, context, concat(sealed)).catch(() => undefined);
      if (opened !== undefined) return opened;
    }
    return undefined;
  }
}

/** Reads and verifies the statements of a pack: at most one, as a statement is alone in its pack. */
export async function readStatements(pack: Pack): Promise<Map<string, Statement | null>> {
  const out = new Map<string, Statement | null>();
  const item = pack.contents[0];
  if (pack.contents.length === 1 && item !== undefined && item.content.kind >= 32 && item.content.kind < 48) {
    out.set(toHex(item.hash), await verifyStatement(idOf(pack.author), item));
  }
  return out;
}

function unsigned(): CryptoError {
  return new CryptoError("bad_signature", "Cannot accept a frame: its author did not sign it");
}
