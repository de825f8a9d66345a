import assert from "node:assert/strict";
import { parseCommandLine } from "./command_line.ts";
import type { CommonOptions, Task } from "./tasks.ts";

function run(line: string): { task: Task; options: CommonOptions } {
  const parsed = parseCommandLine(line === "" ? [] : line.split(" "));
  assert.equal(parsed.kind, "run", parsed.kind === "exit" ? parsed.err : "");
  return parsed as Extract<typeof parsed, { kind: "run" }>;
}

function refused(line: string): string {
  const parsed = parseCommandLine(line.split(" "));
  assert.ok(parsed.kind === "exit", "expected a refusal");
  assert.equal(parsed.status, 2);
  assert.equal(parsed.out, "");
  return parsed.err;
}

for (
  const [line, task] of [
    ["", { action: "ask" }],
    ["create", { action: "create" }],
    ["host", { action: "host", lan: false, port: undefined }],
    ["host --lan --port 5000", { action: "host", lan: true, port: 5000 }],
    ["join SECRET123", { action: "join", code: "SECRET123" }],
    ["join lobby hunter2", { action: "join", code: "lobby", password: "hunter2" }],
    ["join 41793 copper lagoon ember quartz", { action: "join", code: "41793 copper lagoon ember quartz" }],
    ["create --topic tea", { action: "create", topic: "tea" }],
    ["create --public talk --topic tea", { action: "create", public: "talk", topic: "tea" }],
    ["list --relay h:1", { action: "list" }],
    ["register alice", { action: "register", name: "alice" }],
    ["register alice pw", { action: "register", name: "alice", password: "pw" }],
    ["login alice", { action: "login", name: "alice" }],
    ["connect localhost 4443 alice", { action: "join", code: "lobby" }],
    ["connect localhost 4443 alice pw --room den", { action: "join", code: "den", password: "pw" }],
  ] as const
) {
  Deno.test(`parseCommandLine() understands: ${line || "nothing"}`, () =>
    assert.deepEqual(run(line).task, task));
}

Deno.test("parseCommandLine() takes the common options before and after the command", () => {
  for (
    const line of [
      "--nick bob --relay h:1 join x",
      "join x --nick bob --relay h:1",
      "join --nick bob x --relay h:1",
    ]
  ) {
    assert.equal(run(line).options.nick, "bob");
    assert.equal(run(line).options.relay, "h:1");
  }
  const { options } = run("join den --json --plain --limit 2 --password-file -");
  assert.deepEqual([options.json, options.plain, options.limit, options.passwordFile], [true, true, 2, "-"]);
});

Deno.test("parseCommandLine() takes lengths of time for what happens when the network breaks", () => {
  const { options } = run("join den --away 30m --give-up 1h30m");
  assert.deepEqual([options.away, options.giveUp], [1_800_000, 5_400_000]);
  assert.deepEqual([run("create").options.away, run("create").options.giveUp], [undefined, undefined]);
  assert.equal(run("create --give-up 1s").options.giveUp, 1_000);
  assert.equal(run("--away 24h create").options.away, 86_400_000);
  for (const bad of ["90", "soon", "-5m", "59s", "24h1s", "0s"]) {
    const said = refused(`create --away=${bad}`);
    assert.match(
      said,
      /^error: option '--away <duration>' .*Use a time from 1m to 24h, such as 90s, 10m or 1h30m\./,
    );
    assert.ok(said.includes(`'${bad}'`));
  }
  assert.match(refused("create --give-up 0s"), /Use a time from 1s to 24h/);
  assert.match(refused("create --give-up 25h"), /Use a time from 1s to 24h/);
});

Deno.test("parseCommandLine() takes relay and nickname of connect from its arguments", () => {
  const { options } = run("connect localhost 4443 alice");
  assert.equal(options.relay, "localhost:4443"); // whether it has TLS is found out later
  assert.equal(options.nick, "alice");
  assert.equal(run("connect wss://example.org 443 alice").options.relay, "wss://example.org/ws");
  assert.equal(run("connect ::1 4443 alice").options.relay, "[::1]:4443");
});

Deno.test("parseCommandLine() suggests what an unknown option or command may have meant", () => {
  assert.match(refused("create --nik bob"), /unknown option '--nik'[\s\S]*Did you mean --nick\?/);
  assert.match(refused("jion lobby"), /unknown command 'jion'[\s\S]*Did you mean join\?/);
  assert.match(refused("SECRET123"), /join SECRET123/);
});

Deno.test("parseCommandLine() refuses bad values with what would be right", () => {
  assert.match(refused("host --port 70000"), /0 to 65535/);
  assert.match(refused("connect localhost 0 alice"), /1 to 65535/);
  assert.match(refused("create --limit 1"), /2 to 1000/);
  assert.match(refused("create --relay ftp://x"), /Cannot use "ftp:\/\/x" as a relay's address/);
  assert.match(refused("join"), /code/);
  assert.match(refused("join a b c"), /^Cannot join: .*in quotes: "my room"\.\n$/);
  assert.match(refused("host --relay h:1"), /brings a relay of its own/);
  assert.match(refused("create --ask-password"), /only named rooms have a password/);
  assert.match(refused("create extra"), /too many arguments/);
});

Deno.test("parseCommandLine() prints help and version with status 0", () => {
  const help = parseCommandLine(["join", "--help"]);
  assert.ok(help.kind === "exit" && help.status === 0);
  assert.match(help.out, /--relay/);
  const version = parseCommandLine(["--version"]);
  assert.ok(version.kind === "exit" && version.status === 0);
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
});

Deno.test("parseCommandLine() takes every way to log in to a relay", () => {
  const { options } = run(
    "create --token t --insecure-token --relay-password-file - --ask-relay-password --account bob " +
      "--account-password-file f --ssl --ca ca.pem",
  );
  const { token, insecureToken, relayPasswordFile, askRelayPassword, account, accountPasswordFile, ssl, ca } =
    options;
  assert.deepEqual([token, insecureToken, relayPasswordFile, askRelayPassword], ["t", true, "-", true]);
  assert.deepEqual([account, accountPasswordFile, ssl, ca], ["bob", "f", true, "ca.pem"]);
  const usual = run("create").options;
  assert.deepEqual([usual.token, usual.insecureToken, usual.ssl, usual.askRelayPassword], [
    undefined,
    false,
    false,
    false,
  ]);
});

Deno.test("parseCommandLine() takes the last word of connect for the room and for the relay", () => {
  const { task, options } = run("connect localhost 4443 alice pw");
  assert.deepEqual(task, { action: "join", code: "lobby", password: "pw" });
  assert.equal(options.relayPassword, "pw");
  assert.equal(run("connect localhost 4443 alice").options.relayPassword, undefined);
});

Deno.test("parseCommandLine() takes a certificate's fingerprint with colons or without", () => {
  const digits = "ab".repeat(32);
  assert.equal(run(`create --pin ${digits}`).options.pin?.toHex(), digits);
  assert.equal(
    run(`create --pin SHA256:${digits.toUpperCase().match(/../g)?.join(":")}`).options.pin?.toHex(),
    digits,
  );
  assert.match(refused("create --pin abc"), /it is no fingerprint/);
});

Deno.test("parseCommandLine() refuses options that mean nothing where they stand", () => {
  assert.match(refused("host --token t"), /--token cannot be used here: host brings a relay of its own/);
  assert.match(refused("host --ssl"), /--ssl cannot be used here/);
  assert.match(refused("list --ask-password"), /--ask-password cannot be used here: this enters no room/);
  assert.match(
    refused("login bob --account eve"),
    /--account cannot be used here: login names the account itself/,
  );
  assert.match(
    refused("create --public \u202ex"),
    /Cannot list the room under this name: it has a character/,
  );
  assert.match(refused("register"), /name/);
});

Deno.test("parseCommandLine() founds no room that is called #1: it tells where the link is", () => {
  for (const line of ["join #1", "join #12 secret"]) {
    assert.match(refused(line), /'#\d+' is a place in a list of rooms.*\n.*client\.ts list/);
  }
  assert.deepEqual(run("join #deno").task, { action: "join", code: "#deno" });
});

Deno.test("parseCommandLine() takes the word help for a wish, and none of its examples is wider than 80 columns", () => {
  const [all, join] = [parseCommandLine(["help"]), parseCommandLine(["help", "join"])];
  assert.ok(all.kind === "exit" && join.kind === "exit");
  assert.deepEqual([all.status, all.err, join.status], [0, "", 0]);
  assert.match(all.out, /^Usage: client\.ts \[command\]/);
  assert.match(join.out, /^Usage: client\.ts join /);
  const examples = all.out.slice(all.out.indexOf("Examples:")).split("\n");
  assert.ok(examples.length > 10);
  for (const line of examples) assert.ok(line.length <= 80, line);
});

Deno.test("parseCommandLine() says what a command lacks in words of its own", () => {
  assert.equal(
    refused("join --nick bob"),
    "error: say which room to join: an invite link, a spoken code or a name\n" +
      "Type --help for all commands and options.\n",
  );
  assert.match(
    refused("connect localhost 4443"),
    /^error: say what to call you: connect <host> <port> <nick>/,
  );
  for (const command of ["register", "login", "check-client", "connect", "connect h"]) {
    assert.doesNotMatch(refused(command), /missing required/);
  }
});

Deno.test("parseCommandLine() repeats no secret of an option that is not there, and says where a password goes", () => {
  assert.equal(
    refused("join lobby --password=hunter3"),
    "error: unknown option '--password'\n" +
      "(A room's password follows its name: client.ts join lobby hunter2.\n" +
      "Other ways: --password-file, --relay-password-file, --account-password-file.)\n" +
      "Type --help for all commands and options.\n",
  );
  assert.doesNotMatch(refused("create --tokn=s3cret"), /s3cret/);
});
