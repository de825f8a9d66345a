import assert from "node:assert/strict";
import { openRelay, type RunningRelay } from "../../relay/open_relay.ts";
import { JsonClient } from "./_client_process.ts";

async function withRelay(test: (relay: RunningRelay) => Promise<void>): Promise<void> {
  const relay = await openRelay({ port: 0 });
  try {
    await test(relay);
  } finally {
    await relay.close();
  }
}

Deno.test("two processes meet by invite, talk, see the same safety words and leave in order", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { invite } = await alice.until("invite");
    assert.match(String(invite), /^http:\/\/127\.0\.0\.1:\d+\/#[\w-]+$/);
    await using bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
    const joined = await bob.until("joined");
    assert.deepEqual((joined["members"] as { nick: string }[]).map(({ nick }) => nick).sort(), [
      "alice",
      "bob",
    ]);
    const come = await alice.until("member_joined");
    assert.deepEqual([come["nick"], come["id"]], ["bob", (joined["me"] as { id: string }).id]);

    await bob.say({ command: "send", text: "hello \u001b[31m\u202e", ref: "r1" });
    const message = await alice.until("message");
    assert.equal(message["text"], "hello \u001b[31m\u202e");
    assert.equal((message["from"] as { nick: string }).nick, "bob");
    const sent = await bob.until("sent", (line) => line["ref"] === "r1");
    assert.equal(sent["id"], message["id"]);
    await bob.until("delivered", (line) => line["id"] === message["id"]);

    await alice.say({ command: "verify", member: "bob" });
    await bob.say({ command: "verify", member: "alice" });
    const [one, two] = [
      await alice.until("safety", (line) => line["member"] !== null),
      await bob.until("safety", (line) => line["member"] !== null),
    ];
    assert.equal(String(one["words"]).split(" ").length, 12);
    assert.equal(one["words"], two["words"]);

    await bob.end();
    assert.equal(await bob.status(), 0);
    const gone = await alice.until("member_left");
    assert.deepEqual([gone["nick"], gone["reason"]], ["bob", "left"]);
    await alice.say({ command: "leave" });
    assert.equal(await alice.status(), 0);
    assert.equal(alice.lines.at(-1)?.event, "ended");
    assert.ok(![...alice.lines, ...bob.lines].some((line) => line.event === "message" && line !== message));
  });
});

Deno.test("commands piped in before the room is there are carried out in order, and all of them", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { code } = await alice.until("invite");
    await using bob = new JsonClient(["join", String(code), "--nick", "bob", "--relay", url]);
    for (let number = 1; number <= 20; number++) await bob.say({ command: "send", text: `line ${number}` });
    await bob.end();
    assert.equal(await bob.status(), 0);
    await alice.until("message", (line) => line["text"] === "line 20");
    const texts = alice.lines.filter((line) => line.event === "message").map((line) => line["text"]);
    assert.deepEqual(texts, Array.from({ length: 20 }, (_, index) => `line ${index + 1}`));
  });
});

Deno.test("a bad line is answered by an error event and the next one is carried out", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    await alice.until("joined");
    await alice.raw('{"command":"send"');
    await alice.raw('{"command":"sned","text":"x"}');
    await alice.until(
      "error",
      (line) => line["code"] === "bad_command" && /not JSON/.test(String(line["message"])),
    );
    await alice.until("error", (line) => /did you mean "send"/.test(String(line["message"])));
    await alice.say({ command: "who" });
    const { members } = await alice.until("members");
    assert.equal((members as unknown[]).length, 1);
    await alice.end();
    assert.equal(await alice.status(), 0);
  });
});

Deno.test("a message too long is refused by name, and nothing of it is sent", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    await alice.until("joined");
    await alice.say({ command: "send", text: "x".repeat(20_000), ref: 7 });
    const error = await alice.until("error");
    assert.deepEqual([error["code"], error["command"], error["ref"]], ["too_long", "send", 7]);
    assert.match(String(error["message"]), /20,000 bytes/);
    await alice.end();
    assert.equal(await alice.status(), 0);
    assert.ok(!alice.lines.some((line) => line.event === "sent"));
  });
});

Deno.test("a wrong code is refused with status 1, and the room is told", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { code } = await alice.until("invite");
    const number = String(code).split("-")[0];
    await using eve = new JsonClient(["join", `${number}-zoo-zoo-zoo-zoo`, "--nick", "eve", "--relay", url]);
    assert.equal(await eve.status(), 1);
    assert.equal(eve.lines.at(-1)?.["code"], "wrong_code");
    const knock = await alice.until("knock_failed");
    assert.deepEqual([knock["door"], knock["count"]], ["spoken", 1]);
  });
});

Deno.test("a full room, a locked room and a taken nickname each refuse with status 1", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url, "--limit", "2"]);
    const { invite } = await alice.until("invite");
    const refused = async (nick: string, code: string): Promise<void> => {
      await using eve = new JsonClient(["join", String(invite), "--nick", nick]);
      assert.equal(await eve.status(), 1);
      assert.equal((await eve.until("error"))["code"], code);
    };
    await refused("alice", "nick_taken");
    await alice.say({ command: "lock" });
    await alice.until("lock");
    await refused("eve", "locked");
    await alice.say({ command: "unlock" });
    await alice.until("lock", (line) => line["locked"] === false);
    await using bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
    await bob.until("joined");
    await refused("eve", "room_full");
    await bob.end();
    assert.equal(await bob.status(), 0);
  });
});

Deno.test("a member that is put out ends with status 1", async () => {
  await withRelay(async ({ url }) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
    const { invite } = await alice.until("invite");
    await using bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
    await bob.until("joined");
    await alice.until("member_joined");
    await alice.say({ command: "kick", member: "bob" });
    assert.equal(await bob.status(), 1);
    assert.equal(bob.lines.at(-1)?.["code"], "kicked");
    await alice.until("member_left", (line) => line["reason"] === "kicked");
  });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`${signal} makes a client say goodbye before it goes`, async () => {
    await withRelay(async ({ url }) => {
      await using alice = new JsonClient(["create", "--nick", "alice", "--relay", url]);
      const { invite } = await alice.until("invite");
      await using bob = new JsonClient(["join", String(invite), "--nick", "bob"]);
      await bob.until("member_confirmed");
      bob.signal(signal);
      assert.equal(await bob.status(), signal === "SIGHUP" ? 129 : 0);
      const gone = await alice.until("member_left");
      assert.deepEqual([gone["nick"], gone["reason"]], ["bob", "left"]);
    });
  });
}

Deno.test("a relay that goes for good ends the session with status 3 when it is given up", async () => {
  const relay = await openRelay({ port: 0 });
  await using alice = new JsonClient([
    "create",
    ...["--nick", "alice", "--relay", relay.url, "--give-up", "1s"],
  ]);
  await alice.until("joined");
  await relay.close();
  assert.equal(await alice.status(), 3);
  assert.equal(alice.lines.at(-1)?.event, "ended");
});

Deno.test("host brings its own relay, which others can reach and which ends with it", async () => {
  await using alice = new JsonClient(["host", "--port", "0", "--nick", "alice"]);
  const { invite } = await alice.until("invite");
  await using bob = new JsonClient(["join", String(invite), "--nick", "bob", "--give-up", "1s"]);
  await bob.until("joined");
  await bob.say({ command: "send", text: "nice place" });
  await alice.until("message", (line) => line["text"] === "nice place");
  alice.signal("SIGINT");
  assert.equal(await alice.status(), 0);
  assert.equal(await bob.status(), 3);
});
