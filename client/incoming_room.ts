/** What the reading of frames needs of the room, and what it tells it. @module */
import type { Bundle } from "../crypto/bundle.ts";
import type { Pack } from "../crypto/pack.ts";
import type { Present } from "../crypto/present.ts";
import type { Head } from "./delivery.ts";
import type { Id } from "./ids.ts";
import type { KeyRing } from "./key_ring.ts";
import type { Clock } from "./options.ts";
import type { Statement } from "./room_state.ts";
import type { AwayWord, Have } from "./side.ts";
import type { VerifierCache } from "./verifier_cache.ts";

/** Where an author stood when it gave us a chain. */
export interface Standing {
  head: Head;
  /** It is not the first chain that we were given, so that all up to `head` was for us, whatever has arrived. */
  follows: boolean;
}

/** What the reading of frames needs of the room. */
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
  /** Whether a `present` says more than is known, if it is true. */
  isPresentNews(present: Present): boolean;
  /** A member has shown where it is connected, itself or by a word that another has passed on. */
  present(present: Present, payload: Uint8Array, how: { passedOn: boolean }): void;
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
  /** A statement that `by`, as it says itself, passed on over the connection `from`. */
  hearsay(statement: Statement, pack: Pack, by: Id, from: number): void;
  have(from: Id, have: Have): void;
  typing(from: Id, on: boolean): void;
  away(from: Id, word: AwayWord): void;
  /** Somebody cannot read our chain. */
  noChain(from: number, chainId: string): void;
  /** Something of a join exchange, for the sponsor. */
  knock(from: number, payload: Uint8Array): Promise<void>;
  /** The answer of a member that we asked to let us in, when another one's was quicker. */
  lateAnswer(from: number, payload: Uint8Array): void;
  /** A frame of a chain that nobody gave us yet: ask `from` for it. */
  askForChain(from: number, chainId: Uint8Array): void;
  /** A frame did not pass. */
  rejected(reason: "replayed" | "tampered" | "malformed" | "overflow", author: Id | undefined): void;
}
