import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers.ts";
import type { Frame, Size } from "../screen/style.ts";
import { IdleLock, type IdleLockOptions } from "./idle_lock.ts";
import { pressed, typed } from "./overlays/_keys.ts";
import { rowText } from "./overlays/page.ts";

const SIZE: Size = { columns: 80, rows: 24 };
const text = (frame: Frame): string => frame.rows.map(rowText).join("\n").trim();

/** A lock with a hash that is quick; the true one has a test of its own. */
function lock(over: Partial<IdleLockOptions> = {}) {
  const clock = new FakeClock();
  const reports: (string | null)[] = [];
  let changes = 0;
  const one = new IdleLock({
    clock,
    afterMs: null,
    changed: () => changes++,
    opened: (report) => reports.push(report),
    hash: (secret) => Promise.resolve(Uint8Array.from(secret)),
    ...over,
  });
  const enter = async (passphrase: string): Promise<void> => {
    for (const letter of passphrase) one.key(typed(letter));
    one.key(pressed("enter"));
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return { one, clock, reports, enter, changes: () => changes };
}

Deno.test("the right passphrase opens the screen, a wrong one does not and is told of", async () => {
  const { one, reports, enter } = lock();
  await one.setPassphrase("sesame");
  one.lock();
  assert.match(text(one.frame(SIZE)), /^Sotto is locked\.\s+Passphrase:$/);
  await enter("Sesame");
  assert.equal(one.locked, true);
  assert.match(text(one.frame(SIZE)), /That is not it: 1 wrong try so far/);
  await enter("sesame");
  assert.equal(one.locked, false);
  assert.deepEqual(reports, ["While the screen was locked there was 1 try with a wrong passphrase."]);
  one.dispose();
});

Deno.test("after three wrong tries each next one has to wait, and what comes too soon does not count", async () => {
  const { one, clock, enter, reports } = lock();
  await one.setPassphrase("sesame");
  one.lock();
  for (let i = 0; i < 3; i++) await enter("wrong");
  assert.match(text(one.frame(SIZE)), /3 wrong tries so far\. Wait 2 s/);
  await enter("sesame");
  assert.equal(one.locked, true, "even the right one has to wait");
  assert.match(text(one.frame(SIZE)), /Too soon\. Wait 2 s/);
  clock.advance(2_000);
  await enter("wrong");
  assert.match(text(one.frame(SIZE)), /4 wrong tries so far\. Wait 4 s/);
  clock.advance(4_000);
  await enter("sesame");
  assert.equal(one.locked, false);
  assert.deepEqual(reports, ["While the screen was locked there were 4 tries with a wrong passphrase."]);
  one.dispose();
});

Deno.test("the screen locks by itself when no key has come for as long as was said", () => {
  const { one, clock } = lock({ afterMs: 300_000 });
  clock.advance(299_000);
  one.touch();
  clock.advance(299_000);
  assert.equal(one.locked, false);
  clock.advance(1_000);
  assert.equal(one.locked, true);
  one.dispose();
  assert.equal(clock.waiting, 0);
});

Deno.test("it locks again by itself after it was opened, and when the machine slept meanwhile", () => {
  const { one, clock } = lock({ afterMs: 60_000 });
  clock.advance(60_000);
  one.key(pressed("enter")); // no passphrase: it was only hidden
  assert.equal(one.locked, false);
  clock.sleep(3_600_000);
  clock.advance(0);
  assert.equal(one.locked, true);
  one.dispose();
});

Deno.test("a locked screen is blank but for its question, in every size, and has no name in its title", async () => {
  const { one } = lock();
  await one.setPassphrase("sesame");
  one.lock();
  one.key(typed("ses"));
  for (const size of [SIZE, { columns: 20, rows: 5 }, { columns: 1, rows: 1 }, { columns: 400, rows: 120 }]) {
    const frame = one.frame(size);
    assert.equal(frame.rows.length, size.rows);
    assert.ok(frame.rows.every((row) => row[0]?.column === 0 && row[0].width === size.columns));
    assert.equal(frame.title, "Sotto");
    assert.ok(!text(frame).includes("ses "));
    const { cursor } = frame;
    assert.ok(cursor === null || (cursor.row < size.rows && cursor.column < size.columns));
  }
  assert.doesNotMatch(text(one.frame(SIZE)), /\bses\b/);
  one.dispose();
});

Deno.test("keys on a locked screen open nothing but by Enter, and without a passphrase Enter is enough", async () => {
  const { one } = lock();
  one.lock();
  assert.match(text(one.frame(SIZE)), /No passphrase is set/);
  for (const key of ["escape", "f1", "up", "tab", "pageup"]) one.key(pressed(key));
  one.key(typed("q"));
  one.key({ mouse: { kind: "press", row: 0, column: 0 } });
  one.key({ paste: "x\n" });
  assert.equal(one.locked, true);
  one.key(pressed("enter"));
  await Promise.resolve();
  assert.equal(one.locked, false);
  one.dispose();
});

Deno.test("the bytes of a passphrase are zero once it has been hashed", async () => {
  const seen: Uint8Array[] = [];
  const one = new IdleLock({
    clock: new FakeClock(),
    afterMs: null,
    changed: () => {},
    opened: () => {},
    hash: (secret) => {
      seen.push(secret);
      return Promise.resolve(new Uint8Array(32));
    },
  });
  await one.setPassphrase("open sesame");
  assert.ok(seen.every((secret) => secret.every((byte) => byte === 0)));
  assert.equal(seen.length, 1);
  one.dispose();
});

Deno.test("a lock with the real hash takes the passphrase and no other", async () => {
  const opened = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  const one: IdleLock = new IdleLock({
    clock: new FakeClock(),
    afterMs: null,
    changed: () => {
      if (one.locked && /not it/.test(text(one.frame(SIZE)))) told.resolve();
    },
    opened: () => opened.resolve(),
  });
  await one.setPassphrase("caf\u00e9");
  one.lock();
  one.key(typed("cafe"));
  one.key(pressed("enter"));
  await told.promise;
  one.key(typed("cafe\u0301")); // the same letters, composed in another way
  one.key(pressed("enter"));
  await opened.promise;
  one.dispose();
});

Deno.test("of what is typed or pasted at a locked screen no more is kept than the longest passphrase has", async () => {
  const { one } = lock();
  await one.setPassphrase("x".repeat(256));
  one.lock();
  one.key(typed("x"));
  for (let i = 0; i < 3; i++) one.key({ paste: "x".repeat(200) });
  one.key(pressed("enter"));
  for (let i = 0; i < 10; i++) await Promise.resolve();
  assert.equal(one.locked, false);
  one.dispose();
});
