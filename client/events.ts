/**
 * Everything a session tells its user. JSON mode prints these as they are, with `type` named `event`;
 * DESIGN names that other software relies on: `invite joined member_joined member_left message sent
 * delivered connection notice error safety`.
 *
 * Ids are lower-case hexadecimal: a member id is 32 digits, a message id is `<member id>-<number>`.
 *
 * @module
 */

import type { FileState } from "./file_getting.ts";
import type { FileReadingState } from "./file_reading.ts";
import type { FileInfo } from "./file_info.ts";

/** A member as others see it. */
export interface MemberRef {
  /** Member id, 32 hexadecimal digits. */
  id: string;
  /** The name to show; of two members with look-alike names the later one carries `~` and four digits of its id. */
  nick: string;
}

/** A member with what is known of it. */
export interface MemberView extends MemberRef {
  /** Operators may kick, lock, turn doors and make operators. */
  operator: boolean;
  /** False until this member itself has shown that it knows us. */
  confirmed: boolean;
  /** Whether the relay says that it is connected. */
  online: boolean;
  /** Whether the user has compared safety words with it and said so. */
  verified: boolean;
}

/** How a message was said. */
export type MessageKind = "text" | "action" | "reply" | "private" | "file";

/** Why a member is no longer there. */
export type LeaveReason = "left" | "kicked" | "expired" | "void";

/** Why a session ended, and the exit status that goes with it. */
export interface Ending {
  /** 0 left in order; 1 refused or put out; 3 relay not reachable or lost for good. */
  status: 0 | 1 | 3;
  /** Stable reason, such as `left`, `kicked`, `wrong_code`, `room_full`, `connection_lost`. */
  code: string;
  /** A sentence for a person. */
  message: string;
}

/** One thing that happened. */
export type SessionEvent =
  | { type: "connection"; state: "connecting" | "closed" }
  | {
    type: "connection";
    state: "online";
    /** Set when a session that had lost its connection is in its room again. */
    back?: true;
  }
  | {
    type: "connection";
    state: "reconnecting";
    /** Why there is no connection. */
    reason: string;
    /** The try that comes next, from 1. */
    attempt: number;
    /** How long until then, in milliseconds. */
    retryMs: number;
    /** Own messages that wait for it. */
    unsent: number;
  }
  | {
    type: "invite";
    invite: string;
    code: string | null;
    name: string | null;
    /** Whether the name takes a password, where that is known here. */
    password?: boolean;
  }
  | { type: "joined"; room: string; me: MemberRef; members: MemberView[]; founded: boolean; topic: string }
  | {
    type: "member_joined";
    id: string;
    nick: string;
    by: string;
    /** Whether it counts as confirmed at once: whoever let it in does. */
    confirmed?: boolean;
    operator?: boolean;
  }
  | { type: "member_left"; id: string; nick: string; reason: LeaveReason; by: string | null }
  | { type: "member_away"; id: string; nick: string }
  | { type: "member_back"; id: string; nick: string }
  | { type: "member_confirmed"; id: string; nick: string }
  | { type: "member_unconfirmed"; id: string; nick: string }
  | { type: "nick"; id: string; nick: string; old: string }
  | { type: "role"; id: string; nick: string; operator: boolean; by: string }
  | { type: "lock"; locked: boolean; by: string }
  | { type: "limit"; limit: number | null; by: string }
  | { type: "topic"; topic: string; by: string }
  | {
    type: "expire";
    /** After how long what is said from now on disappears, in milliseconds; `null`: not at all. */
    ms: number | null;
    by: string;
  }
  | { type: "doors_turned"; by: string }
  | {
    type: "knock_failed";
    door: "invite" | "spoken" | "named";
    /** Guesses at this door so far that were wrong or never proven. */
    count: number;
    by: string;
    /** Whether a wrong code was shown, or none before the time was up. */
    proof: "wrong" | "missing";
  }
  | {
    type: "message";
    id: string;
    from: MemberRef;
    kind: MessageKind;
    text: string;
    /** When it was shown here, ISO 8601. */
    time: string;
    /** The message that this one answers. */
    replyTo: string | null;
    /** For a private message: the one it is for. */
    to: MemberRef | null;
    /** True when something said before it has not arrived. */
    gap: boolean;
    /** How long it stays, in milliseconds from now; without it, as long as the session. */
    expireMs?: number;
    /** The file that it offers; `text` is its name. */
    file?: FileInfo;
  }
  | ({
    type: "file_reading"; // a file of ours that takes its time to be read before it is offered; ref is that of the command
    ref: string | number | null;
    name: string;
    size: number;
  } & FileReadingState)
  | {
    type: "offered"; // one's own file is offered from now on, under the id by which `sent` and `delivered` tell of it
    id: string;
    file: FileInfo;
    to: MemberRef | null;
    ref: string | number | null;
  }
  | ({
    type: "file"; // how a file gets on that we fetch, or that a file of ours is offered no more
    /** The message that offers it. */
    id: string;
    name: string;
    size: number;
  } & FileState)
  | { type: "file_taken"; id: string; name: string; to: MemberRef } // somebody has the whole of a file that we offer
  | { type: "edited"; id: string; from: MemberRef; text: string }
  | { type: "deleted"; id: string; from: MemberRef }
  | { type: "reaction"; id: string; from: MemberRef; emoji: string }
  | { type: "expired"; ids: string[] } // these, one's own among them, have disappeared: forget them
  | { type: "typing"; id: string; nick: string; on: boolean }
  | {
    type: "presence"; // what members say of themselves, one's own word included; `member_away` is the connection
    id: string;
    nick: string;
    away: boolean;
    text: string;
  }
  | {
    type: "privacy";
    /** Whether it is sent and shown that somebody types. */
    typing: boolean;
    /** Whether it is sent and shown that somebody is away. */
    presence: boolean;
    /** Always true: without it nothing that was lost could be asked for. */
    receipts: true;
  }
  | { type: "pending"; ref: string | number | null } // said while there is no connection: it goes out on return
  | { type: "sent"; id: string; ref: string | number | null }
  | { type: "delivered"; id: string; to: string }
  | { type: "lost"; id: string; nick: string; count: number }
  | { type: "equivocation"; id: string; nick: string; number: number }
  | { type: "split_view"; id: string; nick: string; witness: string }
  | { type: "members"; members: MemberView[] }
  | { type: "safety"; member: string | null; nick: string | null; words: string }
  | { type: "notice"; code: string; message: string }
  | { type: "error"; code: string; message: string }
  | ({ type: "ended" } & Ending);
