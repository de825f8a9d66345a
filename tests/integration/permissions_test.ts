/** The named sets of permissions in deno.json: each is enough for what it is for, and gives nothing else. */
import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { ALL_SETTINGS } from "../../relay/program/settings_table.ts";
import { issuedPair, writePair } from "../tls_helpers.ts";
import { denoRun, type Program, ROOT, runToEnd, talk, Talker, whileServing } from "./_shipped.ts";

interface PermissionSet {
  net: boolean;
  env: { allow: string[]; ignore: boolean };
  read?: string[];
  write?: string[];
  sys?: string[];
}

const SETS: Readonly<Record<string, PermissionSet>> = config.permissions;

/** What a set is for, in a folder of its own: relative paths in deno.json start where it lies. */
interface Place {
  folder: string;
  relay: (set: string, env?: Record<string, string>) => Program;
  client: (set: string, env?: Record<string, string>) => Program;
}

async function inPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "sotto-sets-" }));
  try {
    await Deno.mkdir(`${folder}/web`);
    for (const file of ["deno.json", "deno.lock", "web/deno.json"]) {
      await Deno.copyFile(`${ROOT}${file}`, `${folder}/${file}`);
    }
    for (const name of ["secrets", "state", "logs", "run", "files"]) {
      await Deno.mkdir(`${folder}/${name}`, { mode: 0o700 });
    }
    const flags = (set: string): string[] => ["--config", `${folder}/deno.json`, `-P=${set}`];
    await use({
      folder,
      relay: (set, env) => denoRun(flags(set), `${ROOT}server.ts`, env),
      client: (set, env) => denoRun(flags(set), `${ROOT}client.ts`, env),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeSecret(path: string, text = "correct horse battery staple"): Promise<string> {
  await Deno.writeTextFile(path, `${text}\n`, { mode: 0o600 });
  return path;
}

const FAST = ["--password-iterations", "10000"];

Deno.test("-P=relay and -P=client are enough for a relay and a room", async () => {
  const relay = denoRun(["-P=relay"], `${ROOT}server.ts`);
  await whileServing(relay, [], (url) => talk(denoRun(["-P=client"], `${ROOT}client.ts`), url));
});

Deno.test("no set of permissions runs programs, loads native code or imports from elsewhere, and each names its variables", () => {
  for (const [name, set] of Object.entries(SETS)) {
    const { net, env, read = [], write = [], sys = [], ...more } = set;
    assert.deepEqual([net, env.ignore, Object.keys(more)], [true, true, []], name);
    assert.ok(
      Array.isArray(env.allow) && env.allow.every((pattern) => /^[A-Z][A-Z_]+\*?$/.test(pattern)),
      name,
    );
    for (const kind of [read, write, sys]) assert.ok(Array.isArray(kind), name);
    for (const path of write) assert.ok(read.includes(path), `${name}: ${path}`);
  }
  for (const name of ["relay", "client"]) {
    assert.deepEqual([SETS[name]?.read, SETS[name]?.write], [undefined, undefined], name);
  }
  const all = Object.entries(SETS).filter(([name]) => /^relay-(?!full)/.test(name)).map(([, set]) => set);
  assert.ok(all.length >= 6);
  for (const set of all) {
    const covers = (path: string): boolean =>
      SETS["relay-full"]?.read?.some((top) => path.startsWith(top)) ?? false;
    for (const path of set.read ?? []) assert.ok(covers(path), `relay-full leaves out ${path}`);
  }
});

Deno.test("every variable that is a setting of the relay may be read under each of the relay's sets", () => {
  for (const [name, { env }] of Object.entries(SETS)) {
    if (!name.startsWith("relay")) continue;
    for (const [, { env: variable }] of ALL_SETTINGS) {
      if (variable === undefined) continue;
      const fits = env.allow.some((one) =>
        one.endsWith("*") ? variable.startsWith(one.slice(0, -1)) : one === variable
      );
      assert.ok(fits, `deno.json, permissions, ${name}, env: ${variable} is left out`);
    }
  }
});

Deno.test("under -P=relay variables count, and a file that nobody allowed is refused in a sentence", async () => {
  await inPlace(async ({ folder, relay }) => {
    const program = relay("relay", { SERVER_HOST: "localhost" });
    await whileServing(program, [], (url) => Promise.resolve(assert.match(url, /localhost/)));
    const password = await writeSecret(`${folder}/secrets/password`);
    const { status, out, err } = await runToEnd(program, ["--password-file", password]);
    assert.deepEqual([status, out], [2, ""]);
    assert.match(err, /^Cannot .*--allow-read/);
  });
});

Deno.test("-P=relay-tls and -P=client-ca: a certificate and the authority that issued it", async () => {
  await inPlace(async ({ folder, relay, client }) => {
    const { ca, pair } = await issuedPair();
    const { cert, key } = await writePair(`${folder}/secrets`, pair);
    const trusted = `${folder}/secrets/ca.pem`;
    await Deno.writeTextFile(trusted, ca);
    await whileServing(relay("relay-tls"), ["--tls-cert", cert, "--tls-key", key], async (url) => {
      assert.match(url, /^wss:/);
      await talk(client("client-ca"), url, ["--ca", trusted]);
      const { status, err } = await runToEnd(client("client"), ["create", "--relay", url, "--ca", trusted]);
      assert.notEqual(status, 0);
      assert.match(err, /^Cannot use .*ca\.pem/);
    });
  });
});

Deno.test("a client with the right to the network alone speaks TLS: by --pin, by an invite, and at first sight", async () => {
  const relay = denoRun(["-A"], `${ROOT}server.ts`);
  await whileServing(relay, ["--tls-self-signed"], async (url, text) => {
    const pin = /SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/.exec(text)?.[1] ?? "";
    for (const flags of [["-P=client"], ["--allow-net"], ["--allow-net", "--ignore-env"]]) {
      await talk(denoRun(flags, `${ROOT}client.ts`), url, ["--pin", pin]);
    }
    await talk(denoRun(["--allow-net"], `${ROOT}client.ts`), url);
  });
});

Deno.test("no variable of the environment turns the look at certificates off", async () => {
  const relay = denoRun(["-A"], `${ROOT}server.ts`);
  await whileServing(relay, ["--tls-self-signed"], async (url) => {
    const elsewhere = url.replace("127.0.0.1", "[::ffff:127.0.0.1]");
    const client = denoRun(["-A"], `${ROOT}client.ts`, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    const { status, out, err } = await runToEnd(client, ["create", "--nick", "alice", "--relay", elsewhere]);
    assert.equal(status, 3, out + err);
    assert.match(out + err, /its certificate is self-signed, and nothing here says that it is the right one/);
  });
});

Deno.test("-P=client-files: a file is offered from its folder, and no set that lacks it reads one", async () => {
  await inPlace(async ({ folder, relay, client }) => {
    const path = `${folder}/files/plan.txt`;
    await Deno.writeTextFile(path, "the plan");
    const command = { command: "file", path };
    await whileServing(relay("relay"), [], async (url) => {
      const args = ["create", "--nick", "ada", "--relay", url];
      await using ada = new Talker(client("client-files"), args);
      await ada.until("joined");
      await ada.say(command);
      assert.match(JSON.stringify(await ada.until("offered")), /"name":"plan.txt","size":8/);
      assert.deepEqual(await ada.leave(), { status: 0, err: "" });
      const input = `${JSON.stringify(command)}\n`;
      const refused = await runToEnd(client("client"), [...args, "--json"], input);
      assert.match(refused.out, /Cannot offer .*: Sotto may not read files; start it with --allow-read/);
      assert.equal(refused.status, 0);
    });
  });
});

Deno.test("-P=relay-password and -P=client-password: passwords from files", async () => {
  await inPlace(async ({ folder, relay, client }) => {
    const file = await writeSecret(`${folder}/secrets/password`);
    await whileServing(relay("relay-password"), ["--password-file", file, ...FAST], async (url) => {
      await talk(client("client-password"), url, ["--relay-password-file", file]);
    });
  });
});

Deno.test("-P=relay-accounts: accounts outlive the relay in their file", async () => {
  await inPlace(async ({ folder, relay, client }) => {
    const file = await writeSecret(`${folder}/secrets/password`);
    const args = ["--password-file", file, "--accounts", `${folder}/state/accounts`, ...FAST];
    const account = ["--account", "alice"];
    await whileServing(relay("relay-accounts"), args, async (url) => {
      const passwords = {
        SOTTO_RELAY_PASSWORD: "correct horse battery staple",
        SOTTO_ACCOUNT_PASSWORD: "a long own one",
      };
      const { status, err } = await runToEnd(client("client", passwords), [
        "register",
        "alice",
        "--relay",
        url,
      ]);
      assert.deepEqual([status, err], [0, ""]);
    });
    assert.ok((await Deno.stat(`${folder}/state/accounts`)).size > 0);
    await whileServing(relay("relay-accounts"), args, async (url) => {
      await talk(client("client", { SOTTO_ACCOUNT_PASSWORD: "a long own one" }), url, account);
    });
  });
});

Deno.test("-P=relay-audit: the audit log is written", async () => {
  await inPlace(async ({ folder, relay, client }) => {
    const log = `${folder}/logs/audit.log`;
    await whileServing(relay("relay-audit"), ["--audit-log", log], (url) => talk(client("client"), url));
    assert.ok((await Deno.readTextFile(log)).split("\n").length > 2);
  });
});

Deno.test("-P=relay-admin: the admin socket, for the relay and for who steers it", async () => {
  await inPlace(async ({ folder, relay }) => {
    const socket = `${folder}/run/relay.sock`;
    await whileServing(relay("relay-admin"), ["--admin-socket", socket], async () => {
      const { status, out, err } = await runToEnd(relay("relay-admin"), ["status", "--socket", socket]);
      assert.deepEqual([status, err], [0, ""]);
      assert.match(out, /rooms/i);
    });
  });
});

Deno.test("-P=relay-serve: the client and the downloads that the relay hands out", async () => {
  await inPlace(async ({ folder, relay }) => {
    await Deno.mkdir(`${folder}/dist`);
    await Deno.mkdir(`${folder}/downloads`);
    await Deno.writeTextFile(`${folder}/dist/client.js`, "console.log('a client', 'sotto.v1')");
    await Deno.writeTextFile(`${folder}/downloads/sotto-0.1.0-x86_64-unknown-linux-gnu`, "a program");
    const args = ["--client-js", `${folder}/dist/client.js`, "--downloads", `${folder}/downloads`];
    await whileServing(relay("relay-serve"), args, async (url) => {
      const origin = url.replace(/^ws(.*)\/ws$/, "http$1");
      assert.match(await (await fetch(`${origin}/client.js`)).text(), /a client/);
      const program = await fetch(`${origin}/download/sotto-0.1.0-x86_64-unknown-linux-gnu`);
      assert.equal(await program.text(), "a program");
    });
  });
});

Deno.test("-P=relay-full: all of a relay's files at once", async () => {
  await inPlace(async ({ folder, relay, client }) => {
    const { ca, pair } = await issuedPair();
    const { cert, key } = await writePair(`${folder}/secrets`, pair);
    const trusted = `${folder}/secrets/ca.pem`;
    await Deno.writeTextFile(trusted, ca);
    const file = await writeSecret(`${folder}/secrets/password`);
    const args = ["--tls-cert", cert, "--tls-key", key, "--password-file", file, ...FAST];
    args.push("--accounts", `${folder}/state/accounts`, "--audit-log", `${folder}/logs/audit.log`);
    args.push("--admin-socket", `${folder}/run/relay.sock`);
    await whileServing(relay("relay-full"), args, async (url) => {
      const env = { SOTTO_RELAY_PASSWORD: "correct horse battery staple" };
      await talk(client("client-ca", env), url, ["--ca", trusted]);
    });
  });
});

Deno.test("docs/BUILDING.md names every set of permissions, and tasks, files and flags that exist", async () => {
  const text = await Deno.readTextFile(`${ROOT}docs/BUILDING.md`);
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name ?? "");
  assert.deepEqual(rows.sort(), Object.keys(SETS).sort());
  const tasks: Record<string, unknown> = config.tasks;
  for (const [, task = ""] of text.matchAll(/deno task ([a-z:]+)/g)) assert.ok(task in tasks, task);
  for (const [, set = ""] of text.matchAll(/-P=([a-z-]+)/g)) assert.ok(set in SETS, set);
  assert.ok(text.includes(`v${Deno.version.deno}/denort-`), "the version of Deno");
});

Deno.test("a flag takes the place of what a set says about files, and leaves the rest of it", async () => {
  await inPlace(async ({ folder, relay }) => {
    const { pair } = await issuedPair();
    const { cert, key } = await writePair(folder, pair); // not where a set looks
    const { command, args } = relay("relay", { SERVER_HOST: "127.0.0.1" });
    const [run = "", ...others] = args;
    const program = { command, args: [run, `--allow-read=${cert},${key}`, ...others] };
    await whileServing(
      program,
      ["--tls-cert", cert, "--tls-key", key],
      (url) => Promise.resolve(assert.match(url, /^wss:\/\/127\.0\.0\.1/)),
    );
  });
});
