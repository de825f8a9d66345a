/**
 * The room as a pure function of its accepted statements (SPEC §8), whatever order they came in.
 *
 * Statements are folded in the order (Lamport time, author, number), which is the same everywhere. A REMOVE
 * names the last number of its target that counts. Whenever one takes effect the fold starts again with
 * that cut known, so that what the target said above it, its ADDs included, never happened. The only thing
 * that survives a cut is the removal of the remover itself: two operators that remove each other are both out.
 *
 * @module
 */
import type { Bundle } from "../crypto/bundle.ts";
import { nicknameSkeleton } from "../crypto/nickname.ts";
import { toHex } from "../crypto/bytes.ts";
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
  /** Commitments to the doors that are open, hexadecimal; `null` before the first DOOR. */
  doors: ReadonlySet<string> | null;
  doorsBy: Id;
  /** Who alone may sponsor while the room is limited: the founder or its successor. */
  steward: Id;
  /** Last number that counts of each removed member. */
  cuts: ReadonlyMap<Id, number>;
}

type Draft = Omit<RoomState, "members" | "cuts"> & { members: Map<Id, Member>; cuts: Map<Id, number> };

interface Cut {
  number: number;
  removers: Set<Id>;
}

/** Folds the statements of a room. `found` is its FOUND; the other statements may come in any order. */
export function foldRoom(found: Statement, statements: Iterable<Statement>): RoomState {
  const sorted = [...statements].filter((s) => s.hash !== found.hash).sort(compareStatements);
  const cuts = new Map<Id, Cut>();
  const effective = new Set<string>();
  for (;;) {
    const draft = start(found);
    let restart = false;
    for (const statement of sorted) {
      if (isVoid(statement, cuts.get(statement.author))) continue;
      const removed = apply(draft, statement);
      if (removed === null || effective.has(statement.hash)) continue;
      effective.add(statement.hash);
      addCut(cuts, removed, statement);
      restart = true;
      break;
    }
    if (restart) continue;
    for (const [id, cut] of cuts) draft.cuts.set(id, cut.number);
    return draft;
  }
}

/** The order in which statements are folded. */
export function compareStatements(a: Statement, b: Statement): number {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport;
  if (a.author !== b.author) return a.author < b.author ? -1 : 1;
  return a.number - b.number || (a.hash < b.hash ? -1 : 1);
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
  const skeleton = nicknameSkeleton(member.nick);
  for (const other of state.members.values()) {
    if (
      other.id !== id && other.order < member.order && other.status === "in" &&
      nicknameSkeleton(other.nick) === skeleton
    ) {
      return `${member.nick}~${id.slice(0, 4)}`;
    }
  }
  return member.nick;
}

/** Whether a nickname is free to take: nobody in the room has one that looks like it. */
export function nickIsFree(state: RoomState, nick: string, except?: Id): boolean {
  const skeleton = nicknameSkeleton(nick);
  return !present(state).some((m) => m.id !== except && nicknameSkeleton(m.nick) === skeleton);
}

function start(found: Statement): Draft {
  const bundle = found.bundle;
  if (found.body.kind !== "found" || bundle === null) {
    throw new TypeError("Cannot fold a room: it has no FOUND");
  }
  const founder: Member = {
    id: found.author,
    bundle,
    nick: bundle.nickname,
    operator: true,
    status: "in",
    expired: false,
    addedBy: found.author,
    addHashes: [found.hash],
    order: 0,
    removedBy: null,
  };
  return {
    founder: found.author,
    members: new Map([[found.author, founder]]),
    locked: false,
    lockedBy: found.author,
    limit: found.body.limit,
    limitBy: found.author,
    topic: found.body.topic,
    topicBy: found.author,
    doors: null,
    doorsBy: found.author,
    steward: found.author,
    cuts: new Map(),
  };
}

function isVoid(statement: Statement, cut: Cut | undefined): boolean {
  if (cut === undefined || statement.number <= cut.number) return false;
  return !(statement.body.kind === "remove" && cut.removers.has(statement.body.target));
}

function addCut(cuts: Map<Id, Cut>, target: Id, statement: Statement): void {
  const number = statement.body.kind === "remove" ? statement.body.cut : 0;
  const known = cuts.get(target);
  if (known === undefined) cuts.set(target, { number, removers: new Set([statement.author]) });
  else {
    known.number = Math.min(known.number, number);
    known.removers.add(statement.author);
  }
}

/** Applies one statement that is not void; gives the member that it removed, if it is a REMOVE that counts. */
function apply(draft: Draft, statement: Statement): Id | null {
  const author = draft.members.get(statement.author);
  if (author === undefined) return null;
  if (statement.body.kind === "remove") {
    return remove(draft, author, statement.body.target) ? statement.body.target : null;
  }
  if (author.status === "in") change(draft, author, statement);
  return null;
}

function change(draft: Draft, author: Member, statement: Statement): void {
  const body = statement.body;
  switch (body.kind) {
    case "found":
    case "remove":
      return;
    case "add":
      return add(draft, author, statement);
    case "leave":
      author.status = "left";
      return hand(draft, author, body.successor);
    case "keys":
      return renew(author, statement.bundle);
    case "return":
      renew(author, statement.bundle);
      author.expired = false;
      return;
    case "nick":
      if (nickIsFree(draft, body.nick, author.id)) author.nick = body.nick;
      return;
    case "expire": {
      const target = draft.members.get(body.target);
      if (target?.status === "in" && target !== author) target.expired = true;
      return;
    }
    default:
      if (author.operator) govern(draft, author.id, body);
  }
}

/** What only operators may say. */
function govern(draft: Draft, by: Id, body: StatementBody): void {
  switch (body.kind) {
    case "role": {
      const target = draft.members.get(body.target);
      if (target?.status !== "in") return;
      target.operator = body.operator;
      return ensureOperator(draft, null);
    }
    case "lock":
      draft.locked = body.locked;
      draft.lockedBy = by;
      return;
    case "limit":
      draft.limit = body.limit;
      draft.limitBy = by;
      return;
    case "topic":
      draft.topic = body.topic;
      draft.topicBy = by;
      return;
    case "door":
      draft.doors = new Set(body.commitments.map(toHex));
      draft.doorsBy = by;
      return;
  }
}

function add(draft: Draft, author: Member, statement: Statement): void {
  const bundle = statement.bundle;
  if (bundle === null) return;
  const id = toHex(bundle.memberId);
  const known = draft.members.get(id);
  if (known !== undefined) {
    if (known.status === "in" && !known.addHashes.includes(statement.hash)) {
      known.addHashes.push(statement.hash);
    }
    return;
  }
  if (draft.locked) return;
  if (draft.limit !== null) {
    if (author.id !== draft.steward) return;
    if (countIn(draft) >= draft.limit) return;
  }
  draft.members.set(id, {
    id,
    bundle,
    nick: bundle.nickname,
    operator: false,
    status: "in",
    expired: false,
    addedBy: author.id,
    addHashes: [statement.hash],
    order: draft.members.size,
    removedBy: null,
  });
}

/**
 * A removed operator's REMOVE counts when it is not above its cut, wherever it falls in the order:
 * otherwise somebody removed could undo that by dating a REMOVE of its own before it.
 */
function remove(draft: Draft, author: Member, target: Id): boolean {
  if (!author.operator || author.status === "left") return false;
  const member = draft.members.get(target);
  if (member === undefined || member === author || member.status === "left") return false;
  if (member.status === "removed") return true;
  member.status = "removed";
  member.removedBy = author.id;
  hand(draft, member, author.status === "in" ? author.id : null);
  return true;
}

function renew(member: Member, bundle: Bundle | null): void {
  if (bundle === null || toHex(bundle.memberId) !== member.id) return;
  if (bundle.keyNumber > member.bundle.keyNumber) member.bundle = bundle;
}

/** Passes on what `gone` held: the right to sponsor in a limited room, and the last operator's role. */
function hand(draft: Draft, gone: Member, successor: Id | null): void {
  const heir = successor === null ? undefined : draft.members.get(successor);
  ensureOperator(draft, heir?.status === "in" ? heir : null);
  if (draft.steward !== gone.id) return;
  const next = heir?.status === "in" ? heir : first(draft, (m) => m.operator);
  if (next !== undefined) draft.steward = next.id;
}

/** A room with members always has an operator: the named successor, else who has been there longest. */
function ensureOperator(draft: Draft, heir: Member | null): void {
  if (first(draft, (m) => m.operator) !== undefined) return;
  const next = heir ?? first(draft, () => true);
  if (next !== undefined) next.operator = true;
}

function first(draft: Draft, test: (member: Member) => boolean): Member | undefined {
  let found: Member | undefined;
  for (const member of draft.members.values()) {
    if (member.status === "in" && test(member) && (found === undefined || member.order < found.order)) {
      found = member;
    }
  }
  return found;
}

function countIn(draft: Draft): number {
  let count = 0;
  for (const member of draft.members.values()) if (member.status === "in" && !member.expired) count++;
  return count;
}
