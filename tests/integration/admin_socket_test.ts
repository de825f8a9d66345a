/** The admin socket: who may use it, what it takes, and what it does to people in rooms, over real sockets. */
import assert from "node:assert/strict";
import { checkDirectory } from "../../relay/admin_path.ts";
import { askRelay } from "../../relay/admin_client.ts";
import { type AdminAccess, AdminDesk, type AdminToken, type Status } from "../../relay/admin_desk.ts";
import { AdminError, type AdminRequest, MAX_REQUEST } from "../../relay/admin_requests.ts";
import { type AdminSocket, openAdminSocket } from "../../relay/admin_socket.ts";
import type { ConnectionInfo, RoomInfo } from "../../relay/control.ts";
import { openRelay, type RunningRelay } from "../../relay/mod.ts";
import { CloseCode, ErrorCode } from "../../wire/mod.ts";
import { roomOf, SocketClient } from "../relay_sockets.ts";

/** Windows has no sockets in files for Deno. */
const onUnix = Deno.build.os === "windows" ? Deno.test.ignore : Deno.test;

interface Stage extends AsyncDisposable {
  running: RunningRelay;
  path: string;
  socket: AdminSocket;
  ask: (request: AdminRequest) => Promise<unknown>;
}

async function stage(listener: "deno" | "node" = "deno", access?: AdminAccess): Promise<Stage> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/relay.sock`;
  const running = await openRelay({ port: 0, listener });
  const desk = new AdminDesk({ relay: running.relay, version: "1.2.3", access });
  const socket = await openAdminSocket(path, desk);
  return {
    running,
    path,
    socket,
    ask: (request) => askRelay(path, request),
    async [Symbol.asyncDispose]() {
      await socket.close();
      await running.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function said(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof AdminError) return error.message;
    throw error;
  }
  return assert.fail("it was not refused");
}

/** Talks to the socket as any program could. */
async function raw(path: string, bytes: Uint8Array): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path });
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  await connection.closeWrite();
  return await new Response(connection.readable).text();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const listener of ["deno", "node"] as const) {
  onUnix(
    `${listener} listener: an operator closes a room by its opaque id, and everybody in it is told`,
    async () => {
      await using test = await stage(listener);
      const members = await roomOf(test.running.url, 3, 1);
      const others = await roomOf(test.running.url, 2, 2);
      const { rooms } = await test.ask({ command: "rooms" }) as { rooms: RoomInfo[] };
      const room = rooms.find(({ members }) => members === 3);
      assert.ok(room);
      assert.deepEqual(await test.ask({ command: "close-room", id: room.id }), { done: true });
      for (const member of members) {
        assert.equal((await member.next("error")).code, ErrorCode.roomClosed);
        await member.next("bye");
        assert.equal(await member.closed, CloseCode.roomClosed);
      }
      const back = await SocketClient.open(test.running.url);
      back.send({ type: "join", doorId: new Uint8Array([...new Array(15).fill(0), 1]), mode: "any" });
      assert.equal((await back.next("error")).code, ErrorCode.roomClosed);
      assert.match(
        await said(test.ask({ command: "close-room", id: room.id })),
        /^Cannot close the room: there is no room /,
      );
      others[0]?.say(1, new Uint8Array([7]));
      assert.deepEqual((await others[1]?.next("deliver"))?.payload, new Uint8Array([7]));
      await Promise.all([back, ...others].map((client) => client.close()));
    },
  );

  onUnix(
    `${listener} listener: an operator bans an address, and its connections end with that said`,
    async () => {
      await using test = await stage(listener);
      const [alice] = await roomOf(test.running.url, 1, 1);
      assert.ok(alice);
      assert.deepEqual(await test.ask({ command: "ban", cidr: "127.0.0.0/8", reason: "floods" }), {
        ended: 1,
      });
      await alice.next("bye");
      assert.equal(await alice.closed, CloseCode.banned);
      assert.equal(test.running.relay.bans.blocked("127.0.0.1"), true);
      assert.deepEqual(await test.ask({ command: "bans" }), {
        bans: [{ cidr: "127.0.0.0/8", reason: "floods" }],
      });
      assert.deepEqual(await test.ask({ command: "unban", cidr: "127.0.0.0/8" }), { done: true });
      await (await SocketClient.open(test.running.url)).close();
    },
  );

  onUnix(`${listener} listener: an operator cuts one connection, and the others go on`, async () => {
    await using test = await stage(listener);
    const [alice, bob] = await roomOf(test.running.url, 2, 1);
    assert.ok(alice && bob);
    const { connections } = await test.ask({ command: "connections" }) as { connections: ConnectionInfo[] };
    const second = connections.find(({ id }) => id === 2);
    assert.ok(second?.member && second.ip === "127.0.0.1");
    assert.deepEqual(await test.ask({ command: "cut", id: 2 }), { cut: 1 });
    await bob.next("bye");
    assert.equal(await bob.closed, CloseCode.cut);
    assert.equal((await alice.next("peer_out")).reason, "closed");
    assert.match(await said(test.ask({ command: "cut" })), /name a number or an address/);
    assert.match(
      await said(test.ask({ command: "cut", id: 4_000 })),
      /Cannot cut it off: there is no connection 4000/,
    );
    assert.deepEqual(await test.ask({ command: "cut", cidr: "198.51.100.0/24" }), { cut: 0 });
    await alice.close();
  });

  onUnix(`${listener} listener: a relay that drains tells everybody and takes no new rooms`, async () => {
    await using test = await stage(listener);
    const [alice] = await roomOf(test.running.url, 1, 1);
    assert.ok(alice);
    await test.ask({ command: "drain", sentence: "Back in a minute." });
    assert.deepEqual({ ...await alice.next("tell") }, {
      type: "tell",
      code: ErrorCode.draining,
      sentence: "Back in a minute.",
    });
    const fresh = await SocketClient.open(test.running.url);
    await fresh.next("tell");
    fresh.send({ type: "join", doorId: new Uint8Array(16).fill(9), mode: "any" });
    assert.equal((await fresh.next("error")).code, ErrorCode.draining);
    await test.ask({ command: "drain", off: true });
    const { draining, members, version } = await test.ask({ command: "status" }) as Status;
    assert.deepEqual([draining, members, version], [false, 1, "1.2.3"]);
    await Promise.all([alice, fresh].map((client) => client.close()));
  });
}

onUnix("the admin socket is its owner's alone, and gone when the relay is", async () => {
  let path = "";
  {
    await using test = await stage();
    path = test.path;
    assert.equal(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
  }
  assert.match(await said(askRelay(path, { command: "status" })), /none listens at .*--admin-socket/);
});

onUnix(
  "the admin socket does not take the place of one that is alive, takes that of one that is dead, and of nothing else",
  async () => {
    await using test = await stage();
    const desk = () => new AdminDesk({ relay: test.running.relay, version: "" });
    assert.match(await said(openAdminSocket(test.path, desk())), /another relay listens there/);
    const directory = await Deno.makeTempDir();
    const dead = `${directory}/dead.sock`;
    const killed = Deno.listen({ transport: "unix", path: `${dead}.alive` });
    await Deno.rename(`${dead}.alive`, dead); // as a relay that was killed leaves it: nobody removes it
    killed.close();
    assert.ok((await Deno.lstat(dead)).isSocket, "it is still there");
    await (await openAdminSocket(dead, desk())).close();
    await Deno.writeTextFile(dead, "a letter");
    assert.match(await said(openAdminSocket(dead, desk())), /something else is there/);
    assert.equal(await Deno.readTextFile(dead), "a letter");
    await Deno.chmod(directory, 0o777);
    assert.match(
      await said(openAdminSocket(`${directory}/x.sock`, desk())),
      /others can write to .*chmod go-w/,
    );
    await Deno.chmod(directory, 0o1777);
    await (await openAdminSocket(`${directory}/x.sock`, desk())).close();
    assert.match(await said(openAdminSocket(`${directory}/no/x.sock`, desk())), /there is no directory/);
    await Deno.remove(directory, { recursive: true });
  },
);

onUnix("the admin socket answers whatever it is sent with one line, and goes on", async () => {
  await using test = await stage();
  const bad = [
    "",
    "x",
    "[]",
    "null",
    '{"command":"fly"}',
    '{"command":"status","more":1}',
    '{"command":"ban"}',
    '{"command":"ban","cidr":"everywhere"}',
    '{"command":"cut","id":-1}',
    '{"__proto__":{"command":"status"}}',
    '{"command":"token-create","name":"a","ttlMs":1e99}',
    '{"command":"drain","sentence":"a\\u001b[2Jb"}',
    "\u0000\ufffd",
  ];
  const answers = (await raw(test.path, utf8(`${bad.join("\n")}\n`))).trimEnd().split("\n");
  assert.equal(answers.length, bad.length);
  for (const [i, answer] of answers.entries()) {
    const { ok, error } = JSON.parse(answer) as { ok: boolean; error: { code: string; message: string } };
    assert.equal(ok, false, bad[i]);
    assert.match(error.code, /^(bad_request|refused)$/);
    assert.match(error.message, /^Cannot /);
  }
  assert.match(await raw(test.path, new Uint8Array(MAX_REQUEST + 1).fill(65)), /too long/);
  const split = await Deno.connect({ transport: "unix", path: test.path });
  for (const byte of utf8('{"command":"bans"}\n')) await split.write(new Uint8Array([byte]));
  const into = new Uint8Array(100);
  const count = await split.read(into);
  assert.equal(new TextDecoder().decode(into.subarray(0, count ?? 0)), '{"ok":true,"result":{"bans":[]}}\n');
  split.close();
  assert.equal((await test.ask({ command: "status" }) as Status).connections.now, 0);
});

onUnix("tokens can be made, listed and revoked over the admin socket, where the relay has any", async () => {
  const tokens: AdminToken[] = [];
  await using test = await stage("deno", {
    createToken: (wish) => {
      const token = { id: "01234567", createdAt: 0, expiresAt: wish.ttlMs, ...wish, uses: 0 };
      tokens.push(token);
      return { ...token, token: "a-uuid" };
    },
    listTokens: () => tokens,
    revokeToken: (id) => id === tokens.pop()?.id,
    disableAccount: () => false,
    removeAccount: () => false,
    resetAccount: () => false,
    addAccount: () => false,
  });
  const made = await test.ask({ command: "token-create", name: "alice", ttlMs: 1_000 }) as { token: string };
  assert.equal(made.token, "a-uuid");
  assert.deepEqual(await test.ask({ command: "tokens" }), { tokens: [{ ...tokens[0] }] });
  assert.deepEqual(await test.ask({ command: "token-revoke", token: "01234567" }), { done: true });
  assert.match(
    await said(test.ask({ command: "token-revoke", token: "01234567" })),
    /there is no such token/,
  );
  assert.match(await said(test.ask({ command: "accounts" })), /--accounts FILE/);
  await using without = await stage();
  assert.match(await said(without.ask({ command: "tokens" })), /start it with a password/);
});

onUnix("a relay that lacks the permissions for its admin socket says so in a sentence", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-net", "--allow-env", `--allow-read=${directory}`, "server.ts"],
        ...["--port", "0", "--admin-socket", `${directory}/relay.sock`],
      ],
      cwd: new URL("../../", import.meta.url),
      env: { NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    });
    const { code, stderr } = await child.output();
    const text = new TextDecoder().decode(stderr);
    assert.equal(code, 2, text);
    assert.match(
      text,
      /^Cannot open the admin socket \S+: it was not started with the permissions for it[^\n]*\n$/,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("on Windows the admin socket is refused in a sentence", () =>
  assert.rejects(checkDirectory("C:\\relay.sock", "windows"), /^AdminError: .*no such sockets on Windows/));
