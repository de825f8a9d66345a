/** The client straight from a relay, with nothing installed but Deno. */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { pathToFileURL } from "node:url";
import { ownClientFile, readClientFile } from "../../relay/program/client_file.ts";
import { UsageError } from "../../relay/usage_error.ts";
import { bundle } from "../../tools/bundle.ts";
import { sha256 } from "../site_helpers.ts";
import { untilListening } from "./_server_process.ts";
import { denoRun, type Program, ROOT, runToEnd, talk, talkByCode, whileServing } from "./_shipped.ts";

const SERVER = denoRun(["-A"], `${ROOT}server.ts`);

/** A folder for one test, with a Deno cache in which nothing is. */
async function inFolder(
  use: (folder: string, cache: Record<string, string>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-served-" });
  try {
    await use(folder, { DENO_DIR: `${folder}/cache` });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The client as somebody starts it who has nothing of this project. */
function served(origin: string, env: Record<string, string>, flags: readonly string[] = ["-A"]): Program {
  return denoRun(["--quiet", "--no-config", ...flags], `${origin}/client.js`, env);
}

const originOf = (url: string): string => url.replace(/^ws/, "http").replace(/\/ws$/, "");

for (const listener of ["deno", "node"]) {
  Deno.test(`${listener} listener: two people with nothing but Deno talk by the client that the relay serves, with -A or the network alone`, () =>
    inFolder(async (folder, cache) => {
      const { path, sha256 } = await bundle("client.ts", `${folder}/client.js`);
      await whileServing(SERVER, ["--listener", listener, "--client-js", path], async (url, text) => {
        const origin = originOf(url);
        assert.ok(text.includes(`Its client:    deno run -A ${origin}/client.js\n`) && text.includes(sha256));
        const client = served(origin, cache);
        const help = await runToEnd(client, ["--help"]);
        assert.deepEqual([help.status, help.err], [0, ""]);
        assert.match(help.out, /end-to-end encrypted rooms/);
        await talk(client, url);
        await talk(served(origin, cache, ["--ignore-env", `--allow-net=${new URL(origin).host}`]), url);
      });
    }));
}

Deno.test("a client from a relay goes back to that relay, and tells others the command by which it came", () =>
  inFolder(async (folder, cache) => {
    const { path } = await bundle("client.ts", `${folder}/client.js`);
    await whileServing(SERVER, ["--client-js", path], async (url) => {
      const origin = originOf(url);
      await talkByCode(served(origin, cache));
      const { status, out } = await runToEnd(served(origin, cache), ["create", "--nick", "alice", "--lines"]);
      assert.equal(status, 0);
      assert.match(
        out,
        new RegExp(`^-- They type: deno run -A ${origin}/client\\.js join \\d{5}(?:-[a-z]+){4}$`, "m"),
      );
      const help = await runToEnd(served(origin, cache), ["teapot"]);
      assert.match(help.err, /client\.js join teapot/);
    });
  }));

Deno.test("with a certificate made in RAM the client comes by --cert and knows the relay by --pin", () =>
  inFolder(async (folder, cache) => {
    const { path } = await bundle("client.ts", `${folder}/client.js`);
    await whileServing(SERVER, ["--tls-self-signed", "--client-js", path], async (url, text) => {
      const origin = originOf(url);
      const pin = /SHA-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})/.exec(text)?.[1] ?? "";
      const cert = `${folder}/cert.pem`;
      const fetched = await new Deno.Command("curl", { args: ["-fsSk", `${origin}/cert.pem`, "-o", cert] })
        .output();
      assert.ok(fetched.success);
      const { publicKey } = new X509Certificate(await Deno.readTextFile(cert));
      const key = createHash("sha256").update(publicKey.export({ type: "spki", format: "der" })).digest(
        "hex",
      );
      assert.equal(pin.replaceAll(":", "").toLowerCase(), key);
      const without = await runToEnd(served(origin, cache), ["--version"]);
      assert.notEqual(without.status, 0);
      assert.match(without.err, /certificate/);
      await talk(served(origin, cache, ["-A", "--cert", cert]), url, ["--pin", pin]);
      const least = ["--ignore-env", `--allow-net=${new URL(origin).host}`, "--cert", cert];
      await talk(served(origin, cache, least), url, ["--pin", pin]);
    });
  }));

Deno.test("a lock file with the hash lets that client run and no other", () =>
  inFolder(async (folder, cache) => {
    const bytes = `console.log("ran"); // "sotto.v1"\n`;
    await Deno.writeTextFile(`${folder}/client.js`, bytes);
    await whileServing(SERVER, ["--client-js", `${folder}/client.js`], async (url) => {
      const origin = originOf(url);
      const lock = (hash: string): Promise<void> =>
        Deno.writeTextFile(
          `${folder}/sotto.lock`,
          JSON.stringify({ version: "5", remote: { [`${origin}/client.js`]: hash } }),
        );
      const client = served(origin, cache, ["-A", `--lock=${folder}/sotto.lock`, "--frozen"]);
      await lock(sha256("another client"));
      const refused = await runToEnd(client, []);
      assert.deepEqual([refused.out, refused.status === 0], ["", false]);
      assert.match(refused.err, /Integrity check failed/);
      await lock(sha256(bytes));
      assert.deepEqual((await runToEnd(client, [])).out, "ran\n");
      await lock(sha256("another client")); // also when it lies in the cache already
      assert.equal((await runToEnd(client, [])).out, "");
    });
  }));

Deno.test("half a client that a broken connection leaves is not run", () =>
  inFolder(async (_, cache) => {
    const text = `console.log("ran");\n${"// ".padEnd(50_000, "x")}\nconsole.log("to its end");\n`;
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const serving = (async () => {
      for await (const connection of listener) {
        await connection.read(new Uint8Array(4_096));
        const head =
          `HTTP/1.1 200 OK\r\ncontent-type: text/javascript\r\ncontent-length: ${text.length}\r\n\r\n`;
        await connection.write(new TextEncoder().encode(head + text.slice(0, 20_000))).catch(() => {});
        connection.close();
      }
    })();
    const { port } = listener.addr as Deno.NetAddr;
    const { status, out } = await runToEnd(served(`http://127.0.0.1:${port}`, cache), []);
    assert.equal(out, "");
    assert.notEqual(status, 0);
    listener.close();
    await serving;
  }));

Deno.test("--serve-client finds the client beside the program, and says how to make it where there is none", () =>
  inFolder(async (folder) => {
    const main = pathToFileURL(`${folder}/server.ts`).href;
    const refused = (error: unknown): boolean =>
      error instanceof UsageError &&
      /^Cannot use --serve-client: .*deno task bundle.*--client-js/.test(error.message);
    await assert.rejects(ownClientFile("--serve-client", main), refused);
    await Deno.writeTextFile(`${folder}/client.js`, "'sotto.v1';1");
    assert.equal((await ownClientFile("--serve-client", main)).sha256, sha256("'sotto.v1';1"));
    await Deno.mkdir(`${folder}/dist`);
    await Deno.writeTextFile(`${folder}/dist/client.js`, "'sotto.v1';2");
    assert.equal((await ownClientFile("--serve-client", main)).sha256, sha256("'sotto.v1';2"));
    await assert.rejects(ownClientFile("--serve-client", "https://relay.example/server.js"), refused);
  }));

Deno.test("a file that cannot be the client is refused at start", () =>
  inFolder(async (folder) => {
    const cases: [data: string | Uint8Array, why: RegExp][] = [
      ["", /it is no JavaScript/],
      [new Uint8Array([0xff, 0xfe, 0]), /it is no JavaScript/],
      ["\x7fELF\0\0", /it is no JavaScript/],
      ["<!doctype html><script>'sotto.v1'</script>", /it is no JavaScript/],
      ["# Sotto\n\nThe wire is `sotto.v1`.\n", /it is not Sotto's client; make it with: deno task bundle/],
      ['export const by = "sotto.v1", flag = "--serve-client";', /it is the relay's program, not the client/],
      [
        'var v="sotto.v1",r=createRequire(import.meta.url);r("ws")',
        /runs only from a file.*deno task bundle/,
      ],
      [new Uint8Array(17 * 1_048_576), /too large/],
    ];
    for (const [data, why] of cases) {
      await Deno.writeFile(
        `${folder}/x.js`,
        typeof data === "string" ? new TextEncoder().encode(data) : data,
      );
      await assert.rejects(readClientFile(`${folder}/x.js`, "--client-js"), why);
    }
    await assert.rejects(
      readClientFile(`${folder}/none`, "CLIENT_JS"),
      /^UsageError: Cannot use CLIENT_JS .*no such file$/,
    );
    await assert.rejects(readClientFile(folder, "--client-js"), /it is no file/);
  }));

Deno.test("a relay names the files that it leaves out of its downloads, and serves the others", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/files`);
    await Deno.writeTextFile(`${folder}/files/good`, "good");
    await Deno.symlink("/etc/passwd", `${folder}/files/a\x1b[31mlink`);
    const child = new Deno.Command(SERVER.command, {
      args: [...SERVER.args, "--port", "0", "--downloads", `${folder}/files`],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const complaints = new Response(child.stderr).text();
    const { url, text, rest } = await untilListening(child);
    assert.match(text, /Downloads: {5}http:\/\/127\.0\.0\.1:\d+\/download, 1 file\n/);
    assert.equal(await (await fetch(`${originOf(url)}/download/good`)).text(), "good");
    child.kill("SIGTERM");
    await rest;
    await child.status;
    assert.equal(await complaints, 'Warning: --downloads leaves out "a\\u001b[31mlink": it is a link.\n');
    const refused = await runToEnd(SERVER, ["--port", "0", "--downloads", `${folder}/none`]);
    assert.deepEqual(
      [refused.status, refused.err],
      [2, `Cannot use --downloads ${folder}/none: there is no such folder\n`],
    );
  }));
