/**
 * Everything that arrives from other peers (SPEC §4), in the order in which each peer sent it.
 *
 * Whatever comes in is hostile until it has been opened and its author's signature verified. A frame that
 * fails changes nothing; it is counted, and now and then said.
 *
 * @module
 */
import { toHex } from "../crypto/bytes.ts";
import { openDistribution, parseDistribution } from "../crypto/distribution.ts";
import { CryptoError } from "../crypto/errors.ts";
import { decodePack, type Pack } from "../crypto/pack.ts";
import { openFrame, readSealedHeader } from "../crypto/seal.ts";
import { openSide, readSideChainId } from "../crypto/side_seal.ts";
import { FrameBuffer } from "./buffer.ts";
import { type ChainIn, ChainsIn } from "./chains_in.ts";
import { bytesOf, type Id, idOf } from "./ids.ts";
import { IncomingPresents } from "./incoming_presents.ts";
import type { IncomingRoom } from "./incoming_room.ts";
import { IncomingStatements, readStatements } from "./incoming_statements.ts";
import type { Deliver } from "./link.ts";
import { payloadId, PayloadKind, payloadKind } from "./payload.ts";
import { unsigned } from "./refusals.ts";
import { decodeAway, decodeHave, decodeSide, decodeTyping, SideKind, verifySide } from "./side.ts";

export type { IncomingRoom, Standing } from "./incoming_room.ts";

/** Most bytes of one peer that wait for their turn. */
export const MAX_PEER_BYTES: number = 8 * 1_048_576;

/** Most that waits of all peers together, whose ids the relay alone gives out. */
export const MAX_WAITING = { frames: 65_536, bytes: 64 * 1_048_576 } as const;

/** Nobody turns its keys so often that more chains of it than these are waited for at a time. */
export const MANY_CHAINS = 8;

interface Queue {
  frames: number;
  bytes: number;
  tail: Promise<void>;
}

/** Reads what peers send. */
export class Incoming {
  readonly chains: ChainsIn = new ChainsIn();
  readonly #room: IncomingRoom;
  readonly #queues = new Map<number, Queue>();
  readonly #waiting = { frames: 0, bytes: 0 };
  /** When each of those came that wait for their turn or are being read, the oldest first. */
  readonly #unread = new Set<{ at: number }>();
  readonly #noChain = new FrameBuffer();
  readonly #noMember = new FrameBuffer();
  readonly #presents: IncomingPresents;
  readonly #statements: IncomingStatements;
  readonly #sideNumbers = new Map<Id, number>();
  #disposed = false;

  /** Reads for `room`. */
  constructor(room: IncomingRoom) {
    this.#room = room;
    const isOver = (): boolean => this.#disposed;
    this.#presents = new IncomingPresents(room, { noMember: this.#noMember, isOver });
    this.#statements = new IncomingStatements(room, isOver);
  }

  /** Takes a frame; those of one peer are read one after the other. */
  receive({ from, payload }: Pick<Deliver, "from" | "payload">): void {
    if (this.#disposed) return;
    const queue = this.#queues.get(from) ?? { frames: 0, bytes: 0, tail: Promise.resolve() };
    const waiting = this.#waiting;
    const full = waiting.frames >= MAX_WAITING.frames || waiting.bytes + payload.length > MAX_WAITING.bytes;
    if (full || queue.bytes + payload.length > MAX_PEER_BYTES) {
      this.#room.rejected("overflow", this.#room.memberOf(from));
      return;
    }
    waiting.frames++;
    waiting.bytes += payload.length;
    queue.frames++;
    queue.bytes += payload.length;
    this.#queues.set(from, queue);
    const arrival = { at: this.#room.clock.now() };
    this.#unread.add(arrival);
    queue.tail = queue.tail.then(() => this.#read(from, payload)).then(() => {
      this.#unread.delete(arrival);
      waiting.frames--;
      waiting.bytes -= payload.length;
      queue.bytes -= payload.length;
      if (--queue.frames === 0) this.#queues.delete(from);
    });
  }

  /** Resolves when all that has arrived until now has been read. */
  async settled(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ tail }) => tail));
  }

  /** For how long the oldest of what has come has been lying here unread, in milliseconds. */
  get unreadMs(): number {
    for (const { at } of this.#unread) return Math.max(0, this.#room.clock.now() - at);
    return 0;
  }

  /** Resolves when all that has come over this connection until now has been read; `null` where nothing is left. */
  unreadOf(peerId: number): Promise<void> | null {
    return this.#queues.get(peerId)?.tail ?? null;
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
        return this.#presents.present(from, payload);
      case PayloadKind.comingBack:
        return this.#presents.present(from, payload.subarray(2), { returning: true });
      case PayloadKind.presents:
        return this.#presents.presents(from, payload);
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
        return this.#statements.passedOn(from, payload);
      case PayloadKind.freshKeys:
        return this.#statements.freshKeys(from, payload);
      case PayloadKind.noChain:
        return this.#room.noChain(from, toHex(payloadId(payload)));
      case PayloadKind.answer:
        return this.#room.lateAnswer(from, payload);
      case PayloadKind.knock:
      case PayloadKind.prove:
      case PayloadKind.withdraw:
      case PayloadKind.failed:
        return this.#room.knock(from, payload);
    }
  }

  async #sealed(from: number, payload: Uint8Array): Promise<void> {
    const { chainId } = readSealedHeader(payload);
    const sender = this.#room.memberOf(from);
    const known = this.chains.all(chainId, sender);
    let failure: unknown;
    let whose: Id | undefined;
    for (const chain of known) {
      try {
        return await this.#open(chain, from, payload);
      } catch (error) {
        if (failure !== undefined) continue;
        failure = error;
        whose = chain.author;
      }
    }
    // Another's chain of the same id says nothing about the sender's own, which may still come.
    if (!known.some(({ author }) => author === sender)) this.#holdForChain(from, chainId, payload);
    // Whose chain it is says who is repeated, also when the connection over which it came is gone by now.
    if (isReplay(failure)) return this.#room.rejected("replayed", whose);
    if (failure !== undefined) throw failure;
  }

  #holdForChain(from: number, chainId: Uint8Array, payload: Uint8Array): void {
    const key = toHex(chainId);
    const first = !this.#noChain.has(key);
    const held = this.#noChain.hold(key, { from, payload, at: this.#room.clock.now() });
    if (!first) return;
    if (held) this.#room.askForChain(from, chainId);
    // More under the few chains that we may wait for will be missing when these have come, and is asked for then.
    else if (this.#noChain.keysOf(from) > MANY_CHAINS) {
      this.#room.rejected("overflow", this.#room.memberOf(from));
    }
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
    // Both in one turn: whoever became a member in between would be waited for, and has been waited for already.
    const known = verifiers.get(author);
    if (known === undefined || !this.#room.isMember(author)) {
      this.#noMember.hold(author, { from, payload, at: this.#room.clock.now() });
      return;
    }
    const verifier = await known;
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
      this.#room.rejected("replayed", known.author);
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
}

function isReplay(error: unknown): boolean {
  return error instanceof CryptoError && error.code === "replayed";
}
