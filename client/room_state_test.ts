import assert from "node:assert/strict";
import fc from "fast-check";
import type { Bundle } from "../crypto/bundle.ts";
import { fromHex } from "../crypto/bytes.ts";
import type { StatementBody } from "./bodies.ts";
import { foldRoom, MAX_REMOVES } from "./fold_room.ts";
import { displayName, nickIsFree, present, type RoomState, type Statement } from "./room_state.ts";
import { StatementLog } from "./statement_log.ts";

const PEOPLE = 6;
const NOTHING = new Uint8Array(0);

function idOfPerson(person: number): string {
  return (person + 10).toString(16).padStart(2, "0").repeat(16);
}

function bundleOf(person: number, options: { nick?: string; keyNumber?: number } = {}): Bundle {
  const memberId = fromHex(idOfPerson(person)) ?? NOTHING;
  return {
    memberId,
    nickname: options.nick ?? `p${person}`,
    keyNumber: options.keyNumber ?? 1,
    features: 0,
    identityKey: NOTHING,
    ecdhKey: NOTHING,
    mlkemKey: NOTHING,
    fingerprint: memberId,
    encoded: NOTHING,
    hash: memberId,
  } as Bundle;
}

let serial = 0;

function statement(
  author: number,
  number: number,
  lamport: number,
  said: { body: StatementBody; bundle?: Bundle; hash?: string },
): Statement {
  return {
    author: idOfPerson(author),
    number,
    lamport,
    hash: said.hash ?? (++serial).toString(16).padStart(64, "0"),
    body: said.body,
    bundle: said.bundle ?? null,
  };
}

function founded(limit: number | null = null): Statement {
  const body: StatementBody = { kind: "found", bundle: NOTHING, limit, topic: "", nonce: NOTHING };
  return statement(0, 1, 1, { body, bundle: bundleOf(0), hash: "f".repeat(64) });
}

function add(author: number, number: number, lamport: number, who: number): Statement {
  const body: StatementBody = { kind: "add", bundle: NOTHING, doorId: NOTHING, attempt: 0 };
  return statement(author, number, lamport, { body, bundle: bundleOf(who) });
}

function say(author: number, number: number, lamport: number, body: StatementBody): Statement {
  return statement(author, number, lamport, { body });
}

const remove = (target: number, cut: number): StatementBody => ({
  kind: "remove",
  target: idOfPerson(target),
  cut,
});
const role = (target: number, operator = true): StatementBody => ({
  kind: "role",
  target: idOfPerson(target),
  operator,
});

/** A state without the order in which its maps were filled. */
function plain(state: RoomState): unknown {
  return {
    ...state,
    members: [...state.members.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map((member) => ({
      ...member,
      bundle: member.bundle.keyNumber,
    })),
    cuts: [...state.cuts].sort(),
    doors: state.doors === null ? null : [...state.doors].sort(),
  };
}

const person = fc.nat({ max: PEOPLE - 1 });
const number = fc.integer({ min: 2, max: 12 });

const said: fc.Arbitrary<{ body: StatementBody; bundle?: Bundle }> = fc.oneof(
  { weight: 6, arbitrary: person.map((who) => ({ body: addBody(), bundle: bundleOf(who) })) },
  fc.option(person, { nil: null }).map((successor) => ({
    body: { kind: "leave", successor: successor === null ? null : idOfPerson(successor) } as const,
  })),
  {
    weight: 4,
    arbitrary: fc.tuple(person, fc.nat({ max: 12 })).map(([t, cut]) => ({ body: remove(t, cut) })),
  },
  { weight: 4, arbitrary: fc.tuple(person, fc.boolean()).map(([t, op]) => ({ body: role(t, op) })) },
  fc.boolean().map((locked) => ({ body: { kind: "lock", locked } as const })),
  fc.constantFrom("a", "b").map((topic) => ({ body: { kind: "topic", topic } as const })),
  fc.constantFrom(null, 5_000, 600_000).map((ms) => ({ body: { kind: "timer", ms } as const })),
  fc.boolean().map((listed) => ({ body: { kind: "listed", listed } as const })),
  fc.constantFrom("p1", "р1", "x").map((nick) => ({ body: { kind: "nick", nick } as const })),
  fc.nat({ max: 2 }).map((door) => ({
    body: { kind: "door", commitments: [new Uint8Array(32).fill(door)] } satisfies StatementBody,
  })),
  fc.tuple(person, fc.integer({ min: 1, max: 4 })).map(([who, keyNumber]) => ({
    body: { kind: "keys", bundle: NOTHING } as const,
    bundle: bundleOf(who, { keyNumber }),
  })),
  person.map((target) => ({ body: { kind: "expire", target: idOfPerson(target) } as const })),
  fc.tuple(person, fc.integer({ min: 1, max: 4 })).map(([who, keyNumber]) => ({
    body: { kind: "return", bundle: NOTHING } as const,
    bundle: bundleOf(who, { keyNumber }),
  })),
);

function addBody(): StatementBody {
  return { kind: "add", bundle: NOTHING, doorId: NOTHING, attempt: 0 };
}

/** Anything by anybody: numbers used twice, Lamport times back-dated, authors never let in. */
const anything = fc.array(
  fc.tuple(person, number, fc.integer({ min: 0, max: 30 }), said).map(([author, n, lamport, s]) =>
    statement(author, n, lamport, s)
  ),
  { maxLength: 40 },
);

/** What people say who each number and date what they say as they should, three of them let in first. */
const inOrderly = fc.array(fc.tuple(person, fc.integer({ min: 1, max: 3 }), said), { maxLength: 40 }).map(
  (all) => {
    const next = new Map<number, { number: number; lamport: number }>();
    const out: Statement[] = [add(0, 2, 2, 1), add(0, 3, 3, 2), add(1, 1, 4, 3), say(0, 4, 5, role(1))];
    next.set(0, { number: 4, lamport: 5 }).set(1, { number: 1, lamport: 5 });
    for (const [author, step, what] of all) {
      const last = next.get(author) ?? { number: 0, lamport: 5 };
      const now = { number: last.number + 1, lamport: last.lamport + step };
      next.set(author, now);
      out.push(statement(author, now.number, now.lamport, what));
    }
    return out;
  },
);

const anyRoom = fc.tuple(
  fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
  fc.oneof(anything, inOrderly),
);

Deno.test("StatementLog: any order of any statements gives the same room", () => {
  fc.assert(
    fc.property(anyRoom, fc.infiniteStream(fc.nat()), ([limit, statements], random) => {
      const found = founded(limit);
      const keyed = statements.map((s) => ({ s, key: random.next().value as number }));
      const other = keyed.sort((a, b) => a.key - b.key).map(({ s }) => s);
      const logs = [statements, other, statements.toReversed()].map((order, i) => {
        const log = new StatementLog(found, NOTHING);
        for (const s of order) {
          log.add(s, NOTHING);
          if (i === 0) void log.state; // folded at each step, not at once
        }
        return plain(log.state);
      });
      assert.deepEqual(logs[1], logs[0]);
      assert.deepEqual(logs[2], logs[0]);
    }),
    { numRuns: 400 },
  );
});

Deno.test("StatementLog.add() twice changes nothing", () => {
  fc.assert(fc.property(anything, (statements) => {
    const once = new StatementLog(founded(), NOTHING);
    const twice = new StatementLog(founded(), NOTHING);
    for (const s of statements) once.add(s, NOTHING);
    for (const s of [...statements, ...statements.toReversed()]) twice.add(s, NOTHING);
    assert.deepEqual(plain(twice.state), plain(once.state));
    assert.equal(twice.packs().length, once.packs().length);
  }));
});

Deno.test("foldRoom(): a room with members has an operator, and nobody with a cut is in it", () => {
  fc.assert(
    fc.property(anyRoom, ([limit, statements]) => {
      const state = foldRoom(founded(limit), statements);
      const here = present(state);
      if (here.length > 0) assert.ok(here.some((member) => member.operator));
      for (const id of state.cuts.keys()) assert.notEqual(state.members.get(id)?.status, "in");
      for (const member of state.members.values()) {
        if (member.status === "removed") assert.ok(state.cuts.has(member.id));
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("foldRoom(): a limit set by FOUND is never exceeded by those who are not expired", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.oneof(anything, inOrderly), (limit, statements) => {
      const state = foldRoom(founded(limit), statements);
      assert.ok(present(state).filter((member) => !member.expired).length <= limit);
    }),
    { numRuns: 400 },
  );
});

Deno.test("foldRoom(): two operators that remove each other are both out, whatever their dates and cuts", () => {
  const when = fc.integer({ min: 10, max: 20 });
  fc.assert(
    fc.property(
      when,
      when,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (a, b, cutA, cutB) => {
        const room = [add(0, 2, 2, 1), add(0, 3, 3, 2), say(0, 4, 4, role(1)), say(0, 5, 5, role(2))];
        const state = foldRoom(founded(), [
          ...room,
          say(1, 9, a, remove(2, cutB)),
          say(2, 9, b, remove(1, cutA)),
        ]);
        assert.equal(state.members.get(idOfPerson(1))?.status, "removed");
        assert.equal(state.members.get(idOfPerson(2))?.status, "removed");
        assert.equal(state.members.get(idOfPerson(0))?.status, "in");
      },
    ),
  );
});

Deno.test("foldRoom(): a removed operator cannot undo its removal by back-dating", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 6, max: 19 }), said), { maxLength: 12 }),
      (later) => {
        const room = [add(0, 2, 2, 1), add(0, 3, 3, 2), say(0, 4, 4, role(1)), say(0, 5, 20, remove(1, 3))];
        const backDated = later
          .map(([lamport, what], i) => statement(1, 4 + i, lamport, what))
          .filter(({ body }) => body.kind !== "remove" || body.target !== idOfPerson(0));
        const state = foldRoom(founded(), [...room, ...backDated]);
        assert.equal(state.members.get(idOfPerson(1))?.status, "removed");
        assert.equal(state.members.get(idOfPerson(2))?.status, "in", "it can take nobody else with it");
        assert.deepEqual([...state.members.keys()], [0, 1, 2].map(idOfPerson), "it lets nobody in");
        assert.equal(state.topic, "");
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("foldRoom(): a removed operator that removes its remover in return stays out itself", () => {
  fc.assert(fc.property(fc.nat({ max: 9 }), fc.integer({ min: 6, max: 30 }), (cut, lamport) => {
    const room = [add(0, 2, 2, 1), add(0, 3, 3, 2), say(0, 4, 4, role(1)), say(0, 5, 20, remove(1, 3))];
    const state = foldRoom(founded(), [...room, say(1, 7, lamport, remove(0, cut))]);
    assert.notEqual(state.members.get(idOfPerson(1))?.status, "in");
    // What made it an operator was number 4: a cut below that would undo its own authority.
    assert.equal(state.members.get(idOfPerson(0))?.status, cut < 4 ? "in" : "removed");
  }));
});

Deno.test("foldRoom(): a circle of removals ends, with all of them out", () => {
  const room = [1, 2, 3].flatMap((
    who,
  ) => [add(0, 2 * who, 2 * who, who), say(0, 2 * who + 1, 2 * who + 1, role(who))]);
  const circle = [
    say(1, 5, 10, remove(2, 1)),
    say(2, 5, 11, remove(3, 1)),
    say(3, 5, 12, remove(1, 1)),
  ];
  const state = foldRoom(founded(), [...room, ...circle]);
  for (const who of [1, 2, 3]) assert.equal(state.members.get(idOfPerson(who))?.status, "removed");
  assert.deepEqual(present(state).map(({ id }) => id), [idOfPerson(0)]);
});

Deno.test("foldRoom(): what was said above a cut, an ADD included, never happened", () => {
  const room = [add(0, 2, 2, 1), add(1, 1, 3, 2), add(1, 2, 4, 3), say(0, 3, 9, remove(1, 1))];
  const state = foldRoom(founded(), room);
  assert.equal(state.members.get(idOfPerson(2))?.status, "in");
  assert.equal(state.members.has(idOfPerson(3)), false);
  assert.equal(state.cuts.get(idOfPerson(1)), 1);
});

Deno.test("foldRoom(): who is dated before what it said earlier is not heard, LEAVE stays LEAVE", () => {
  const room = [add(0, 2, 2, 1), say(1, 5, 9, { kind: "leave", successor: null }), add(1, 6, 4, 2)];
  const state = foldRoom(founded(), room);
  assert.equal(state.members.get(idOfPerson(1))?.status, "left");
  assert.equal(state.members.has(idOfPerson(2)), false);
});

Deno.test("foldRoom(): a lock keeps newcomers out, only operators lock, a second ADD of a member adds its hash", () => {
  const twice = [add(0, 2, 2, 1), add(0, 3, 3, 1)];
  assert.equal(foldRoom(founded(), twice).members.get(idOfPerson(1))?.addHashes.length, 2);
  const byMember = [...twice, say(1, 1, 4, { kind: "lock", locked: true }), add(0, 4, 5, 2)];
  assert.equal(foldRoom(founded(), byMember).members.has(idOfPerson(2)), true);
  const byOperator = [say(0, 2, 2, { kind: "lock", locked: true }), add(0, 3, 3, 1)];
  assert.equal(foldRoom(founded(), byOperator).members.size, 1);
  assert.equal(foldRoom(founded(), byOperator).locked, true);
});

Deno.test("foldRoom(): in a limited room only the founder lets in, then its successor", () => {
  const room = [add(0, 2, 2, 1), add(1, 1, 3, 2)];
  assert.equal(foldRoom(founded(3), room).members.size, 2);
  const after = [
    ...room,
    say(0, 3, 4, { kind: "leave", successor: idOfPerson(1) }),
    add(1, 2, 5, 2),
    add(1, 3, 6, 3),
    add(1, 4, 7, 4),
  ];
  const state = foldRoom(founded(3), after);
  assert.equal(state.steward, idOfPerson(1));
  assert.equal(state.members.get(idOfPerson(1))?.operator, true);
  assert.deepEqual(present(state).map(({ id }) => id), [1, 2, 3].map(idOfPerson));
});

Deno.test("foldRoom(): who expired comes back by its own RETURN, unless its place has been taken", () => {
  const expired = [add(0, 2, 2, 1), say(0, 3, 3, { kind: "expire", target: idOfPerson(1) })];
  const back = statement(1, 1, 9, {
    body: { kind: "return", bundle: NOTHING },
    bundle: bundleOf(1, { keyNumber: 2 }),
  });
  assert.equal(foldRoom(founded(2), expired).members.get(idOfPerson(1))?.expired, true);
  const again = foldRoom(founded(2), [...expired, back]).members.get(idOfPerson(1));
  assert.deepEqual([again?.expired, again?.bundle.keyNumber], [false, 2]);
  const taken = foldRoom(founded(2), [...expired, add(0, 4, 4, 2), back]);
  assert.equal(taken.members.get(idOfPerson(1))?.expired, true);
  const self = say(1, 1, 3, { kind: "expire", target: idOfPerson(1) });
  assert.equal(foldRoom(founded(), [add(0, 2, 2, 1), self]).members.get(idOfPerson(1))?.expired, false);
});

Deno.test("foldRoom(): the last operator that goes passes the role on to who has been there longest", () => {
  const room = [add(0, 2, 2, 1), add(0, 3, 3, 2), say(0, 4, 4, { kind: "leave", successor: null })];
  const state = foldRoom(founded(), room);
  assert.equal(state.members.get(idOfPerson(1))?.operator, true);
  assert.equal(state.members.get(idOfPerson(2))?.operator, false);
  const self = foldRoom(founded(), [say(0, 2, 2, role(0, false))]);
  assert.equal(present(self)[0]?.operator, true);
});

Deno.test("foldRoom() refuses to begin with anything but FOUND", () => {
  assert.throws(() => foldRoom(add(0, 1, 1, 1), []), TypeError);
});

Deno.test("displayName() marks the later of two that look alike, and says who is not known", () => {
  const state = foldRoom(founded(), [
    add(0, 2, 2, 1),
    add(0, 3, 3, 2),
    say(2, 1, 4, { kind: "nick", nick: "x" }),
  ]);
  assert.equal(displayName(state, idOfPerson(1)), "p1");
  assert.equal(displayName(state, idOfPerson(9)), `?~${idOfPerson(9).slice(0, 4)}`);
  const alike = statement(0, 3, 3, { body: addBody(), bundle: bundleOf(2, { nick: "р1" }) });
  assert.equal(
    displayName(foldRoom(founded(), [add(0, 2, 2, 1), alike]), idOfPerson(2)),
    `р1~${idOfPerson(2).slice(0, 4)}`,
  );
});

Deno.test("nickIsFree() is false for a name that looks like somebody's, but one's own", () => {
  const state = foldRoom(founded(), [add(0, 2, 2, 1)]);
  assert.equal(nickIsFree(state, "р1"), false);
  assert.equal(nickIsFree(state, "P1", idOfPerson(1)), true);
  assert.equal(nickIsFree(state, "q"), true);
  const taken = foldRoom(founded(), [add(0, 2, 2, 1), say(0, 3, 3, { kind: "nick", nick: "p1" })]);
  assert.equal(displayName(taken, idOfPerson(0)), "p0", "a name that is taken is not given");
});

Deno.test("StatementLog.add() keeps of two under one number the smaller hash, of KEYS the last", () => {
  const log = new StatementLog(founded(), NOTHING);
  const one = statement(0, 2, 2, { body: { kind: "topic", topic: "one" }, hash: "2".repeat(64) });
  const two = statement(0, 2, 2, { body: { kind: "topic", topic: "two" }, hash: "1".repeat(64) });
  assert.equal(log.add(one, NOTHING), true);
  assert.equal(log.add(two, NOTHING), true);
  assert.equal(log.add(one, NOTHING), false);
  assert.equal(log.state.topic, "two");
  const keys = (n: number, keyNumber: number): Statement =>
    statement(0, n, n, { body: { kind: "keys", bundle: NOTHING }, bundle: bundleOf(0, { keyNumber }) });
  assert.equal(log.add(keys(4, 4), NOTHING), true);
  assert.equal(log.add(keys(3, 3), NOTHING), false);
  assert.equal(log.add(keys(5, 5), NOTHING), true);
  assert.equal(log.packs().length, 3);
  assert.equal(log.state.members.get(idOfPerson(0))?.bundle.keyNumber, 5);
  assert.equal(log.add(founded(), NOTHING), false);
});

Deno.test("foldRoom(): a kicked operator may take along the one who kicked it, but not its own authority", () => {
  // The founder adds 1 and 2, makes 1 an operator, adds 3 and kicks 1; 1 answers with a REMOVE of any depth.
  const answered = (cut: number): RoomState =>
    foldRoom(founded(), [
      add(0, 2, 2, 1),
      add(0, 3, 3, 2),
      say(0, 4, 4, role(1)),
      add(0, 5, 5, 3),
      say(0, 6, 6, remove(1, 0)),
      say(1, 1, 7, remove(0, cut)),
    ]);
  const inRoom = (state: RoomState): string[] => present(state).map(({ id }) => id);
  for (const cut of [0, 1, 2, 3]) {
    assert.deepEqual(
      inRoom(answered(cut)),
      [0, 2, 3].map(idOfPerson),
      `a cut at ${cut} undoes its author's role`,
    );
  }
  assert.deepEqual(
    inRoom(answered(4)),
    [2].map(idOfPerson),
    "what the target said after the role goes with it",
  );
  assert.deepEqual(inRoom(answered(6)), [2, 3].map(idOfPerson));
});

Deno.test("foldRoom(): a flood of REMOVEs costs a bounded number of passes, and the first ones count", () => {
  const statements = [add(0, 2, 2, 1)];
  for (let n = 3; n < 3 + MAX_REMOVES + 50; n++) statements.push(say(0, n, n, remove(4, n)));
  const late = 3 + MAX_REMOVES + 50;
  const state = foldRoom(founded(), [...statements, say(0, late, late, remove(1, 0))]);
  assert.equal(state.members.get(idOfPerson(1))?.status, "in", "beyond the bound nothing is removed");
  const early = foldRoom(founded(), [add(0, 2, 2, 1), say(0, 3, 3, remove(1, 0))]);
  assert.equal(early.members.get(idOfPerson(1))?.status, "removed");
});

Deno.test("foldRoom(): an operator's word that the room is not to be listed counts, and nobody else's", () => {
  const listed = (listed: boolean): StatementBody => ({ kind: "listed", listed });
  const base = [add(0, 2, 2, 1), add(0, 3, 3, 2), say(0, 4, 4, role(1))];
  const fold = (...more: Statement[]): unknown[] => {
    const { unlisted, unlistedBy } = foldRoom(founded(), [...base, ...more].reverse());
    return [unlisted, unlistedBy];
  };
  const [stranger, first, second] = [
    say(2, 1, 5, listed(false)),
    say(0, 5, 6, listed(false)),
    say(1, 1, 7, listed(false)),
  ];
  assert.deepEqual(fold(), [null, idOfPerson(0)]);
  assert.deepEqual(fold(stranger), [null, idOfPerson(0)]);
  assert.deepEqual(fold(say(0, 5, 6, listed(true))), [null, idOfPerson(0)], "nobody is made to list it");
  assert.deepEqual(fold(stranger, first, second), [second.hash, idOfPerson(1)]);
});

Deno.test("foldRoom(): the last operator's timer counts, and nobody else's", () => {
  const timer = (ms: number | null): StatementBody => ({ kind: "timer", ms });
  const base = [add(0, 2, 2, 1), add(0, 3, 3, 2), say(0, 4, 4, role(1))];
  const fold = (...more: Statement[]): unknown[] => {
    const { timerMs, timerBy } = foldRoom(founded(), [...base, ...more].reverse());
    return [timerMs, timerBy];
  };
  assert.deepEqual(fold(), [null, idOfPerson(0)]);
  assert.deepEqual(fold(say(2, 1, 5, timer(5_000))), [null, idOfPerson(0)]);
  const [late, early] = [say(1, 1, 6, timer(600_000)), say(0, 5, 5, timer(5_000))];
  assert.deepEqual(fold(late, early), [600_000, idOfPerson(1)]);
  assert.deepEqual(fold(late, early, say(0, 6, 7, timer(null))), [null, idOfPerson(0)]);
  assert.deepEqual(
    fold(late, early, say(0, 6, 7, remove(1, 0))),
    [5_000, idOfPerson(0)],
    "a cut takes it back",
  );
});
