/** What a room is at one moment, as its statements make it. Made by `fold_room.ts`. @module */
import type { Bundle } from "../crypto/bundle.ts";
import { nicknameSkeleton } from "../crypto/nickname.ts";
import type { StatementBody } from "./bodies.ts";
import type { Id } from "./ids.ts";

/** A statement whose signature and, where it carries one, whose bundle have been verified. */
export interface Statement {
  author: Id;
  number: number;
  lamport: number;
  /** Hash of the content, hexadecimal. */
  hash: string;
  body: StatementBody;
  /** The bundle in the body of FOUND, ADD, KEYS and RETURN. */
  bundle: Bundle | null;
}

/** What is known of somebody who is or was a member. */
export interface Member {
  id: Id;
  bundle: Bundle;
  nick: string;
  operator: boolean;
  status: "in" | "left" | "removed";
  /** Away for longer than the away time: new chains are not sent to it until it returns. */
  expired: boolean;
  addedBy: Id;
  /** Hashes of the statements that made it a member; FOUND for the founder. */
  addHashes: string[];
  /** Position of the first of them, for telling who came first. */
  order: number;
  removedBy: Id | null;
}

/** A room at one moment. */
export interface RoomState {
  founder: Id;
  members: ReadonlyMap<Id, Member>;
  locked: boolean;
  lockedBy: Id;
  limit: number | null;
  limitBy: Id;
  topic: string;
  topicBy: Id;
  /** After how many milliseconds what is said disappears; `null` when it does not. */
  timerMs: number | null;
  timerBy: Id;
  /** The last word of an operator that the room is not to be listed: its hash; `null` while there is none. */
  unlisted: string | null;
  unlistedBy: Id;
  /** Commitments to the doors that are open, hexadecimal; `null` before the first DOOR. */
  doors: ReadonlySet<string> | null;
  doorsBy: Id;
  /** Who alone may sponsor while the room is limited: the founder or its successor. */
  steward: Id;
  /** Last number that counts of each removed member. */
  cuts: ReadonlyMap<Id, number>;
}

/** Members that are in the room, expired ones included, in the order in which they came. */
export function present(state: RoomState): Member[] {
  return [...state.members.values()].filter((member) => member.status === "in").sort((a, b) =>
    a.order - b.order
  );
}

/** The name to show for a member: of two that look alike, the later one carries part of its id. */
export function displayName(state: RoomState, id: Id): string {
  const member = state.members.get(id);
  if (member === undefined) return `?~${id.slice(0, 4)}`;
  const skeleton = skeletonOf(member);
  for (const other of state.members.values()) {
    if (
      other.id !== id && other.order < member.order && other.status === "in" &&
      skeletonOf(other) === skeleton
    ) {
      return `${member.nick}~${id.slice(0, 4)}`;
    }
  }
  return member.nick;
}

/** Whether a nickname is free to take: nobody in the room has one that looks like it. */
export function nickIsFree(state: RoomState, nick: string, except?: Id): boolean {
  const skeleton = nicknameSkeleton(nick);
  return !present(state).some((m) => m.id !== except && skeletonOf(m) === skeleton);
}

const skeletons = new WeakMap<Bundle, { nick: string; skeleton: string }>();

/** A member's {@linkcode nicknameSkeleton}, remembered with its bundle: a large room asks for all of them at each change. */
export function skeletonOf({ bundle, nick }: Member): string {
  const known = skeletons.get(bundle);
  if (known?.nick === nick) return known.skeleton;
  const skeleton = nicknameSkeleton(nick);
  skeletons.set(bundle, { nick, skeleton });
  return skeleton;
}
