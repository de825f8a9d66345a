/** The commands for a running relay, as an operator types them. */
import assert from "node:assert/strict";
import { AdminDesk } from "../../relay/admin_desk.ts";
import { openAdminSocket } from "../../relay/admin_socket.ts";
import { openRelay, type RunningRelay } from "../../relay/mod.ts";
import { ADMIN_COMMANDS, runAdminCommand } from "../../relay/program/admin_commands.ts";
import { CloseCode } from "../../wire/mod.ts";
import { roomOf } from "../relay_sockets.ts";

/** Windows has no sockets in files for Deno. */
const onUnix = Deno.build.os === "windows" ? Deno.test.ignore : Deno.test;

interface Told {
  status: number;
  out: string;
  err: string;
}

/** Types a command. */
async function type(line: string, env: Record<string, string> = {}): Promise<Told> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    print: (text: string) => void out.push(text),
    complain: (text: string) => void err.push(text),
  };
  const args = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? [];
  const status = await runAdminCommand(args, io, { env: (name) => env[name], screen: () => undefined });
  return { status, out: out.join("\n"), err: err.join("\n") };
}

async function withRelay(
  run: (type: (line: string) => Promise<Told>, relay: RunningRelay) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const running = await openRelay({ port: 0 });
  const path = `${directory}/sotto-relay.sock`;
  const socket = await openAdminSocket(path, new AdminDesk({ relay: running.relay, version: "1.2.3" }));
  try {
    await run((line) => type(line, { XDG_RUNTIME_DIR: directory }), running);
  } finally {
    await socket.close();
    await running.close();
    await Deno.remove(directory, { recursive: true });
  }
}

onUnix("an operator sees how the relay is, in words and as JSON", async () => {
  await withRelay(async (type, { url }) => {
    const members = await roomOf(url, 2, 1);
    const { status, out } = await type("status");
    assert.equal(status, 0);
    assert.match(out, /^relay +1\.2\.3, up for \d+s$/m);
    assert.match(out, /^state +healthy$/m);
    assert.match(out, /^connections +2 of 20,000; 2 in rooms, 0 knocking$/m);
    assert.equal(JSON.parse((await type("status --json")).out).members, 2);
    assert.match((await type("top")).out, /members {6}2 online of 2/);
    assert.match(
      (await type("connections")).out,
      /^NUMBER {2}ADDRESS +IN A ROOM +UNSENT +AGE\n1 +127\.0\.0\.1 +yes/,
    );
    await Promise.all(members.map((member) => member.close()));
  });
});

onUnix(
  "an operator closes a room, cuts, bans and drains with commands, each of which says what was done",
  async () => {
    await withRelay(async (type, { url }) => {
      assert.equal((await type("rooms")).out, "There are no rooms.");
      const [first] = await roomOf(url, 1, 1);
      const [second] = await roomOf(url, 1, 2);
      const [third] = await roomOf(url, 1, 3);
      const id = /^[0-9a-f]{12}/m.exec((await type("rooms")).out)?.[0] ?? "";
      assert.equal((await type(`close-room ${id}`)).out, `The room ${id} is closed.`);
      assert.equal(await first?.closed, CloseCode.roomClosed);
      assert.equal((await type("cut 2")).out, "1 connection was cut off.");
      assert.equal(await second?.closed, CloseCode.cut);
      assert.equal(
        (await type('ban 127.0.0.1 --reason "much too loud" --for 2h')).out,
        "127.0.0.1 is banned. 1 connection was cut off.",
      );
      assert.equal(await third?.closed, CloseCode.banned);
      assert.match((await type("bans")).out, /^127\.0\.0\.1 {2}(?:1h 59m|2h) +much too loud$/m);
      assert.equal((await type("unban 127.0.0.1")).out, "127.0.0.1 is no longer banned.");
      assert.equal((await type("drain")).out, "The relay takes no new rooms; everybody has been told.");
      assert.match((await type("status")).out, /draining: it takes no new rooms/);
      assert.equal((await type("drain --off")).out, "The relay takes new rooms.");
    });
  },
);

onUnix("a command that is refused says why and what to do, with status 1", async () => {
  await withRelay(async (type) => {
    for (
      const [line, why] of [
        ["close-room 000000000000", /^Cannot close the room: there is no room 000000000000\.$/],
        ["unban 192.0.2.1", /^Cannot take the ban back: 192\.0\.2\.1 is not banned\.$/],
        ["ban 192.0.2.1/24", /write the first address of the range\.$/],
        ["ban 0.0.0.0/0", /it is everybody; stop the relay instead\.$/],
        ["tokens", /^This relay has no tokens: start it with a password\.$/],
        ["accounts", /--accounts FILE\.$/],
        ["cut everybody", /^Cannot read the address range "everybody": /],
      ] as const
    ) {
      const { status, out, err } = await type(line);
      assert.deepEqual([status, out], [1, ""], line);
      assert.match(err, why);
    }
  });
});

Deno.test("a command without a relay to talk to says how to start one", async () => {
  const { status, err } = await type("status --socket /nowhere/relay.sock");
  assert.equal(status, 1);
  assert.equal(
    err,
    "Cannot ask the relay: none listens at /nowhere/relay.sock; start it with --admin-socket, or name its path with --socket.",
  );
  assert.match((await type("status")).err, /XDG_RUNTIME_DIR is not set; name it, such as with --socket /);
  assert.match(
    (await type("status", { ADMIN_SOCKET: "/elsewhere/x.sock" })).err,
    /none listens at \/elsewhere\/x\.sock/,
  );
});

Deno.test("a command that is typed wrongly is refused with status 2, and --help tells of each", async () => {
  for (const line of ["ban", "statsu", "ban 192.0.2.1 --for never", "close-room", "status --sockte x"]) {
    const { status, err } = await type(line);
    assert.equal(status, 2, line);
    assert.match(err, /^Cannot do this: /, line);
  }
  for (const name of ADMIN_COMMANDS) {
    const { status, out } = await type(`${name} --help`);
    assert.equal(status, 0, name);
    assert.ok(out.startsWith(`Usage: server.ts ${name} [options]`), out);
  }
});
