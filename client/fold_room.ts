/**
 * The room as a pure function of its accepted statements (SPEC §8), whatever order they came in.
 *
 * Statements are folded in the order (Lamport time, author, number), which is the same everywhere; one whose
 * Lamport time does not rise with its author's numbers is void. A REMOVE names the last number of its target
 * that counts. The cuts are looked for that follow from themselves: a fold under them finds just them again.
 * Each REMOVE is judged as if its own cut held, so that its target cannot undo it by dating something back.
 * So what a removed member said above its cut, its ADDs and REMOVEs included, never happened. The only thing
 * that survives a cut is the removal of the remover itself: two operators that remove each other are both out.
 * A cut so deep that its author would not be an operator under it is no cut: nobody voids its own authority.
 * Where removals void each other in a circle, all of them count.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import { apply, type Draft, hand, mayRemove, startOf } from "./room_rules.ts";
import type { RoomState, Statement } from "./room_state.ts";

/** Most REMOVEs of one author that count, its first: each costs a pass over all statements. */
export const MAX_REMOVES = 256;

interface Cut {
  number: number;
  removers: Set<Id>;
}

type Cuts = Map<Id, Cut>;
type Removes = Set<Statement>;

/** Folds the statements of a room. `found` is its FOUND; the other statements may come in any order. */
export function foldRoom(found: Statement, statements: Iterable<Statement>): RoomState {
  const sorted = inOrder(found, statements);
  let settled: Removes = new Set();
  let counted: Removes = new Set();
  const seen = new Map<string, Removes>();
  for (;;) {
    const next = new Set([...settled, ...follow(found, sorted, counted)]);
    const key = keyOf(next);
    if (key === keyOf(counted)) return finish(foldUnder(found, sorted, counted).draft, cutsOf(counted));
    if (seen.has(key)) {
      settled = new Set([...settled, ...[...seen.values()].flatMap((removes) => [...removes])]);
      seen.clear();
      counted = settled;
    } else {
      seen.set(key, next);
      counted = next;
    }
  }
}

/** The order in which statements are folded. */
export function compareStatements(a: Statement, b: Statement): number {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport;
  if (a.author !== b.author) return a.author < b.author ? -1 : 1;
  return a.number - b.number || (a.hash < b.hash ? -1 : 1);
}

/** In order, without those that are dated before something that their author had said earlier. */
function inOrder(found: Statement, statements: Iterable<Statement>): Statement[] {
  const last = new Map<Id, number>([[found.author, found.lamport]]);
  const removes = new Map<Id, number>();
  return [...statements]
    .filter((s) => s.hash !== found.hash)
    .sort((a, b) => a.number - b.number || compareStatements(a, b))
    .filter(({ author, lamport, body }) => {
      if (lamport <= (last.get(author) ?? 0)) return false;
      last.set(author, lamport);
      if (body.kind !== "remove") return true;
      const count = (removes.get(author) ?? 0) + 1;
      removes.set(author, count);
      return count <= MAX_REMOVES;
    })
    .sort(compareStatements);
}

/**
 * The REMOVEs that count when `counted` do: each judged with its own cut in force besides theirs. That cut changes
 * nothing before the REMOVE itself unless its target has said something above it by then, so that one pass judges
 * all of them but these.
 */
function follow(found: Statement, sorted: readonly Statement[], counted: Removes): Removes {
  const next: Removes = new Set();
  const cuts = cutsOf(counted);
  const highest = new Map<Id, number>(); // number that each author has come to
  const draft = startOf(found);
  for (const statement of sorted) {
    const { author, number, body } = statement;
    if (body.kind === "remove" && !counted.has(statement)) {
      const cut = Math.min(body.cut, cuts.get(body.target)?.number ?? Infinity);
      if ((highest.get(body.target) ?? 0) > cut) {
        const own = new Set([...counted, statement]);
        if (foldUnder(found, sorted, own).removals.has(statement)) next.add(statement);
      } else if (!isVoid(statement, cuts.get(author)) && mayRemove(draft, statement)) next.add(statement);
    } else if (!isVoid(statement, cuts.get(author)) && apply(draft, statement) !== null) next.add(statement);
    highest.set(author, Math.max(highest.get(author) ?? 0, number));
  }
  return next;
}

/** One pass in which only `counted` REMOVEs are heard; gives those of them that take effect. */
function foldUnder(
  found: Statement,
  sorted: readonly Statement[],
  counted: Removes,
): { draft: Draft; removals: Removes } {
  const draft = startOf(found);
  const cuts = cutsOf(counted);
  const removals: Removes = new Set();
  for (const statement of sorted) {
    if (statement.body.kind === "remove" && !counted.has(statement)) continue;
    if (isVoid(statement, cuts.get(statement.author))) continue;
    if (apply(draft, statement) !== null) removals.add(statement);
  }
  return { draft, removals };
}

/** Whoever has a cut is out, also where the removal itself went down with others in a circle. */
function finish(draft: Draft, cuts: Cuts): RoomState {
  for (const [id, cut] of cuts) {
    draft.cuts.set(id, cut.number);
    const member = draft.members.get(id);
    if (member?.status !== "in") continue;
    member.status = "removed";
    member.removedBy = [...cut.removers].sort()[0] ?? null;
    hand(draft, member, null);
  }
  return draft;
}

function keyOf(removes: Removes): string {
  return [...removes].map(({ hash }) => hash).sort().join();
}

function isVoid(statement: Statement, cut: Cut | undefined): boolean {
  if (cut === undefined || statement.number <= cut.number) return false;
  return !(statement.body.kind === "remove" && cut.removers.has(statement.body.target));
}

function cutsOf(removes: Removes): Cuts {
  const cuts: Cuts = new Map();
  for (const { author, body } of removes) {
    if (body.kind !== "remove") continue;
    const known = cuts.get(body.target);
    if (known === undefined) cuts.set(body.target, { number: body.cut, removers: new Set([author]) });
    else {
      known.number = Math.min(known.number, body.cut);
      known.removers.add(author);
    }
  }
  return cuts;
}
