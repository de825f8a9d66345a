/** `server.ts` as a person meets it. */
import assert from "node:assert/strict";
import { lanAddress } from "../../relay/lan_address.ts";
import config from "../../deno.json" with { type: "json" };
import { selfSigned } from "../../relay/self_signed.ts";
import { CloseCode } from "../../wire/mod.ts";
import { doorId } from "../relay_helpers.ts";
import { SocketClient } from "../relay_sockets.ts";
import { command, run, untilListening, whileRunning } from "./_server_process.ts";

for (const [listener, signal] of [["deno", "SIGINT"], ["node", "SIGTERM"]] as const) {
  Deno.test(`server.ts (${listener}) greets, says goodbye at ${signal}, exits 0 and tells nothing of its guests`, async () => {
    let client: SocketClient | undefined;
    const outcome = await whileRunning(
      { args: ["--port", "0", "--listener", listener, "--drain-time", "0"], signal },
      async (url, text) => {
        assert.match(text, /^Sotto relay listening on ws:\/\/127\.0\.0\.1:\d+\/ws\n/);
        assert.match(text, /deno run -A client\.ts create --nick alice --relay 127\.0\.0\.1:\d+\n/);
        client = await SocketClient.open(url);
        await client.join(1);
        client.say(1, new Uint8Array(100));
        await client.next("ack");
        const rude = await SocketClient.open(url);
        rude.raw("rubbish");
        await rude.closed;
      },
    );
    if (signal === "SIGTERM") await client?.next("tell");
    assert.equal((await client?.next("bye"))?.code, CloseCode.relayClosing);
    assert.equal(await client?.closed, CloseCode.relayClosing);
    assert.equal(outcome.status, 0);
    assert.equal(outcome.stderr, "");
    assert.equal(outcome.stdout.split("\n").length, 4, outcome.stdout);
  });
}

Deno.test("SIGTERM tells everybody in a room, takes no new rooms, waits, and exits 0", async () => {
  let client: SocketClient | undefined;
  const outcome = await whileRunning({ args: ["--port", "0", "--drain-time", "1s"] }, async (url) => {
    client = await SocketClient.open(url);
    await client.join(1);
  });
  const told = await client?.next("tell");
  assert.match(told?.sentence ?? "", /stops in a moment/);
  assert.equal((await client?.next("bye"))?.code, CloseCode.relayClosing);
  assert.equal(await client?.closed, CloseCode.relayClosing);
  assert.deepEqual([outcome.status, outcome.stderr], [0, ""]);
});

Deno.test("SIGTERM waits no longer than for the last to leave, and a second one for nobody", async () => {
  for (const again of [false, true]) {
    const child = command(["--port", "0", "--drain-time", "8s"]).spawn();
    const err = new Response(child.stderr).text();
    const { url, rest } = await untilListening(child);
    const client = await SocketClient.open(url);
    await client.join(1);
    child.kill("SIGTERM");
    await client.next("tell");
    client.send({ type: "leave" }, { type: "join", doorId: doorId(2), mode: "any" });
    for (let frame = await client.any(); frame.type !== "error"; frame = await client.any());
    if (again) child.kill("SIGTERM");
    else await client.close();
    assert.equal((await child.status).code, 0);
    await rest;
    assert.equal(await err, "");
    if (again) await client.closed;
  }
});

Deno.test("SIGTERM in the same moment as the first line ends the relay in order", async () => {
  for (let round = 0; round < 5; round++) {
    const child = command(["--port", "0"]).spawn();
    const err = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    await reader.cancel();
    assert.equal(await err, "");
  }
});

Deno.test("SIGHUP takes the new certificate without dropping anyone, and a relay goes on when nobody reads what it prints", async () => {
  const dir = await Deno.makeTempDir({ prefix: "relay-server-" });
  try {
    const write = async (): Promise<string> => {
      const { cert, key } = await selfSigned();
      await Deno.writeTextFile(`${dir}/cert.pem`, cert);
      await Deno.writeTextFile(`${dir}/key.pem`, key);
      await Deno.chmod(`${dir}/key.pem`, 0o600);
      return cert;
    };
    const old = await write();
    const child = command([
      ...["--port", "0", "--drain-time", "0"],
      ...["--tls-cert", `${dir}/cert.pem`, "--ssl-key", `${dir}/key.pem`],
    ]).spawn();
    const lines = child.stdout.getReader();
    const { value } = await lines.read();
    const port = Number(/wss:\/\/127\.0\.0\.1:(\d+)\/ws/.exec(new TextDecoder().decode(value))?.[1]);
    await lines.cancel();
    await child.stderr.cancel();
    const kept = await tlsTo(port, old);
    const next = await write();
    child.kill("SIGHUP");
    let renewed: Deno.TlsConn | undefined;
    let ended = false;
    void child.status.then(() => ended = true);
    while (renewed === undefined && !ended) renewed = await tlsTo(port, next).catch(() => undefined);
    assert.ok(renewed !== undefined, "the relay has ended");
    for (const connection of [kept, renewed]) {
      await connection.write(new TextEncoder().encode("GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"));
      const answer = new Uint8Array(32);
      await connection.read(answer);
      assert.match(new TextDecoder().decode(answer), /^HTTP\/1\.1 200 /);
      connection.close();
    }
    child.kill("SIGHUP");
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

async function tlsTo(port: number, caCert: string): Promise<Deno.TlsConn> {
  const connection = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [caCert] });
  try {
    await connection.handshake();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

Deno.test("server.ts serves without any permission to read or write files, or to run programs", async () => {
  const permissions = ["--allow-net", "--allow-env"];
  const outcome = await whileRunning({ args: ["--port", "0"], permissions }, async (url) => {
    const client = await SocketClient.open(url);
    await client.join(1);
    await client.close();
  });
  assert.deepEqual([outcome.status, outcome.stderr], [0, ""]);
});

Deno.test("server.ts takes host and port as words, with or without serve, flags before the environment", async () => {
  const env = {
    SERVER_HOST: "127.0.0.9",
    SERVER_PORT: "1",
    MAX_MESSAGES_PER_WINDOW: "7",
    HEARTBEAT_INTERVAL: "5",
  };
  await whileRunning({ args: ["serve", "localhost", "0"], env }, async (url) => {
    assert.match(url, /^ws:\/\/localhost:\d\d+\/ws$/);
    const client = await SocketClient.connect(url);
    client.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
    const welcome = await client.next("welcome");
    assert.deepEqual([welcome.rateCount, welcome.heartbeatIntervalMs], [7, 5_000]);
    await client.close();
  });
  const fromEnv = { ...env, SERVER_HOST: "127.0.0.1", SERVER_PORT: "0" };
  await whileRunning({ args: ["--max-messages", "9"], env: fromEnv }, async (url) => {
    assert.match(url, /^ws:\/\/127\.0\.0\.1:/);
    const client = await SocketClient.connect(url);
    client.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
    assert.equal((await client.next("welcome")).rateCount, 9);
    await client.close();
  });
});

Deno.test("server.ts warns where other machines can reach it", async () => {
  const { stderr, stdout } = await whileRunning({ args: ["0.0.0.0", "0"] }, () => Promise.resolve());
  const [tls, halfSent, ...more] = stderr.split("\n");
  assert.match(
    tls ?? "",
    /^Warning: other machines can reach this relay and it has no TLS yet\. .*--tls-self-signed/,
  );
  assert.match(
    halfSent ?? "",
    /^Warning: .* headers come only half.* --listener node, or put a proxy in front\.$/,
  );
  assert.deepEqual(more, [""]);
  assert.match(stdout, /--relay <this machine's address>:\d+\n/);
});

Deno.test("server.ts shows a line to copy with --pin, where its certificate is its own", async () => {
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    const { stdout } = await whileRunning(
      { args: [host, "0", "--tls-self-signed"] },
      () => Promise.resolve(),
    );
    const here = host === "127.0.0.1" ? host : lanAddress() ?? "<this machine's address>";
    const pin = /^Certificate: {3}key SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/m.exec(stdout)?.[1];
    const port = /listening on wss:\/\/\S+:(\d+)\//.exec(stdout)?.[1];
    const line =
      `Found a room:  deno run -A client.ts create --nick alice --relay wss://${here}:${port} --pin ${pin}\n`;
    assert.ok(pin !== undefined && stdout.includes(line), stdout);
  }
});

Deno.test("server.ts asks for neither TLS nor a proxy where a proxy is trusted", async () => {
  const args = ["0.0.0.0", "0", "--trust-proxy", "172.30.77.2"];
  const { stderr } = await whileRunning({ args, signal: "SIGINT" }, () => Promise.resolve());
  assert.equal(stderr, "");
});

Deno.test("server.ts warns where everybody is trusted to be a proxy", async () => {
  for (const range of ["0.0.0.0/0", "::/0"]) {
    const args = ["0.0.0.0", "0", "--listener", "node", "--trust-proxy", range];
    const { stderr } = await whileRunning({ args, signal: "SIGINT" }, () => Promise.resolve());
    assert.match(stderr, /^Warning: --trust-proxy names everybody, .*Name your proxy's address alone\.\n$/);
  }
});

Deno.test("server.ts takes an IPv6 address in brackets, as in URLs", async () => {
  const { stdout } = await whileRunning({ args: ["[::1]", "0"], signal: "SIGINT" }, () => Promise.resolve());
  assert.match(stdout, /ws:\/\/\[::1\]:\d+\/ws\n/);
  assert.match(stdout, /--relay \[::1\]:\d+\n/);
});

for (const listener of ["deno", "node"]) {
  Deno.test(`server.ts (${listener}) says in one sentence that the port is in use, or the host is not its own`, async () => {
    await whileRunning({ args: ["--port", "0"] }, async (url) => {
      const { port } = new URL(url);
      assert.deepEqual(await run(["--port", port, "--listener", listener]), {
        status: 2,
        stdout: "",
        stderr:
          `Cannot listen on 127.0.0.1:${port}: another program uses this port. Choose another with --port.\n`,
      });
    });
    assert.deepEqual(await run(["192.0.2.1", "5000", "--listener", listener]), {
      status: 2,
      stdout: "",
      stderr:
        "Cannot listen on 192.0.2.1:5000: this machine has no such address. Choose another with --host.\n",
    });
  });
}

for (
  const [wrong, args, says] of [
    [
      "an unknown option, with a suggestion",
      ["--prot", "1"],
      /^Cannot start: unknown option '--prot'\. Did you mean --port\?\n$/,
    ],
    ["a port out of range", ["--port", "70000"], /must be a whole number from 0 to 65535\n$/],
    ["a port that is none", ["localhost", "http"], /must be a whole number from 0 to 65535\n$/],
    ["a word too many", ["localhost", "1", "2"], /too many arguments/],
    [
      "an unknown listener",
      ["--listener", "bun"],
      /^Cannot use --listener bun: it must be one of deno, node\n$/,
    ],
    [
      "an option without its value",
      ["--port"],
      /^Cannot start: option '--port <port>' argument missing\. .*\n$/,
    ],
    [
      "a timeout below the interval",
      ["--heartbeat-timeout", "10"],
      /^Cannot use --heartbeat-timeout 10s: it must be longer than --heartbeat-interval, 30s\n$/,
    ],
    [
      "an interval above the timeout",
      ["--heartbeat-interval", "2m"],
      /^Cannot use --heartbeat-interval 2m alone: silence of 1m ends a connection\. Add a longer --heartbeat-timeout\n$/,
    ],
    [
      "less room for readers than frames need",
      ["--max-buffered", "1M"],
      /^Cannot use --max-buffered 1048576: .* would cut off whoever is to read it\. Use 2228224 or more\n$/,
    ],
    [
      "longer frames than readers have room for",
      ["--max-payload-size", "16M"],
      /^Cannot use --max-payload-size 16777216 alone: .*\. Add --max-buffered 33685504, or more\n$/,
    ],
  ] as const
) {
  Deno.test(`server.ts refuses ${wrong}, with exit status 2 and no stack`, async () => {
    const { status, stdout, stderr } = await run(args);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /\bat .*:\d+/);
  });
}

Deno.test("server.ts refuses what is wrong in the environment, naming the variable", async () => {
  const { status, stderr } = await run([], { SERVER_PORT: "many" });
  assert.equal(status, 2);
  assert.match(stderr, /^Cannot use SERVER_PORT=many: it must be a whole number/);
});

Deno.test("server.ts shows its version and its help", async () => {
  assert.deepEqual(await run(["--version"]), { status: 0, stdout: `${config.version}\n`, stderr: "" });
  const help = await run(["--help"]);
  assert.equal(help.status, 0);
  for (const name of ["--host", "--port", "--listener", "SERVER_HOST", "SERVER_PORT", "MAX_PAYLOAD_SIZE"]) {
    assert.ok(help.stdout.includes(name), name);
  }
});
