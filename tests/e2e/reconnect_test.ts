/** What people and bots see when the network breaks: real processes, a relay that is killed and started again. */
import assert from "node:assert/strict";
import { RelayProcess } from "../faults/relay_process.ts";
import { JsonClient, type Line, ROOT, runClient } from "./_client_process.ts";
import { HAS_TMUX, Terminal } from "./_tmux.ts";

const CLIENT = `${Deno.execPath()} run -A client.ts --lines`;
/** What the shell is told after a client, so that its status can be read off the screen. */
const STATUS = "echo status=$?";

/** Runs a test with a relay process that is there to be killed. */
async function withRelay(
  options: Parameters<typeof RelayProcess.start>[0],
  test: (relay: RelayProcess, address: string) => Promise<void>,
): Promise<void> {
  const relay = await RelayProcess.start(options);
  try {
    await test(relay, `127.0.0.1:${relay.port}`);
  } finally {
    await relay.kill();
  }
}

const lost = (line: Line): boolean => line["state"] === "reconnecting";
const back = (line: Line): boolean => line["state"] === "online" && line["back"] === true;

/** The texts that came from one member, in order. */
function said(lines: readonly Line[], nick: string): unknown[] {
  return lines
    .filter(({ event, from }) => event === "message" && (from as { nick: string }).nick === nick)
    .map(({ text }) => text);
}

const numbered = (what: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `${what} ${from + index}`);

async function trio(address: string): Promise<JsonClient[]> {
  const alice = new JsonClient(["create", "--nick", "alice", "--relay", address]);
  const { invite } = await alice.until("invite");
  const bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
  await bob.until("member_confirmed");
  return [alice, bob];
}

Deno.test("two bots are back by themselves after kill -9 of the relay; what was said meanwhile comes whole and in order", async () => {
  await withRelay({}, async (relay, address) => {
    await using stack = new AsyncDisposableStack();
    const [alice, bob] = (await trio(address)).map((each) => stack.use(each)) as [JsonClient, JsonClient];
    for (const text of numbered("a", 1, 5)) await alice.say({ command: "send", text });
    for (const text of numbered("b", 1, 5)) await bob.say({ command: "send", text });
    await alice.until("message", ({ text }) => text === "b 5");
    await bob.until("message", ({ text }) => text === "a 5");
    await relay.kill();
    await Promise.all([alice, bob].map((each) => each.until("connection", lost)));
    for (const text of numbered("a", 6, 30)) await alice.say({ command: "send", text, ref: text });
    for (const text of numbered("b", 6, 30)) await bob.say({ command: "send", text, ref: text });
    await alice.until("pending", ({ ref }) => ref === "a 30");
    await bob.until("pending", ({ ref }) => ref === "b 30");
    assert.ok(!alice.lines.some(({ event, ref }) => event === "sent" && ref === "a 6"));
    await relay.start();
    await alice.until("connection", back);
    await bob.until("connection", back);
    await alice.until("message", ({ text }) => text === "b 30");
    await bob.until("message", ({ text }) => text === "a 30");
    await alice.until(
      "delivered",
      ({ id }) => id === alice.lines.find(({ event, ref }) => event === "sent" && ref === "a 30")?.["id"],
    );
    assert.deepEqual(said(bob.lines, "alice"), numbered("a", 1, 30));
    assert.deepEqual(said(alice.lines, "bob"), numbered("b", 1, 30));
    const refs = alice.lines.filter(({ event, ref }) => event === "sent" && ref !== null).map(({ ref }) =>
      ref
    );
    assert.deepEqual(refs.filter((ref) => ref !== undefined), numbered("a", 6, 30));
    for (const { lines } of [alice, bob]) {
      assert.deepEqual(lines.filter(({ event }) => /^(?:error|lost|member_left)$/.test(event)), []);
    }
    for (const client of [alice, bob]) {
      await client.end();
      assert.equal(await client.status(), 0);
    }
  });
});

Deno.test("a connection event says why there is none, and when it is tried again", async () => {
  await withRelay({}, async (relay, address) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", address]);
    await alice.until("joined");
    await relay.kill();
    const first = await alice.until("connection", lost);
    assert.equal(first["attempt"], 1);
    assert.ok(String(first["reason"]).length > 0);
    const third = await alice.until("connection", ({ attempt }) => attempt === 3);
    assert.ok(Number(third["retryMs"]) > 0);
    assert.equal(third["unsent"], 0);
    alice.signal("SIGINT");
    assert.equal(await alice.status(), 0);
  });
});

Deno.test("--give-up ends with 3 and says how many messages were not sent", async () => {
  await withRelay({}, async (relay, address) => {
    await using alice = new JsonClient([
      "create",
      ...["--nick", "alice", "--relay", address, "--give-up", "3s"],
    ]);
    await alice.until("joined");
    await relay.kill();
    await alice.until("connection", lost);
    for (const text of ["one", "two", "three"]) await alice.say({ command: "send", text });
    await alice.end(); // waits for the connection all the same
    assert.equal(await alice.status(), 3);
    const ended = alice.lines.at(-1);
    assert.deepEqual([ended?.event, ended?.["status"], ended?.["code"]], ["ended", 3, "gave_up"]);
    assert.match(String(ended?.["message"]), /3 messages were not sent/);
  });
});

Deno.test("a second Ctrl-C goes without what waits, exits with 3 and says how much that was", async () => {
  await withRelay({}, async (relay, address) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", address]);
    await alice.until("joined");
    await relay.kill();
    await alice.until("connection", lost);
    await alice.say({ command: "send", text: "one", ref: 1 });
    await alice.until("pending");
    alice.signal("SIGINT");
    await alice.until("notice", ({ code }) => code === "waiting_to_send");
    alice.signal("SIGINT");
    assert.equal(await alice.status(), 3);
    assert.match(JSON.stringify(alice.lines.slice(-4)), /1 message was not sent/);
    assert.equal(alice.lines.at(-1)?.event, "ended");
  });
});

Deno.test("10,000 lines piped into --json arrive whole and in order at the default limits", async () => {
  await withRelay({ limits: { rateCount: 100, rateWindowMs: 60_000 } }, async (_relay, address) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", address]);
    const { invite } = await alice.until("invite");
    const texts = numbered("line", 1, 10_000);
    const input = texts.map((text) => JSON.stringify({ command: "send", text })).join("\n");
    const bob = await runClient(["join", String(invite), "--nick", "bob", "--json"], { input });
    assert.equal(bob.status, 0, bob.err);
    await alice.until("message", ({ text }) => text === "line 10000");
    assert.deepEqual(said(alice.lines, "bob"), texts);
  });
});

for (const way of ["join", "create"] as const) {
  Deno.test(`rejoin leaves and comes back by ${way === "join" ? "the same code" : "the room's invite"}`, async () => {
    await withRelay({}, async (_relay, address) => {
      await using stack = new AsyncDisposableStack();
      const [alice, bob] = (await trio(address)).map((each) => stack.use(each)) as [JsonClient, JsonClient];
      const [goes, stays] = way === "join" ? [bob, alice] : [alice, bob];
      const before = goes.lines.filter(({ event }) => event === "joined").length;
      await goes.say({ command: "rejoin" });
      await stays.until("member_left", ({ reason }) => reason === "left");
      await goes.say({ command: "send", text: "here again" });
      await stays.until("message", ({ text }) => text === "here again");
      assert.equal(goes.lines.filter(({ event }) => event === "joined").length, before + 1);
      for (const client of [goes, stays]) await client.end();
      assert.deepEqual([await goes.status(), await stays.status()], [0, 0]);
    });
  });
}

Deno.test({
  name: "two people see one quiet pair of lines, what they typed meanwhile waits and is told as sent",
  ignore: !HAS_TMUX,
  fn: async () => {
    await withRelay({}, async (relay, address) => {
      await using alice = await Terminal.open({ cwd: ROOT, columns: 110 });
      await using bob = await Terminal.open({ cwd: ROOT, columns: 110 });
      await alice.line(`${CLIENT} create --nick alice --relay ${address}; ${STATUS}`);
      await alice.shows(/Type to talk/);
      const [, code] = await alice.shows(/code +(\d{5}(?:-[a-z]+){4})/);
      await bob.line(`${CLIENT} join ${code} --nick bob --relay ${address}; ${STATUS}`);
      await bob.shows(/alice is confirmed/);
      await bob.line("hello");
      await alice.shows(/#1 bob: hello/);
      await relay.kill();
      await alice.shows(/-- Reconnecting… \([^)]+; (?:next try in \d+ s|trying now)\)/);
      await bob.shows(/-- Reconnecting… /);
      await alice.line("one");
      await alice.line("two");
      await alice.shows(
        /… alice: one \(waits for the connection\)\n.*… alice: two \(waits for the connection\)/,
      );
      await bob.line("three");
      await bob.shows(/… bob: three \(waits for the connection\)/);
      await relay.start();
      await alice.line("/reconnect");
      await bob.line("/reconnect");
      await alice.shows(/-- Back\./);
      await alice.shows(/-- 2 waiting messages were sent\./);
      await bob.shows(/-- Back\./);
      await bob.shows(/-- 1 waiting message was sent\./);
      await bob.shows(/alice: one\n(?:.*\n)*?.*alice: two/);
      await alice.shows(/#\d bob: three/);
      const screen = await alice.screen();
      assert.equal(screen.match(/-- Reconnecting/g)?.length, 1, screen);
      assert.equal(screen.match(/-- Back/g)?.length, 1, screen);
      assert.doesNotMatch(screen, /(?:was|were) lost|left\.|arrived/);
      assert.equal(screen.match(/came in/g)?.length, 1, screen);

      await relay.kill();
      await bob.shows(/Reconnecting…[^]*Reconnecting…/);
      await bob.line("too late");
      await bob.line("/quit");
      await bob.shows(
        /Waiting for the connection to send 1 message \(.*\); Ctrl-C again to leave without it\./,
      );
      await bob.press("C-c");
      await bob.shows(/1 message was not sent/);
      await bob.shows(/status=3/);
      await alice.line("/quit");
      await alice.shows(/status=0/);
    });
  },
});
