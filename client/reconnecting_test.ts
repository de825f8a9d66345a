import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock, turns } from "../tests/helpers.ts";
import { ClientError } from "./errors.ts";
import {
  delayBefore,
  FIRST_MS,
  Lasting,
  LONGEST_MS,
  RARE_MS,
  Reconnecting,
  STEADY_MS,
  STEP_MS,
  USEFUL_TRIES,
} from "./reconnecting.ts";

/** An absence whose tries end as they are told to. */
class Absent {
  readonly clock = new FakeClock();
  readonly waits: { reason: string; attempt: number; retryMs: number }[] = [];
  readonly triedAt: number[] = [];
  readonly signals: AbortSignal[] = [];
  failed: ClientError | null = null;
  /** What the next tries end with; nothing more means that they do not end. */
  outcomes: (ClientError | "back")[] = [];
  settle: ((outcome: ClientError | "back") => void) | null = null;
  readonly reconnecting: Reconnecting;

  constructor(giveUpMs = Infinity, before = 0) {
    this.reconnecting = new Reconnecting({
      clock: this.clock,
      giveUpMs,
      before,
      attempt: (signal) =>
        new Promise((resolve, reject) => {
          this.triedAt.push(this.clock.now());
          this.signals.push(signal);
          this.settle = (outcome) => outcome === "back" ? resolve() : reject(outcome);
          const outcome = this.outcomes.shift();
          if (outcome !== undefined) this.settle(outcome);
        }),
      waiting: (info) => void this.waits.push(info),
      failed: (error) => {
        assert.equal(this.failed, null, "told once");
        this.failed = error;
      },
    }, "the cable is out");
  }
}

const away = (retryAfterMs = 0): ClientError =>
  new ClientError("unreachable", "no relay there", { status: 3, retryAfterMs });

Deno.test("delayBefore(): up to 300 ms, then a half to one and a half of 0.5, 1, 2 … 30 s, for ever", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, random) => {
        const ms = delayBefore(n, random);
        const base = n === 1 ? FIRST_MS : Math.min(LONGEST_MS, STEP_MS * 2 ** (n - 2));
        assert.ok(ms >= (n === 1 ? 0 : base / 2));
        assert.ok(ms <= (n === 1 ? base : base * 1.5));
        assert.ok(delayBefore(n, 1) > delayBefore(n, 0), "jitter");
        assert.ok(delayBefore(n + 1, random) >= ms, "never sooner than before");
      },
    ),
    { numRuns: 500 },
  );
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map((n) => delayBefore(n, 0.5)),
    [150, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000],
  );
});

Deno.test("delayBefore(): a thousand that have lost the same relay do not come back in step", () => {
  for (const attempt of [1, 2, 5, 9]) {
    const [least, most] = [delayBefore(attempt, 0), delayBefore(attempt, 1)];
    const slots = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 1_000; i++) {
      const share = (delayBefore(attempt, Math.random()) - least) / (most - least);
      const slot = Math.min(9, Math.floor(share * 10));
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
    // 100 expected in each; 50 is more than five standard deviations off.
    assert.ok(slots.every((count) => count > 50 && count < 150), `attempt ${attempt}: ${slots}`);
  }
});

Deno.test("Reconnecting tells each wait and its reason, tries when it said, and ends when it is back", async () => {
  const absent = new Absent();
  absent.outcomes = [away(), away(), away(), "back"];
  const start = absent.clock.now();
  await absent.clock.pass(60_000);
  assert.deepEqual(absent.waits.map(({ attempt }) => attempt), [1, 2, 3, 4]);
  assert.deepEqual(absent.waits.map(({ reason }) => reason), [
    "the cable is out",
    "no relay there",
    "no relay there",
    "no relay there",
  ]);
  let at = start;
  for (const [i, { attempt, retryMs }] of absent.waits.entries()) {
    assert.ok(
      retryMs >= Math.floor(delayBefore(attempt, 0)) && retryMs <= Math.ceil(delayBefore(attempt, 1)),
    );
    assert.equal(absent.triedAt[i], at += retryMs);
  }
  assert.equal(absent.triedAt.length, 4);
  assert.deepEqual([absent.failed, absent.clock.waiting], [null, 0]);
});

Deno.test("Reconnecting keeps on at the longest wait for as long as it takes", async () => {
  const absent = new Absent();
  absent.outcomes = Array.from({ length: 60 }, () => away());
  await absent.clock.pass(3_600_000);
  const gaps = absent.triedAt.slice(12).map((at, i) => at - (absent.triedAt[i + 11] ?? 0));
  assert.ok(gaps.length > 20);
  assert.ok(gaps.every((ms) => ms >= LONGEST_MS / 2 - 1 && ms <= LONGEST_MS * 1.5 + 1), `${gaps}`);
  absent.reconnecting.dispose();
});

Deno.test("Reconnecting goes on with the tries before it", async () => {
  const absent = new Absent(Infinity, 8);
  absent.outcomes = [away(), "back"];
  await absent.clock.pass(2 * LONGEST_MS * 1.5);
  assert.deepEqual(absent.waits.map(({ attempt }) => attempt), [9, 10]);
  assert.ok(absent.waits.every(({ retryMs }) => retryMs >= LONGEST_MS / 2 - 1));
  assert.equal(absent.reconnecting.attempts, 10);
});

Deno.test("Lasting: tries count on until a connection has lasted 30 s; of one that was of use a single try does", () => {
  for (
    const [ms, useful, before, absentMs] of [
      [0, false, 2, 900],
      [STEADY_MS - 1, false, 2, 900],
      [STEADY_MS, false, 0, 0],
      [0, true, USEFUL_TRIES, 0],
      [STEADY_MS, true, 0, 0],
    ] as const
  ) {
    const clock = new FakeClock();
    const lasting = new Lasting(clock);
    assert.deepEqual(
      lasting.lost(STEADY_MS),
      { before: 0, absentMs: 0 },
      "the first loss is tried for at once",
    );
    lasting.use();
    lasting.begin(7, 900);
    if (useful) lasting.use();
    clock.advance(ms);
    assert.deepEqual(lasting.lost(STEADY_MS), { before, absentMs }, `${ms} ms, ${useful}`);
  }
});

Deno.test("Lasting: each connection that does not last counts as a try; tries while the relay was away do not", () => {
  const lasting = new Lasting(new FakeClock());
  const lose = (tries: number): number => {
    lasting.begin(tries, 0);
    return lasting.lost(STEADY_MS).before;
  };
  assert.deepEqual([12, 3, 4, 20, 6].map(lose), [2, 3, 4, 5, 6]);
  assert.equal(lose(1), 1, "never more than there were");
  lasting.begin(12, 0);
  lasting.use();
  assert.equal(lasting.lost(STEADY_MS).before, USEFUL_TRIES);
  assert.equal(lose(12), 2, "and from the beginning after one that was of use");
});

Deno.test("Reconnecting waits at least as long as the relay says", async () => {
  const absent = new Absent();
  absent.outcomes = [away(20_000), away(), away()];
  await absent.clock.pass(FIRST_MS);
  assert.equal(absent.waits[1]?.retryMs, 20_000);
  await absent.clock.pass(20_000);
  assert.ok((absent.waits[2]?.retryMs ?? Infinity) <= delayBefore(3, 1), "it counts for one wait");
  absent.reconnecting.dispose();
});

Deno.test("Reconnecting asks a relay with another certificate rarely, tells why, and comes back when it is the old one", async () => {
  const absent = new Absent();
  const other = new ClientError("other_certificate", "it shows another certificate", { status: 3 });
  absent.outcomes = [other, other, "back"];
  await absent.clock.pass(FIRST_MS + 4 * RARE_MS);
  const [, second, third] = absent.waits;
  for (const wait of [second, third]) {
    assert.ok(wait && wait.retryMs >= RARE_MS && wait.retryMs <= 2 * RARE_MS);
    assert.equal(wait.reason, "it shows another certificate");
  }
  assert.deepEqual([absent.triedAt.length, absent.failed, absent.clock.waiting], [3, null, 0]);
});

Deno.test("Reconnecting.now() cuts a wait short, and the one after a try that is under way", async () => {
  const absent = new Absent();
  absent.outcomes = Array.from({ length: 5 }, () => away());
  await absent.clock.pass(60_000);
  const before = absent.triedAt.length;
  assert.equal(absent.outcomes.length, 0);
  assert.notEqual(absent.settle, null);
  // The try that is under way does not end; what is asked now counts for the one after it.
  absent.reconnecting.now();
  absent.reconnecting.now();
  await turns();
  assert.equal(absent.triedAt.length, before, "never two tries at once");
  absent.settle?.(away());
  await turns();
  assert.equal(absent.triedAt.length, before + 1);
  assert.equal(absent.triedAt.at(-1), absent.clock.now(), "without any wait");
  absent.settle?.(away());
  await turns();
  assert.equal(absent.triedAt.length, before + 1, "once");
  absent.reconnecting.now();
  await turns();
  assert.equal(absent.triedAt.length, before + 2);
  absent.settle?.(away());
  await turns();
  assert.equal(absent.triedAt.length, before + 2, "a wait cut short leaves nothing behind");
  absent.reconnecting.dispose();
  assert.equal(absent.clock.waiting, 0);
});

Deno.test("Reconnecting gives up after giveUpMs, in a wait or in the middle of a try", async () => {
  for (const outcomes of [Array.from({ length: 50 }, () => away()), []]) {
    const absent = new Absent(90_000);
    absent.outcomes = outcomes;
    await absent.clock.pass(89_999);
    assert.equal(absent.failed, null);
    await absent.clock.pass(1);
    const { code, status, message } = absent.failed ?? away();
    assert.deepEqual([code, status], ["gave_up", 3]);
    assert.match(message, /for 90 s$/);
    assert.ok(absent.signals.at(-1)?.aborted, "the try under way is told to stop");
    const tries = absent.triedAt.length;
    absent.settle?.(away());
    absent.reconnecting.now();
    await absent.clock.pass(600_000);
    assert.equal(absent.triedAt.length, tries);
    assert.equal(absent.clock.waiting, 0);
  }
});

Deno.test("Reconnecting does not give up on what came back in time", async () => {
  const absent = new Absent(1_000);
  absent.outcomes = ["back"];
  await absent.clock.pass(10_000);
  assert.deepEqual([absent.failed, absent.triedAt.length, absent.clock.waiting], [null, 1, 0]);
});

Deno.test("Reconnecting ends at once on an answer that would always be the same, and on no other", async () => {
  for (const code of ["version", "auth_required", "auth_failed"]) {
    const absent = new Absent();
    const error = new ClientError(code, "no");
    absent.outcomes = [error];
    await absent.clock.pass(600_000);
    assert.equal(absent.failed, error);
    assert.deepEqual([absent.triedAt.length, absent.clock.waiting], [1, 0]);
  }
  for (
    const code of ["room_full", "no_such_door", "not_admitted", "nobody_there", "not_a_relay", "refused"]
  ) {
    const absent = new Absent();
    absent.outcomes = [new ClientError(code, "no"), "back"];
    await absent.clock.pass(600_000);
    assert.deepEqual([absent.failed, absent.triedAt.length], [null, 2], code);
  }
});

Deno.test("Reconnecting begins anew with short waits once there is a door, however long the relay was away", async () => {
  const absent = new Absent(Infinity, 8);
  const door = (i: number): ClientError =>
    new ClientError(i % 2 === 0 ? "nobody_there" : "not_admitted", "no");
  absent.outcomes = [away(), ...Array.from({ length: 8 }, (_, i) => door(i)), away(), door(0), "back"];
  await absent.clock.pass(20 * LONGEST_MS * 1.5);
  assert.equal(absent.reconnecting.attempts, 20);
  // The first two waits and the last but one are those of who knows of no relay.
  const steps = [9, 10, 3, 4, 5, 6, 7, 8, 9, 10, 19, 3];
  assert.equal(absent.waits.length, steps.length);
  for (const [i, step] of steps.entries()) {
    const { retryMs } = absent.waits[i] ?? { retryMs: 0 };
    const [least, most] = [delayBefore(step, 0), delayBefore(step, 1)];
    assert.ok(retryMs >= Math.floor(least) && retryMs <= Math.ceil(most), `wait ${i}: ${retryMs}`);
  }
});

Deno.test("Reconnecting waits no longer at a door than it would without one", async () => {
  const absent = new Absent();
  absent.outcomes = [new ClientError("nobody_there", "no"), "back"];
  await absent.clock.pass(STEP_MS * 3);
  assert.deepEqual(absent.waits.map(({ attempt }) => attempt), [1, 2]);
  assert.ok((absent.waits[1]?.retryMs ?? Infinity) <= STEP_MS * 1.5);
});

Deno.test("Reconnecting.dispose() stops a wait and a try, without a word", async () => {
  const waiting = new Absent();
  waiting.reconnecting.dispose();
  await waiting.clock.pass(600_000);
  assert.deepEqual([waiting.triedAt.length, waiting.failed, waiting.clock.waiting], [0, null, 0]);
  const trying = new Absent(60_000);
  await trying.clock.pass(FIRST_MS);
  assert.equal(trying.triedAt.length, 1);
  trying.reconnecting.dispose();
  assert.equal(trying.signals[0]?.aborted, true);
  trying.settle?.(away());
  await trying.clock.pass(600_000);
  assert.deepEqual([trying.triedAt.length, trying.failed, trying.clock.waiting], [1, null, 0]);
});
