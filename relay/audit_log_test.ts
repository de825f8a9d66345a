import assert from "node:assert/strict";
import { FakeClock, TestRelay } from "../tests/relay_helpers.ts";
import { isOpenToOthers } from "./file_mode.ts";
import { AuditLog, type AuditLogOptions } from "./audit_log.ts";
import { Relay } from "./relay.ts";

const DAY = 86_400_000;

interface Stage extends AsyncDisposable {
  log: AuditLog;
  path: string;
  clock: FakeClock;
  said: string[];
  time: { now: number };
  /** Closes the log and reads a file of it. */
  lines(suffix?: string): Promise<Record<string, unknown>[]>;
}

async function stage(options: Partial<AuditLogOptions> = {}): Promise<Stage> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/audit.log`;
  const clock = new FakeClock();
  const said: string[] = [];
  const time = { now: 0 };
  const log = new AuditLog({
    path,
    print: (line) => said.push(line),
    complain: (sentence) => said.push(sentence),
    now: () => time.now,
    clock,
    ...options,
  });
  const parse = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));
  return {
    log,
    path,
    clock,
    said,
    time,
    async lines(suffix = "") {
      await log.close();
      return parse(await Deno.readTextFile(`${path}${suffix}`));
    },
    async [Symbol.asyncDispose]() {
      await log.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

Deno.test("the audit log writes one JSON line an event, into a file for its owner alone", async () => {
  await using test = await stage();
  test.log.record({ type: "start" });
  test.log.record({ type: "login", method: "token", name: 'al\nice "x"', tokenId: "01234567" });
  const lines = await test.lines();
  assert.deepEqual(lines, [
    { time: "1970-01-01T00:00:00.000Z", type: "start" },
    {
      time: "1970-01-01T00:00:00.000Z",
      type: "login",
      method: "token",
      name: 'al\nice "x"',
      tokenId: "01234567",
    },
  ]);
  assert.equal(isOpenToOthers((await Deno.stat(test.path)).mode), false);
});

Deno.test("the audit log hashes addresses with a salt that is another one each day", async () => {
  await using test = await stage();
  for (const ip of ["192.0.2.7", "192.0.2.7", "192.0.2.8"]) test.log.record({ type: "login", ip });
  test.time.now = DAY;
  test.log.record({ type: "login", ip: "192.0.2.7" });
  const text = JSON.stringify(await test.lines());
  const hashes = (JSON.parse(text) as { ipHash: string }[]).map(({ ipHash }) => ipHash);
  assert.match(hashes[0] ?? "", /^[0-9a-f]{16}$/);
  assert.equal(hashes[0], hashes[1]);
  assert.equal(new Set(hashes).size, 3);
  assert.ok(!text.includes("192.0.2"));
});

Deno.test("the audit log writes addresses as they are where the operator wants that", async () => {
  await using test = await stage({ ips: true });
  test.log.record({ type: "ban", ip: "192.0.2.7", reason: "floods" });
  assert.deepEqual(await test.lines(), [
    { time: "1970-01-01T00:00:00.000Z", type: "ban", ip: "192.0.2.7", reason: "floods" },
  ]);
});

Deno.test("an attacker cannot fill the disk with refusals: they are counted, and files turn over", async () => {
  await using test = await stage();
  for (let i = 0; i < 100_000; i++) {
    test.log.record({
      type: "login_refused",
      ip: `10.0.${i & 255}.${i >> 8}`,
      method: "password",
      reason: "wrong",
    });
  }
  test.log.record({ type: "login", method: "password" });
  test.clock.advance(60_000);
  const lines = await test.lines();
  assert.equal(lines.length, 102);
  assert.deepEqual(lines.at(-1), {
    time: "1970-01-01T00:00:00.000Z",
    type: "login_refused",
    method: "password",
    reason: "wrong",
    count: 99_900,
  });
});

Deno.test("the audit log counts 64 kinds of refusals, and all others by their type alone", async () => {
  await using test = await stage();
  for (let i = 0; i < 100; i++) {
    test.log.record({ type: "login_refused", method: "password", reason: "first" });
  }
  for (let i = 0; i < 1_000; i++) test.log.record({ type: "login_refused", reason: `why ${i}` });
  const lines = (await test.lines()).slice(100);
  assert.equal(lines.length, 65);
  assert.deepEqual([lines[0]?.["reason"], lines[63]?.["reason"]], ["why 0", "why 63"]);
  const { reason, count } = lines[64] ?? {};
  assert.deepEqual([reason, count], [undefined, 1_000 - 64]);
});

Deno.test("the audit log turns its file over by size and keeps so many old ones", async () => {
  await using test = await stage({ maxBytes: 1_000, keep: 2 });
  for (let i = 0; i < 2_000; i++) test.log.record({ type: "login", name: `name ${i}` });
  assert.equal((await test.lines()).at(-1)?.name, "name 1999");
  const names: string[] = [];
  for await (const { name } of Deno.readDir(test.path.replace(/\/[^/]*$/, ""))) names.push(name);
  assert.deepEqual(names.sort(), ["audit.log", "audit.log.1", "audit.log.2"]);
  assert.equal(isOpenToOthers((await Deno.stat(`${test.path}.1`)).mode), false);
});

Deno.test("an audit log that cannot be written says so once and stops nothing", async () => {
  const full = "/dev/full"; // each write fails there
  if (Deno.build.os !== "linux") return;
  await using test = await stage({ path: full });
  for (let i = 0; i < 300; i++) test.log.record({ type: "login" });
  await test.log.close();
  assert.equal(test.said.length, 1);
  assert.match(
    test.said[0] ?? "",
    /^Warning: cannot write the audit log \/dev\/full: .*\. The relay goes on without it\.$/,
  );
});

Deno.test("an audit log that cannot be opened is refused with a sentence", () => {
  const open = (path: string) => () => new AuditLog({ path, print: () => {}, complain: () => {} });
  assert.throws(
    open("/nowhere/at/all/audit.log"),
    /^Error: Cannot write the audit log .*: there is no such directory$/,
  );
  assert.throws(open("/"), /Cannot write the audit log .*: it is a directory$/);
});

Deno.test("an audit log at - prints its lines", async () => {
  await using test = await stage({ path: "-" });
  test.log.record({ type: "stop" });
  assert.deepEqual(test.said, ['{"time":"1970-01-01T00:00:00.000Z","type":"stop"}']);
});

Deno.test("an audit log whose reader has stalled keeps so many lines, counts the others, and ends in time", async () => {
  const taken = Promise.withResolvers<void>();
  const written: string[] = [];
  const print = async (lines: string): Promise<void> => {
    await taken.promise;
    written.push(...lines.split("\n"));
  };
  await using test = await stage({ path: "-", print });
  for (let i = 0; i < 20_000; i++) test.log.record({ type: "start" });
  assert.equal(written.length, 0);
  const closing = test.log.close();
  test.clock.advance(1_000);
  await closing;
  taken.resolve();
  while (written.length < 10_002) await Promise.resolve();
  assert.equal(written.length, 10_002);
  assert.deepEqual(written.filter((line) => line.includes("lost")).map((line) => JSON.parse(line).count), [
    9_999,
  ]);
});

Deno.test("what a relay records names no room and nothing that was said", async () => {
  await using test = await stage({ ips: true });
  const relay = new TestRelay();
  const audited = new Relay({ audit: test.log, clock: relay.clock });
  Object.defineProperty(relay, "relay", { value: audited });
  const [alice] = relay.trio();
  alice.say(1, "zebra");
  relay.connect("192.0.2.9").raw(new Uint8Array([1]));
  const [room] = audited.control.rooms();
  audited.bans.add("192.0.2.0/30", { reason: "floods" });
  audited.bans.remove("192.0.2.0/30");
  const [other] = [relay.client("198.51.100.1")];
  other.join(2);
  for (const { id } of audited.control.rooms()) audited.control.closeRoom(id);
  audited.control.drain();
  audited.control.cut(() => true);
  const lines = await test.lines();
  const text = JSON.stringify(lines);
  assert.ok(room && !text.includes(room.id) && !text.includes("zebra"));
  const types = new Set(lines.map(({ type }) => type));
  for (const type of ["refused", "ban", "unban", "room_closed", "drain"]) assert.ok(types.has(type), type);
});
