/** A relay with a password, from its operator's first command to the last: `curl` outside, plain WebSockets inside. */
import assert from "node:assert/strict";
import { ScramClient } from "../../crypto/scram_client.ts";
import { deriveScramKeys } from "../../crypto/scram_keys.ts";
import {
  CloseCode,
  decodeLoginAnswer,
  encodeLoginStep,
  errorName,
  type LoginAnswer,
  type LoginStep,
  SCRAM_ITERATIONS,
} from "../../wire/mod.ts";
import { doorId } from "../relay_helpers.ts";
import { SocketClient } from "../relay_sockets.ts";
import { command, run, whileRunning } from "./_server_process.ts";

const PASSWORD = "correct horse";

/** A directory with the password in a file, for as long as `use` runs. */
async function withPassword(use: (files: { dir: string; args: string[] }) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "relay-operator-" });
  try {
    await Deno.writeTextFile(`${dir}/password`, `${PASSWORD}\n`, { mode: 0o600 });
    await Deno.writeTextFile(`${dir}/new`, "battery staple\n", { mode: 0o600 });
    const args = ["--port", "0", "--drain-time", "0", "--password-iterations", "10000"];
    await use({ dir, args: [...args, "--password-file", `${dir}/password`] });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** `curl` as an operator types it; its answer as JSON. */
async function curl(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await new Deno.Command("curl", { args: ["-sS", "--noproxy", "*", ...args] }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function step(client: SocketClient, step: LoginStep): Promise<LoginAnswer> {
  client.send({ type: "auth", bytes: encodeLoginStep(step) });
  return decodeLoginAnswer((await client.next("auth_step")).bytes);
}

async function logIn(client: SocketClient, name: string, password: string): Promise<void> {
  const keys = (parameters: { salt: Uint8Array<ArrayBuffer>; iterations: number }) =>
    deriveScramKeys(password, parameters);
  const scram = new ScramClient({ name, iterations: SCRAM_ITERATIONS, keys });
  const method = name === "" ? "password" : "account";
  const { message } = await step(client, { method, message: scram.first });
  const last = await step(client, { method, message: await scram.final(message) });
  scram.verify(last.message);
  assert.ok(last.done);
}

for (const listener of ["deno", "node"]) {
  Deno.test(`a token made with curl opens a relay (${listener}), and revoking it closes what came in by it`, async () => {
    await withPassword(async ({ args }) => {
      const outcome = await whileRunning({ args: [...args, "--listener", listener] }, async (url, text) => {
        assert.match(
          text,
          /^Make a token: {2}curl -u admin http:\/\/127\.0\.0\.1:\d+\/generate_token -d username=alice$/m,
        );
        const http = url.replace("ws:", "http:").replace("/ws", "");
        const form = ["-d", `admin_password=${PASSWORD}`, "-d", "username=alice", "-d", "ttl=3600"];
        const made = await curl(`${http}/generate_token`, ...form);
        assert.match(
          String(made.token),
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
        assert.equal(made.username, "alice");
        const client = await SocketClient.open(url);
        client.send({ type: "join", doorId: doorId(1), mode: "any" });
        assert.equal(errorName((await client.next("error")).code), "authRequired");
        assert.ok((await step(client, { method: "token", token: String(made.token) })).done);
        await client.join(1);
        const health = await curl(`${http}/health`);
        assert.deepEqual([health.status, health.active_users, health.active_tokens], ["healthy", 1, 1]);
        await curl(`${http}/revoke_token`, "-u", `admin:${PASSWORD}`, "-d", `id=${made.id}`);
        assert.equal(await client.closed, CloseCode.loggedOut);
        const { error } = await curl(`${http}/tokens`, "-u", "admin:wrong");
        assert.equal((error as { code: string }).code, "unauthorized");
      });
      assert.deepEqual([outcome.status, outcome.stderr], [0, ""]);
      assert.doesNotMatch(outcome.stdout, new RegExp(PASSWORD));
    });
  });
}

Deno.test("the password of a relay is proven by a guest, from a file, a variable or the command line, which warns", async () => {
  await withPassword(async ({ args, dir }) => {
    const bare = args.slice(0, -2);
    const ways: [string[], Record<string, string>, RegExp][] = [
      [args, {}, /^$/],
      [[...bare], { ADMIN_PASSWORD: PASSWORD }, /^$/],
      [
        [...bare, "--password", PASSWORD],
        { ADMIN_PASSWORD_FILE: `${dir}/new` },
        /^Warning: --password can be read .*\n$/,
      ],
    ];
    for (const [args, env, says] of ways) {
      const { status, stderr } = await whileRunning({ args, env }, async (url) => {
        const client = await SocketClient.open(url);
        await logIn(client, "", PASSWORD);
        await client.join(1);
        await client.close();
      });
      assert.equal(status, 0);
      assert.match(stderr, says);
    }
  });
});

Deno.test("a relay whose password is short starts, and warns that it can be guessed", async () => {
  const args = ["--port", "0", "--password-iterations", "10000"];
  for (
    const [password, says] of [["sesame2", /^Warning: .* fewer than 8 characters.*\n$/], [
      "sesame 2",
      /^$/,
    ]] as const
  ) {
    const { status, stderr } = await whileRunning(
      { args, env: { ADMIN_PASSWORD: password } },
      async (url) => {
        const client = await SocketClient.open(url);
        await logIn(client, "", password);
        await client.close();
      },
    );
    assert.equal(status, 0);
    assert.match(stderr, says);
  }
});

Deno.test("accounts outlive a relay, an operator's among them, and server.ts admin manages the file in between", async () => {
  await withPassword(async ({ dir, args }) => {
    const file = ["--accounts", `${dir}/accounts`];
    const opened = [...file, "--password-file", `${dir}/password`];
    const fresh = ["--new-password-file", `${dir}/new`];
    assert.deepEqual(await run([...args, ...file, "--operator", "Olga"], { OPERATOR_PASSWORD: "sesame" }), {
      status: 2,
      stdout: "",
      stderr:
        "Cannot use the password of --operator olga: it has fewer than 8 characters; take a longer one, " +
        "such as four words\n",
    });
    const first = await whileRunning(
      { args: [...args, ...file, "--operator", "Olga"], env: { OPERATOR_PASSWORD: "tell-nobody" } },
      async (url) => {
        const tokens = `${url.replace("ws:", "http:").replace("/ws", "")}/tokens`;
        assert.deepEqual(await curl(tokens, "-u", "olga:tell-nobody"), { tokens: [] });
        assert.deepEqual(await run(["admin", "list", ...opened]), {
          status: 2,
          stdout: "",
          stderr:
            `Cannot use ${dir}/accounts: a relay uses it now; ask that relay with \`server.ts accounts\`, which takes a relay that runs with --admin-socket, or stop it first\n`,
        });
      },
    );
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /^Operator: {6}olga/);
    assert.equal((await run(["admin", "add", "bob", ...opened, ...fresh])).stdout, "Added bob.\n");
    assert.match(
      (await run(["admin", "list", ...opened])).stdout,
      /^bob {3}\d{4}-\d\d-\d\d\nolga {2}\d{4}-\d\d-\d\d {2}operator\n$/,
    );
    const second = await whileRunning(
      { args: [...args, ...file, "--require-account"] },
      async (url, text) => {
        assert.match(text, /Come in: {7}with an account/);
        const client = await SocketClient.open(url);
        await logIn(client, "bob", "battery staple");
        await client.join(1);
        await client.close();
      },
    );
    assert.equal(second.status, 0, second.stderr);
    for (
      const [words, status, says] of [
        [["disable", "bob"], 0, /^Disabled bob\.\n$/],
        [["enable", "nobody"], 1, /^There is no account nobody; `server\.ts admin list` shows all\.\n$/],
        [["remove", "bob"], 0, /^Removed bob\.\n$/],
        [["password", ...fresh], 0, /start the relay with that from now on\.\n$/],
        [["list"], 2, /^Cannot use .*\/accounts: the password is wrong or the file was changed\n$/],
        [["rename", "bob"], 2, /^Cannot do this: unknown command 'rename'/],
      ] as const
    ) {
      const outcome = await run(["admin", ...words, ...opened]);
      assert.equal(outcome.status, status, outcome.stderr);
      assert.match(outcome.stdout + outcome.stderr, says);
    }
    const refused = await run([...args, ...file]);
    assert.deepEqual([refused.status, refused.stdout], [2, ""]);
    assert.match(
      refused.stderr,
      /^Cannot use .*\/accounts: the password is wrong or the file was changed \(--accounts\)\n$/,
    );
  });
});

Deno.test("figures for Prometheus are served nowhere unless asked for, and then on one port alone", async () => {
  const answer = async (url: string): Promise<[number, boolean]> => {
    const response = await fetch(url);
    return [response.status, (await response.text()).includes("sotto_uptime_seconds")];
  };
  for (
    const [args, here, aside] of [
      [[], 404, undefined],
      [["--metrics"], 200, undefined],
      [["--metrics-listen", "127.0.0.1:0"], 404, 200],
    ] as const
  ) {
    const outcome = await whileRunning({ args: ["--port", "0", ...args] }, async (url, text) => {
      const http = url.replace("ws:", "http:").replace("/ws", "/metrics");
      assert.deepEqual(await answer(http), [here, here === 200]);
      const other = /^Metrics: {7}(\S+)$/m.exec(text)?.[1];
      assert.equal(other !== undefined, aside !== undefined);
      if (other !== undefined) assert.deepEqual(await answer(other), [aside, true]);
    });
    assert.deepEqual([outcome.status, outcome.stderr], [0, ""]);
  }
});

Deno.test("a port for figures that is in use is named by its own option", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assert.deepEqual(await run(["--port", "0", "--metrics-listen", `127.0.0.1:${port}`]), {
    status: 2,
    stdout: "",
    stderr:
      `Cannot listen on 127.0.0.1:${port}: another program uses this port. Choose another with --metrics-listen.\n`,
  });
  taken.close();
});

Deno.test("the audit log tells of start, logins, tokens and stop, without passwords, and an unwritable one is refused", async () => {
  await withPassword(async ({ dir, args }) => {
    for (const to of [`${dir}/audit`, "-"]) {
      const all = [...args, "--audit-log", to, "--log-format", "json"];
      const { stdout } = await whileRunning({ args: all }, async (url) => {
        const http = url.replace("ws:", "http:").replace(/\/ws.*/, "");
        await curl(`${http}/tokens`, "-u", "admin:guessed");
        await curl(`${http}/generate_token`, "-u", `admin:${PASSWORD}`, "-d", "username=alice");
      });
      const lines = (to === "-" ? stdout : await Deno.readTextFile(to)).trim().split("\n");
      const types = lines.map((line) => (JSON.parse(line) as { type?: string }).type).filter((type) =>
        type !== undefined
      );
      assert.deepEqual(types, ["start", "login_refused", "login", "token_created", "drain", "stop"]);
      assert.doesNotMatch(lines.join("\n"), new RegExp(`${PASSWORD}|guessed|127\\.0\\.0\\.1"`));
    }
    const refused = await run([...args, "--audit-log", `${dir}/no/audit`]);
    assert.deepEqual([refused.status, refused.stdout], [2, ""]);
    assert.match(
      refused.stderr,
      /^Cannot write the audit log .*: there is no such directory \(--audit-log\)\n$/,
    );
  });
});

Deno.test("server.ts status, ban and token-create steer a relay that runs, over the admin socket", async () => {
  await withPassword(async ({ dir, args }) => {
    const socket = ["--socket", `${dir}/admin.sock`];
    const outcome = await whileRunning(
      { args: [...args, "--admin-socket", `${dir}/admin.sock`] },
      async (url, text) => {
        assert.ok(text.includes(`Steer it:      deno run -A server.ts status ${socket.join(" ")}\n`), text);
        const made = await run(["token-create", "alice", ...socket, "--json"]);
        const { token } = JSON.parse(made.stdout) as { token: string };
        const client = await SocketClient.open(url);
        assert.ok((await step(client, { method: "token", token })).done);
        const status = await run(["status", ...socket, "--json"]);
        const { connections, activeTokens } = JSON.parse(status.stdout) as {
          connections: { now: number };
          activeTokens: number;
        };
        assert.deepEqual([connections.now, activeTokens, status.status], [1, 1, 0]);
        assert.match((await run(["ban", "127.0.0.1", ...socket])).stdout, /1 connection was cut off/);
        assert.equal(await client.closed, CloseCode.banned);
      },
    );
    assert.deepEqual([outcome.status, outcome.stderr], [0, ""]);
    const gone = await run(["status", ...socket]);
    assert.deepEqual([gone.status, gone.stdout], [1, ""]);
    assert.match(gone.stderr, /^Cannot ask the relay: none listens at .*; start it with --admin-socket/);
  });
});

Deno.test("a reader of the audit log that stalls holds up neither the relay nor its end", async () => {
  await withPassword(async ({ args }) => {
    const child = command([...args, "--audit-log", "-"]).spawn();
    const reader = child.stdout.getReader();
    let said = "";
    while (!said.includes("Stop:")) said += new TextDecoder().decode((await reader.read()).value);
    const url = /ws:\S+/.exec(said)?.[0] ?? "";
    const tokens = url.replace("ws:", "http:").replace("/ws", "/tokens");
    const headers = { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` };
    for (let i = 0; i < 1_600; i++) { // more lines than a pipe holds
      const response = await fetch(tokens, { headers });
      await response.body?.cancel();
      assert.equal(response.status, 200);
    }
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    await reader.cancel();
    await child.stderr.cancel();
  });
});
