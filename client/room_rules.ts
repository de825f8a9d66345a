/** What each statement does to the room, one after the other (SPEC §8). @module */
import type { Bundle } from "../crypto/bundle.ts";
import { toHex } from "../crypto/bytes.ts";
import type { Id } from "./ids.ts";
import { type Member, nickIsFree, type RoomState, type Statement } from "./room_state.ts";

/** A room being folded. */
export type Draft = Omit<RoomState, "members" | "cuts"> & { members: Map<Id, Member>; cuts: Map<Id, number> };

/** The room as FOUND makes it. */
export function startOf(found: Statement): Draft {
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
    timerMs: null,
    timerBy: found.author,
    unlisted: null,
    unlistedBy: found.author,
    doors: null,
    doorsBy: found.author,
    steward: found.author,
    cuts: new Map(),
  };
}

/** Applies one statement that is not void; gives the member that it removed, if it is a REMOVE that counts. */
export function apply(draft: Draft, statement: Statement): Id | null {
  const author = draft.members.get(statement.author);
  if (author === undefined) return null;
  if (statement.body.kind === "remove") {
    return remove(draft, author, statement.body.target) ? statement.body.target : null;
  }
  if (author.status === "in") change(draft, author, statement);
  return null;
}

/** Whether a REMOVE that is not void would count here; changes nothing. */
export function mayRemove(draft: Draft, { author, body }: Statement): boolean {
  const by = draft.members.get(author);
  return body.kind === "remove" && by !== undefined && removable(draft, by, body.target) !== undefined;
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
      if (draft.limit === null || countIn(draft) < draft.limit) author.expired = false;
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
      if (author.operator) govern(draft, author.id, { body, hash: statement.hash });
  }
}

/** What only operators may say. */
function govern(draft: Draft, by: Id, { body, hash }: Pick<Statement, "body" | "hash">): void {
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
    case "timer":
      draft.timerMs = body.ms;
      draft.timerBy = by;
      return;
    case "listed":
      if (body.listed) return; // listing is the deed of one client: SPEC §11.9
      draft.unlisted = hash;
      draft.unlistedBy = by;
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
 * otherwise somebody removed could undo that by dating a REMOVE of its own before it. For the same reason the
 * cut of somebody that has left counts: a LEAVE can be dated back too.
 */
function remove(draft: Draft, author: Member, target: Id): boolean {
  const member = removable(draft, author, target);
  if (member === undefined) return false;
  if (member.status !== "in") return true;
  member.status = "removed";
  member.removedBy = author.id;
  hand(draft, member, author.status === "in" ? author.id : null);
  return true;
}

/** Whom a REMOVE would remove, if it counts. */
function removable(draft: Draft, author: Member, target: Id): Member | undefined {
  if (!author.operator || author.status === "left") return undefined;
  const member = draft.members.get(target);
  return member === author ? undefined : member;
}

function renew(member: Member, bundle: Bundle | null): void {
  if (bundle === null || toHex(bundle.memberId) !== member.id) return;
  if (bundle.keyNumber > member.bundle.keyNumber) member.bundle = bundle;
}

/** Passes on what `gone` held: the right to sponsor in a limited room, and the last operator's role. */
export function hand(draft: Draft, gone: Member, successor: Id | null): void {
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
