/** What is wrong in the relay's settings is refused at start, in one sentence. */
import assert from "node:assert/strict";
import { selfSigned } from "../../relay/self_signed.ts";
import { run, withEnv, withFiles } from "./_program.ts";

for (
  const [args, says] of [
    [["--prot", "1"], "Cannot start: unknown option '--prot'. Did you mean --port?"],
    [["4555"], "Cannot use the host 4555: that looks like a port, which goes with --port 4555"],
    [["--port", "70000"], "Cannot use --port 70000: it must be a whole number from 0 to 65535"],
    [["localhost", "http"], "Cannot use the port http: it must be a whole number from 0 to 65535"],
    [
      ["localhost", "1", "--port", "2"],
      "Cannot use the port with --port: they say the same thing differently, leave one out",
    ],
    [["--tls-cert", "a.pem"], "Cannot use --tls-cert alone: name the other file with --tls-key"],
    [["--ssl-key", "a.pem"], "Cannot use --ssl-key alone: name the other file with --tls-cert"],
    [
      ["--tls-cert", "a", "--ssl-cert", "b"],
      "Cannot use --ssl-cert with --tls-cert: they say the same thing differently, leave one out",
    ],
    [
      ["--tls-cert", "a", "--tls-key", "b", "--tls-self-signed"],
      "Cannot use --tls-self-signed with --tls-cert: leave one of them out",
    ],
    [
      ["--listener", "deno", "--tls-self-signed"],
      "Cannot use --listener deno with --tls-self-signed: only the node listener does TLS 1.3; leave the listener out",
    ],
    [["--deny", "10.0.0.0/40"], "Cannot use --deny 10.0.0.0/40: after the slash comes a number from 0 to 32"],
    [
      ["--allow", "10.0.0.1/8"],
      "Cannot use --allow 10.0.0.1/8: it has bits beyond /8; write the first address of the range",
    ],
    [["--allow="], "Cannot use --allow '': it names nothing; leave it out, or name at least one"],
    [["--deny", ","], "Cannot use --deny ,: it names nothing; leave it out, or name at least one"],
    [
      ["--trust-proxy", "proxy"],
      "Cannot use --trust-proxy proxy: write an address such as 192.0.2.7, or a range such as 192.0.2.0/24 or 2001:db8::/32",
    ],
    [
      ["--origin", "chat"],
      "Cannot use --origin chat: write https://host, https://host:port, null for files, or *",
    ],
    [
      ["--token-ttl", "-1"],
      "Cannot use --token-ttl -1: it must be a time from 1s to 365d, in seconds or such as 90s, 10m or 24h",
    ],
    [
      ["--token-ttl", "1e99"],
      "Cannot use --token-ttl 1e99: it must be a time from 1s to 365d, in seconds or such as 90s, 10m or 24h",
    ],
    [
      ["--drain-time", "1h"],
      "Cannot use --drain-time 1h: it must be a time from 0s to 8s, in seconds or such as 90s, 10m or 24h",
    ],
    [
      ["--audit-max-size", "lots"],
      "Cannot use --audit-max-size lots: it must be a number of bytes from 65536 to 1099511627776, such as 65536, 64K, 16M, 1G",
    ],
    [
      ["--metrics-listen", "9100x"],
      "Cannot use --metrics-listen 9100x: it must be host:port, such as 127.0.0.1:9100",
    ],
    [
      ["--metrics", "--metrics-listen", "9100"],
      "Cannot use --metrics-listen with --metrics: leave one of them out",
    ],
    [["--log-format", "xml"], "Cannot use --log-format xml: it must be one of text, json"],
    [["--registration", "all"], "Cannot use --registration all: it must be one of open, invited, closed"],
    [
      ["--require-account"],
      "Cannot use --require-account without accounts: add --accounts and a file for them",
    ],
    [["--operator", "root"], "Cannot use --operator without accounts: add --accounts and a file for them"],
    [["--registration", "open"], "Cannot use --registration without --accounts: add it, or leave this out"],
    [["--audit-ips"], "Cannot use --audit-ips without --audit-log: add it, or leave this out"],
    [
      ["--accounts", "a"],
      "Cannot use --accounts without a password, which seals that file: add --password-file",
    ],
    [["--password", ""], "Cannot use --password: it must not be empty"],
    [
      ["--password", "a", "--ask-password"],
      "Cannot use --ask-password with --password: leave one of them out",
    ],
    [
      ["--ask-password"],
      "Cannot go on: no password was typed; start again, or use --password-file",
    ],
    [["--password-file", "/no/such/file"], "Cannot use --password-file /no/such/file: there is no such file"],
    [["--env-file", "/no/such/file"], "Cannot use --env-file /no/such/file: there is no such file"],
    [["--env-file", "/"], "Cannot use --env-file /: it is a directory"],
    [["--max-rooms", "0"], "Cannot use --max-rooms 0: it must be a whole number from 1 to 1000000"],
    [
      ["--heartbeat-timeout", "10"],
      "Cannot use --heartbeat-timeout 10s: it must be longer than --heartbeat-interval, 30s",
    ],
  ] as const
) {
  Deno.test(`the relay refuses ${args.join(" ")} in one sentence, with exit status 2`, async () => {
    assert.deepEqual(await run(args, null), { status: 2, out: [], err: [says] });
  });
}

Deno.test("a secret that others can read is refused, with the command that helps", async () => {
  const files = {
    password: { text: "hunter2\n", mode: 0o640 },
    env: { text: "ADMIN_PASSWORD=hunter2\n", mode: 0o604 },
  };
  await withFiles(files, async (dir) => {
    for (const [option, name] of [["--password-file", "password"], ["--env-file", "env"]] as const) {
      const file = `${dir}/${name}`;
      assert.deepEqual(await run([option, file]), {
        status: 2,
        out: [],
        err: [`Cannot use ${option} ${file}: others can use this file; run: chmod 600 ${file}`],
      });
    }
  });
});

Deno.test("a certificate that cannot be used is refused before anybody is served, with the option and the fix", async () => {
  const [one, two] = [await selfSigned(), await selfSigned()];
  const files = {
    "cert.pem": { text: one.cert },
    "key.pem": { text: one.key },
    "other.pem": { text: two.key },
    "open.pem": { text: one.key, mode: 0o640 },
    "text.pem": { text: "no certificate" },
  };
  await withFiles(files, async (dir) => {
    for (
      const [cert, key, says] of [
        ["no.pem", "key.pem", /^Cannot use --tls-cert .*no\.pem: there is no such file$/],
        [
          "cert.pem",
          "open.pem",
          /^Cannot use --ssl-key .*open\.pem: others can use this file; run: chmod 600 .*open\.pem$/,
        ],
        ["cert.pem", "other.pem", /^Cannot use --ssl-key .*other\.pem: .*$/],
        ["text.pem", "key.pem", /^Cannot use --tls-cert .*text\.pem: .*$/],
        ["key.pem", "cert.pem", /^Cannot use --tls-cert .*key\.pem: .*$/],
      ] as const
    ) {
      const { status, out, err } = await run([
        "--port",
        "0",
        "--tls-cert",
        `${dir}/${cert}`,
        "--ssl-key",
        `${dir}/${key}`,
      ]);
      assert.deepEqual([status, out, err.length], [2, [], 1]);
      assert.match(err[0] ?? "", says);
      assert.doesNotMatch(err[0] ?? "", /PRIVATE/);
    }
  });
});

Deno.test("an env file without secrets may be read by others; a password file must not be empty", async () => {
  await withFiles({ env: { text: "SERVER_PORT=1\n", mode: 0o644 }, empty: { text: "\n" } }, async (dir) => {
    assert.equal((await run(["--env-file", `${dir}/env`, "--print-config"])).status, 0);
    const { status, err } = await run(["--password-file", `${dir}/empty`]);
    assert.equal(status, 2);
    assert.match(
      err[0] ?? "",
      /^Cannot use --password-file .*: its first line is empty; write the password there$/,
    );
  });
});

Deno.test("what is wrong in the environment or an env file is named with its variable, secrets never shown", async () => {
  await withEnv({ MAX_ROOMS: "many" }, async () => {
    assert.deepEqual((await run([])).err, [
      "Cannot use MAX_ROOMS=many: it must be a whole number from 1 to 1000000",
    ]);
  });
  await withFiles({ env: { text: "ADMIN_PASSWORD='   '\nSERVER_PORT=x\u001b[31m\n" } }, async (dir) => {
    const { err } = await run(["--env-file", `${dir}/env`]);
    assert.deepEqual(err, [
      `Cannot use SERVER_PORT=x?[31m of ${dir}/env: it must be a whole number from 0 to 65535`,
    ]);
    const later = await run(["--env-file", `${dir}/env`, "--port", "1"]);
    assert.deepEqual(later.err, [`Cannot use ADMIN_PASSWORD of ${dir}/env: it must not be empty`]);
  });
});

Deno.test("an env file with a slip in a name is warned of, one without any setting refused", async () => {
  const text = "SERVER_PRT=1\nEDITOR=vi\nMAX_ROOMS=many\n";
  await withFiles({ env: { text }, prose: { text: "# mine\nport 4443\n" } }, async (dir) => {
    assert.deepEqual((await run(["--env-file", `${dir}/env`])).err, [
      `Warning: In ${dir}/env, SERVER_PRT is no setting, and does nothing: did you mean SERVER_PORT?`,
      `Cannot use MAX_ROOMS=many of ${dir}/env: it must be a whole number from 1 to 1000000`,
    ]);
    assert.deepEqual((await run(["--env-file", `${dir}/prose`])).err, [
      `Cannot use --env-file ${dir}/prose: no line of it is NAME=value`,
    ]);
  });
});

Deno.test("server.ts help is help, of the relay or of a command", async () => {
  const [all, ban] = [await run(["help"]), await run(["help", "ban"])];
  assert.deepEqual([all.status, ban.status], [0, 0]);
  assert.match(all.out.join("\n"), /^Usage: server\.ts \[host\]/);
  assert.match(ban.out.join("\n"), /^Usage: server\.ts ban /);
});

Deno.test("a password in an env file that would be read as another one is refused, not cut short", async () => {
  const bad = ["pa#ss", "pa #ss", "'pa'ss", '"pa"ss', '"pa', '"pa\nss"', "pa\\#ss", '"pa\\"ss"'];
  for (
    const line of [...bad.map((value) => `ADMIN_PASSWORD=${value}`), "ADMIN_PASSWORD: pass", "ADMIN_PASSWORD"]
  ) {
    await withFiles(
      { env: { text: `# ADMIN_PASSWORD=a#b\nSERVER_PORT=1 # a port\n${line}\n` } },
      async (dir) => {
        const { status, err } = await run(["--env-file", `${dir}/env`, "--print-config"]);
        assert.equal(status, 2, line);
        assert.match(
          err.join(),
          /what ADMIN_PASSWORD is cannot be told; write ADMIN_PASSWORD='…' on one line$/,
        );
        assert.ok(!err.join().replaceAll(dir, "").includes("ss"), "it is not repeated");
      },
    );
  }
  const good = ["'pa#ss'", '"pa#ss"', "`pa#ss`", "'pa ss' # mine", "it's", "pass word", ""];
  for (const value of good) {
    await withFiles(
      { env: { text: `export ADMIN_PASSWORD=${value}\r\nADMIN_PASSWORD_FILE=\n` } },
      async (dir) => {
        assert.equal((await run(["--env-file", `${dir}/env`, "--print-config"])).status, 0, value);
      },
    );
  }
});

Deno.test("a secret behind a mistyped option is not repeated", async () => {
  for (
    const args of [["--passwrod=hunter2"], ["--passwrod=hun'ter2"], ["admin", "list", "--passwrod=hunter2"]]
  ) {
    const { status, err } = await run(args);
    assert.equal(status, 2);
    assert.match(err.join(), /unknown option '--passwrod'/);
    assert.ok(!/ter2/.test(err.join()));
  }
});

Deno.test("a password that cannot be one is refused in one sentence, wherever it is for", async () => {
  const files = {
    good: { text: "open sesame\n" },
    short: { text: "sesame2\n" },
    unseen: { text: "a\x07b\n" },
    long: { text: `${"a".repeat(1_025)}\n` },
    binary: { text: "" },
  };
  await withFiles(files, async (dir) => {
    await Deno.writeFile(`${dir}/binary`, Uint8Array.of(0xff, 0xfe, 10));
    const accounts = ["--accounts", `${dir}/accounts`];
    const own = (name: string): string[] => ["--password-file", `${dir}/${name}`];
    const next = (name: string): string[] => ["--new-password-file", `${dir}/${name}`];
    for (
      const [args, why] of [
        [["--port", "0", ...own("unseen")], /cannot be seen/],
        [["--port", "0", ...own("long")], /longer than 1024/],
        [["--port", "0", ...own("binary")], /not UTF-8/],
        [["admin", "add", "bob", ...accounts, ...own("good"), ...next("unseen")], /cannot be seen/],
        [["admin", "add", "bob", ...accounts, ...own("good"), ...next("short")], /fewer than 8 characters/],
        [["admin", "add", "bob", ...accounts, ...own("unseen"), ...next("good")], /cannot be seen/],
      ] as const
    ) {
      const { status, err } = await run(args);
      assert.deepEqual([status, err.length], [2, 1], args.join(" "));
      assert.match(err[0] ?? "", /^Cannot use this password: it /);
      assert.match(err[0] ?? "", why);
    }
  });
});
