/** What a link and the session that holds it tell each other. @module */
import type { Bytes } from "../crypto/bytes.ts";
import type { PeerOutReason, RelayFrame } from "../wire/frame.ts";
import type { Deliver, Joined, WayBack } from "./coming_back.ts";
import type { ClientError } from "./errors.ts";

/** What a link tells the one that holds it. */
export interface LinkEvents {
  /** Something from another peer. */
  deliver(frame: Deliver): void;
  /** A member's connection appeared. */
  peerIn(peerId: number): void;
  /** A member's connection is gone. */
  peerOut(peerId: number, reason: PeerOutReason): void;
  /** The relay took everything sent up to this ticket. */
  acked(ticket: number): void;
  /** The relay now counts us among the members. */
  admitted(): void;
  /** The relay says to slow down: nothing is lost, it is sent again after `ms`. */
  paused(ms: number): void;
  /** The relay says something to everybody; the code is one of `ErrorCode`. */
  told?(code: number, sentence: string): void;
  /** The link is gone, for the reason in the error. */
  closed(error: ClientError): void;
}

/** Tells of others in the room and of the relay. */
export function tellOthers(events: LinkEvents, frame: RelayFrame): void {
  if (frame.type === "peer_in") events.peerIn(frame.peerId);
  else if (frame.type === "peer_out") events.peerOut(frame.peerId, frame.reason);
  else if (frame.type === "admitted") events.admitted();
  else if (frame.type === "tell") events.told?.(frame.code, frame.sentence);
}

/** A return as the session sees it. */
export interface Back {
  joined: Joined;
  /**
   * Our word on a new place, which everybody is sent; `null` when the place at the relay is the old one, so that
   * connections have kept their numbers.
   */
  present: Bytes | null;
  /** Tickets of tables that were not taken and that the new place cannot send. */
  dropped: number[];
}

/** How lost connections are to come back. */
export interface Keeping extends WayBack {
  /** After how long it is given up, in milliseconds. */
  giveUpMs: number;
  /** How long a connection must last to be one, in milliseconds. */
  steadyMs: number;
  /** There is no connection: the next try comes in `retryMs`. */
  waiting(info: { reason: string; attempt: number; retryMs: number }): void;
  /** We are in the room again; what was missed follows. */
  back(back: Back): void;
}

/** Bounds of a link. */
export const LINK_LIMITS = {
  /** Most bytes that wait for an acknowledgement or for the pace. */
  maxUnackedBytes: 64 * 1_048_576,
  /** Somebody else takes our place a second time within this time, in milliseconds: it is left to them. */
  duelMs: 60_000,
} as const;
