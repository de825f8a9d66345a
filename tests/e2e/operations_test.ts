/**
 * docs/OPERATIONS.md, typed from top to bottom as far as a machine that is not for it allows: in a folder in place of
 * the system's, as this user in place of the relay's, with a certificate of an authority of one's own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DocCommands, ROOT, shell, Started } from "./_doc_commands.ts";
import { freePort } from "../free_port.ts";

/** Where things are here. */
interface Place {
  folder: string;
  /** The relay's port, once it listens. */
  port?: string;
  metrics: string;
}

/** A command as it is typed here. */
function here(command: string, { folder, port = "0", metrics }: Place): string {
  const swaps: [string | RegExp, string][] = [
    ["DENO_DIR=/var/lib/sotto/deno ", ""],
    ["-P=relay-full", `-P=relay-full --allow-read=${folder} --allow-write=${folder}/lib,${folder}/run`],
    ["cd /opt/sotto && exec runuser -u sotto -- env ", `cd '${ROOT}' && exec env `],
    [/ && chown sotto: \S+/, ""],
    [/install -o sotto -g sotto /g, "install "],
    [/\/usr\/local\/sbin/g, `${folder}/sbin`],
    [/\/etc\/sotto/g, `${folder}/etc`],
    [/\/var\/lib\/sotto/g, `${folder}/lib`],
    [/\/run\/sotto/g, `${folder}/run`],
    ["SERVER_HOST=::", "SERVER_HOST=127.0.0.1"],
    ["SERVER_PORT=443", "SERVER_PORT=0"],
    [/https:\/\/relay\.example|http:\/\/localhost:4443/g, `https://localhost:${port}`],
    ["wss://relay.example", `wss://localhost:${port}`],
    ["relay.example:443", `localhost:${port}`],
    ["127.0.0.1:9464", metrics],
    ["-u admin ", `-u "admin:$(cat ${folder}/etc/password)" `],
    ["--ask-relay-password", `--relay-password-file ${folder}/etc/password --ca ${folder}/tls/ca.pem`],
    [/^sotto-relay /, `${folder}/sbin/sotto-relay `],
  ];
  return swaps.reduce((text, [from, to]) => text.replace(from, to), command);
}

/** An address that nobody listens at now. */
function freeAddress(): string {
  return `127.0.0.1:${freePort()}`;
}

Deno.test("OPERATIONS: what it tells people to type does what it says", async (t) => {
  const commands = new DocCommands(["docs/OPERATIONS.md"]);
  const folder = await Deno.makeTempDir();
  const place: Place = { folder, metrics: freeAddress() };
  for (const name of ["sbin", "etc", "lib", "run", "tls", "own"]) {
    await Deno.mkdir(`${folder}/${name}`, { mode: 0o700 });
  }
  const env = { CURL_CA_BUNDLE: `${folder}/tls/ca.pem`, ADMIN_SOCKET: `${folder}/run/relay.sock` };
  const type = async (text: string, options: { cwd?: string; env?: Record<string, string> } = {}) => {
    const { code, out } = await shell(here(commands.one(text), place), {
      ...options,
      env: { ...env, ...options.env },
    });
    assert.equal(code, 0, `${text}: ${out}`);
    return out;
  };

  await t.step("an authority of one's own and its certificate", async () => {
    const cwd = `${folder}/tls`;
    await type("Our authority", { cwd });
    await type("-out relay.csr", { cwd });
    await type("-copy_extensions copy", { cwd });
  });
  await t.step("a certificate that signs itself, and the fingerprint of its key", async () => {
    const cwd = `${folder}/own`;
    await type("IP:203.0.113.7", { cwd });
    assert.match(await type("openssl dgst -sha256 -c", { cwd }), /= (?:[0-9a-f]{2}:){31}[0-9a-f]{2}/);
  });
  await t.step("password, command, certificate hook and settings are in place", async () => {
    await type("> /etc/sotto/password) && chown");
    await type("cat > /usr/local/sbin/sotto-relay <<");
    await type("chmod 755 /usr/local/sbin/sotto-relay");
    await type("cat > /usr/local/sbin/sotto-certificate <<");
    await type("chmod 755 /usr/local/sbin/sotto-certificate");
    await Deno.mkdir(`${folder}/lineage`);
    await Deno.copyFile(`${folder}/tls/key.pem`, `${folder}/lineage/privkey.pem`);
    await Deno.copyFile(`${folder}/tls/cert.pem`, `${folder}/lineage/fullchain.pem`);
    const hook = await shell(`${folder}/sbin/sotto-certificate`, {
      env: { RENEWED_LINEAGE: `${folder}/lineage` },
    });
    assert.equal(hook.code, 0, hook.out);
    await type("cat > /etc/sotto/relay.env");
    const more = `ACCOUNTS_FILE=${folder}/lib/accounts\nMETRICS_LISTEN=${place.metrics}\n`;
    await Deno.writeTextFile(`${folder}/etc/relay.env`, more, { append: true });
    assert.match(await type("--print-config"), /•••|relay\.env/);
  });

  await t.step("a relay behind a proxy starts", async () => {
    const command = here(commands.one("--trust-proxy 127.0.0.1"), place);
    await using relay = new Started(command, { env: { SERVER_PORT: "0" } });
    await relay.says(/listening on ws:/);
    assert.equal(await relay.stop(), 0);
  });

  {
    await using relay = new Started(`${folder}/sbin/sotto-relay --env-file ${folder}/etc/relay.env`);
    place.port = (await relay.says(/listening on wss:\/\/127\.0\.0\.1:(\d+)/))[1] ?? "";
    await relay.says(/Stop:/);
    await t.step("it is healthy, has figures and a status, and speaks TLS 1.3 alone", async () => {
      assert.match(await type("curl https://relay.example/health"), /"status":"healthy"/);
      assert.match(await type("/metrics"), /^sotto_connections/m);
      assert.match(await type("sotto-relay status"), /rooms/);
      assert.match(await type("-tls1_3"), /TLSv1\.3/);
      assert.match(await type("-tls1_2"), /refused/);
    });
    await t.step("guests come in by its password", async () => {
      assert.match(await type("client.ts create"), /https:\/\/localhost:\d+\/#/);
      assert.match(await type("client.ts list"), /public rooms/i);
    });
    await t.step("tokens are made in both ways, listed, and taken back", async () => {
      const made = await type("curl -u admin https://relay.example/generate_token");
      const id = /"id":"([^"]+)"/.exec(made)?.[1] ?? made;
      assert.match(await type("admin_password="), /"token"/);
      assert.match(await type("https://relay.example/tokens"), new RegExp(id));
      const revoke = here(commands.one("revoke_token"), place).replace("1a2b3c4d", id);
      assert.match((await shell(revoke, { env })).out, /"revoked":true/);
    });
    await t.step("an account is made", async () => {
      await type("client.ts register alice", { env: { SOTTO_ACCOUNT_PASSWORD: "correct horse battery" } });
    });
    assert.equal(await relay.stop("SIGTERM"), 0);
  }
  await t.step("the account is in the file", async () => {
    assert.match(await type("admin list --accounts"), /alice/);
  });

  await Deno.remove(folder, { recursive: true });
  commands.skip("deno run -A server.ts"); // README's first command, too
  assert.deepEqual(commands.left, [], "nothing runs these");
});
