/**
 * The room as a pure function of its accepted statements (SPEC §8), whatever order they came in.
 *
 * Statements are folded in the order (Lamport time, author, number), which is the same everywhere; one whose
 * Lamport time does not rise with its author's numbers is void. A REMOVE names the last number of its target
 * that counts. The cuts are looked for that follow from themselves: a fold under them finds just them again.
 * Each REMOVE is judged as if its own cut held, so that its target cannot undo it by dating something back.
 * So what a removed member said above its cut, its ADDs and REMOVEs included, never happened. The only thing
 * that survives a cut is the removal of the remover itself: two operators that remove each other are both out.
 * Such an answer cuts no deeper than the removal that it answers, so that it takes along nobody else.
 * Where removals void each other in a circle, all of them count.
 *
 * @module
 */
import type { Id } from "./ids.ts";
import { apply, type Draft, hand, startOf } from "./room_rules.ts";
import type { RoomState, Statement } from "./room_state.ts";

/** Most REMOVEs of one author that count, its first: each costs a pass over all statements. */
export const MAX_REMOVES = 256;

interface Cut {
  number: number;
  removers: Set<Id>;
}

type Cuts = Map<Id, Cut>;

/** Folds the statements of a room. `found` is its FOUND; the other statements may come in any order. */
export function foldRoom(found: Statement, statements: Iterable<Statement>): RoomState {
  const sorted = inOrder(found, statements);
  let settled: Cuts = new Map();
  let cuts = settled;
  const seen = new Map<string, Cuts>();
  for (;;) {
    const next = follow(found, sorted, { cuts, settled });
    const key = keyOf(next);
    if (key === keyOf(cuts)) return finish(foldUnder(found, sorted, cuts).draft, cuts);
    if (seen.has(key)) {
      settled = merge([settled, ...seen.values()]);
      seen.clear();
      cuts = settled;
    } else {
      seen.set(key, next);
      cuts = next;
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

/** The cuts that follow from assumed ones, and those settled before. */
function follow(
  found: Statement,
  sorted: readonly Statement[],
  assumed: { cuts: Cuts; settled: Cuts },
): Cuts {
  const next = merge([assumed.settled]);
  const { removals } = foldUnder(found, sorted, assumed.cuts);
  const tried = new Set<string>();
  for (const statement of sorted) {
    const { author, body } = statement;
    if (body.kind !== "remove") continue;
    const cut = { target: body.target, by: author, number: depth(statement, sorted, assumed.cuts) };
    if (removals.has(statement)) addCut(next, cut);
    else {
      const what = `${author}-${body.target}-${body.cut}`;
      if (tried.has(what)) continue;
      tried.add(what);
      const own = merge([assumed.cuts]);
      addCut(own, cut);
      if (foldUnder(found, sorted, own).removals.has(statement)) addCut(next, cut);
    }
  }
  return next;
}

/** One pass under assumed cuts; gives the REMOVEs that count. */
function foldUnder(
  found: Statement,
  sorted: readonly Statement[],
  cuts: Cuts,
): { draft: Draft; removals: Set<Statement> } {
  const draft = startOf(found);
  const removals = new Set<Statement>();
  for (const statement of sorted) {
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

function merge(all: readonly Cuts[]): Cuts {
  const out: Cuts = new Map();
  for (const cuts of all) {
    for (const [id, { number, removers }] of cuts) {
      const known = out.get(id);
      if (known === undefined) out.set(id, { number, removers: new Set(removers) });
      else {
        known.number = Math.min(known.number, number);
        for (const remover of removers) known.removers.add(remover);
      }
    }
  }
  return out;
}

function keyOf(cuts: Cuts): string {
  return [...cuts].map(([id, { number, removers }]) => `${id}:${number}:${[...removers].sort()}`).sort()
    .join();
}

function isVoid(statement: Statement, cut: Cut | undefined): boolean {
  if (cut === undefined || statement.number <= cut.number) return false;
  return !(statement.body.kind === "remove" && cut.removers.has(statement.body.target));
}

/** The last number of its target that a REMOVE lets stand; at least the removal that it answers from above its cut. */
function depth(statement: Statement, sorted: readonly Statement[], cuts: Cuts): number {
  const { author, body } = statement;
  if (body.kind !== "remove") return 0;
  const own = cuts.get(author);
  if (own === undefined || statement.number <= own.number) return body.cut;
  const answered = sorted.filter((s) =>
    s.author === body.target && s.body.kind === "remove" && s.body.target === author
  );
  return Math.max(body.cut, ...answered.map((s) => s.number));
}

function addCut(cuts: Cuts, { target, by, number }: { target: Id; by: Id; number: number }): void {
  const known = cuts.get(target);
  if (known === undefined) cuts.set(target, { number, removers: new Set([by]) });
  else {
    known.number = Math.min(known.number, number);
    known.removers.add(by);
  }
}
