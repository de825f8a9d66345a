/** What the order of contents tells, and what it asks (SPEC §9). @module */
import type { Pack, PackedContent } from "../crypto/pack.ts";
import type { Id } from "./ids.ts";

/** A content whose turn has come. */
export interface Delivered {
  author: Id;
  item: PackedContent;
  pack: Pack;
  /** True when something that it follows or depends on has not arrived. */
  gap: boolean;
}

/** What the delivery of contents tells. */
export interface DeliveryEvents {
  /** A content's turn has come. */
  deliver(delivered: Delivered): void;
  /** A content has come that counts for nobody. */
  voided(item: PackedContent): void;
  /** `count` contents of `author` are given up for lost. */
  lost(author: Id, count: number): void;
  /** `author` said two different things under `number`. */
  equivocation(author: Id, number: number): void;
  /** Whether what `author` says from `number` on is void, so that nothing needs to wait for it. */
  isVoid(author: Id, number: number): boolean;
  /** Whether what is missing of `author` has been asked for and may still come. */
  mayCome(author: Id): boolean;
  /** For how long what is missing of `author` up to `to` may come of members that are away; 0 if of none. */
  awaited(author: Id, to?: number): number;
  /** `count` contents of `author` have been passed over, and are waited for as somebody who is away may have them. */
  awaiting(author: Id, count: number): void;
  /** Whether the author is a member that is not connected, so that it may bring itself what is missing of it. */
  isAway(author: Id): boolean;
  /** Whether the author has been a member here and is none any more. */
  isGone(author: Id): boolean;
  /** Whether the author has been away for too long, and is not back. */
  isExpired(author: Id): boolean;
  /** Whether this content of `author` shows that it knew of us. */
  knewUs(author: Id, item: PackedContent): boolean;
  /** For how long the oldest of what has come has been lying here unread, in milliseconds. */
  unreadMs(): number;
  /** Something is missing: it may be asked for. */
  missing(): void;
}
