import assert from "node:assert/strict";
import { AccessDesk } from "../../relay/access_desk.ts";
import { AccessTokens } from "../../relay/access_tokens.ts";
import { Accounts } from "../../relay/accounts.ts";
import { openRelay } from "../../relay/open_relay.ts";
import { PasswordVerifier } from "../../relay/password.ts";
import { JsonClient, ROOT, runClient } from "./_client_process.ts";
import { HAS_TMUX, Terminal } from "./_tmux.ts";

const PASSWORD = "correct horse";
const CLIENT = `${Deno.execPath()} run -A client.ts --lines`;

/** A relay that asks for a login. */
interface Guarded extends AsyncDisposable {
  address: string;
  tokens: AccessTokens;
  accounts: Accounts;
  /** A file with the relay's password. */
  file: string;
}

async function guarded(options: { accountOnly?: boolean } = {}): Promise<Guarded> {
  const [tokens, accounts] = [new AccessTokens(), new Accounts()];
  const password = await PasswordVerifier.create(PASSWORD, { iterations: 10_000 });
  const access = new AccessDesk({ password, tokens, accounts, accountIterations: 10_000, ...options });
  const relay = await openRelay({ port: 0, access });
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, `${PASSWORD}\n`);
  return {
    address: `127.0.0.1:${relay.port}`,
    tokens,
    accounts,
    file,
    [Symbol.asyncDispose]: async () => {
      await relay.close();
      await Deno.remove(file);
    },
  };
}

/** The one event of its kind that a finished client has printed. */
function told(out: string, event: string): Record<string, unknown> {
  const lines = out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  return lines.find((line) => line.event === event) ?? {};
}

Deno.test("a relay's password in a file, in the environment or a token lets a client in", async () => {
  await using relay = await guarded();
  const at = ["create", "--json", "--nick", "ada", "--relay", relay.address];
  const token = relay.tokens.create({ name: "ada", ttlMs: 60_000 }).token;
  for (
    const [args, options] of [
      [["--relay-password-file", relay.file], {}],
      [["--relay-password-file", "-"], { input: `${PASSWORD}\n` }],
      [[], { env: { SOTTO_RELAY_PASSWORD: PASSWORD } }],
      [["--token", token], {}],
      [[], { env: { SOTTO_TOKEN: token } }],
    ] as const
  ) {
    const { status, out } = await runClient([...at, ...args], options);
    assert.equal(status, 0, out);
    assert.equal(told(out, "joined")["founded"], true);
  }
});

Deno.test("without a login, or with a wrong one, a client ends with status 1 and says what to do", async () => {
  await using relay = await guarded();
  const at = ["create", "--nick", "ada", "--relay", relay.address];
  const none = await runClient([...at, "--json"]);
  assert.equal(none.status, 1);
  assert.equal(told(none.out, "error")["code"], "auth_required");
  assert.match(none.out, /--relay-password-file FILE or SOTTO_RELAY_PASSWORD.*SOTTO_TOKEN.*--account NAME/);
  const wrong = await runClient(at, { env: { SOTTO_RELAY_PASSWORD: "wrong" } });
  assert.equal(wrong.status, 1);
  assert.match(wrong.out, /^-- Cannot log in: the relay says that this is not its password\.$/m);
  const token = await runClient([...at, "--json"], { env: { SOTTO_TOKEN: crypto.randomUUID() } });
  assert.deepEqual([token.status, told(token.out, "error")["code"]], [1, "auth_failed"]);
  const bad = await runClient(at, { env: { SOTTO_TOKEN: "letmein" } });
  assert.equal(bad.status, 2);
  for (const { out, err } of [none, wrong, token, bad]) {
    assert.doesNotMatch(out + err, /letmein|correct horse/);
  }
});

Deno.test("the last word of connect is the relay's password too, and that is said plainly", async () => {
  await using relay = await guarded();
  const port = relay.address.split(":")[1] ?? "";
  await using ada = new JsonClient(["connect", "127.0.0.1", port, "ada", PASSWORD]);
  await ada.until("joined");
  const { message } = await ada.until("notice", ({ code }) => code === "shared_password");
  assert.equal(message, "The relay's operator knows this room's password, as it is the relay's as well");
  await using eve = new JsonClient(["connect", "127.0.0.1", port, "eve", PASSWORD]);
  await ada.until("member_joined", ({ nick }) => nick === "eve");
  const { status } = await runClient(["connect", "127.0.0.1", port, "bob", "wrong", "--json"]);
  assert.equal(status, 1);
  await eve.end();
  await eve.status();
});

Deno.test("an account is made and checked from the command line, and lets its owner in", async () => {
  await using relay = await guarded({ accountOnly: true });
  const at = ["--relay", relay.address];
  const env = { SOTTO_ACCOUNT_PASSWORD: "hunter2 hunter2" };
  const uninvited = await runClient(["register", "ada", ...at], { env });
  assert.equal(uninvited.status, 1);
  assert.match(uninvited.err, /only for those who show its password \(--relay-password-file FILE/);
  const short = await runClient(["register", "ada", "hunter2", "--relay-password-file", relay.file, ...at]);
  assert.equal(short.status, 2);
  assert.match(short.err, /Cannot register: the password has fewer than 8 characters; take a longer one/);
  assert.equal(relay.accounts.size, 0);
  const made = await runClient(["register", "ada", "--relay-password-file", relay.file, ...at], { env });
  assert.deepEqual([made.status, made.err], [0, ""]);
  assert.match(made.out, /The account ada is yours .*\. Use it with --account ada/);
  assert.equal(relay.accounts.size, 1);
  const taken = await runClient(["register", "ada", "--relay-password-file", relay.file, ...at], { env });
  assert.equal(taken.status, 1);
  assert.match(taken.err, /This account name is taken/);
  assert.equal((await runClient(["login", "ada", ...at], { env })).status, 0);
  assert.equal((await runClient(["login", "ada", "hunter3", ...at])).status, 1);
  const room = ["create", "--json", "--nick", "ada", ...at];
  assert.equal((await runClient([...room, "--account", "ada"], { env })).status, 0);
  const guest = await runClient([...room, "--relay-password-file", relay.file]);
  assert.deepEqual([guest.status, told(guest.out, "error")["code"]], [1, "account_required"]);
});

Deno.test("a public room is listed and joined by another process, by command line and by JSON commands", async () => {
  await using relay = await guarded();
  const at = ["--relay", relay.address, "--relay-password-file", relay.file];
  await using ada = new JsonClient([
    "create",
    "--nick",
    "ada",
    "--public",
    "Deno talk",
    "--topic",
    "tea",
    ...at,
  ]);
  await ada.until("notice", ({ code }) => code === "public");
  const { status, out } = await runClient(["list", ...at]);
  assert.equal(status, 0);
  assert.match(out, /^One public room at 127\.0\.0\.1:\d+, with members:\n#1 Deno talk \(1\): tea\n +http:/);
  const json = told((await runClient(["list", "--json", ...at])).out, "rooms")["rooms"];
  const [room] = json as { name: string; invite: string }[];
  assert.equal(room?.name, "Deno talk");
  await using eve = new JsonClient(["join", "den", "--nick", "eve", ...at]);
  await eve.until("joined");
  await eve.say({ command: "list" });
  await eve.until("rooms");
  await eve.say({ command: "join", code: "#1" });
  await ada.until("member_joined", ({ nick }) => nick === "eve");
  await using bob = new JsonClient(["join", room.invite, "--nick", "bob", ...at.slice(2)]);
  await bob.until("joined");
});

Deno.test("a login is never shown to another relay than the one that it was given for", async () => {
  await using mine = await guarded();
  await using other = await guarded();
  await using ada = new JsonClient(["create", "--nick", "ada", "--relay", mine.address], {
    SOTTO_RELAY_PASSWORD: PASSWORD,
  });
  await ada.until("joined");
  await using eve = new JsonClient(["create", "--nick", "eve", "--relay", other.address], {
    SOTTO_RELAY_PASSWORD: PASSWORD,
  });
  const { invite } = await eve.until("invite");
  await ada.say({ command: "join", code: invite });
  const { message } = await ada.until("error", ({ code }) => code === "auth_required");
  assert.match(
    String(message),
    new RegExp(`What you have given is for ${mine.address.replaceAll(".", "\\.")}`),
  );
});

Deno.test("a client whose token is revoked ends with status 1 and says so", async () => {
  await using relay = await guarded();
  const { token, id } = relay.tokens.create({ name: "ada", ttlMs: 60_000 });
  await using ada = new JsonClient(["create", "--nick", "ada", "--relay", relay.address], {
    SOTTO_TOKEN: token,
  });
  await ada.until("joined");
  relay.tokens.revoke(id);
  const ended = await ada.until("ended");
  assert.deepEqual([ended["status"], ended["code"]], [1, "logged_out"]);
  assert.match(String(ended["message"]), /login that this connection came in by is no longer valid/);
  assert.equal(await ada.status(), 1);
});

Deno.test({
  name: "line mode: a relay's password is asked for unseen, again when it was wrong, and then lets one in",
  ignore: !HAS_TMUX,
  fn: async () => {
    await using relay = await guarded();
    for (const plain of ["", " --plain"]) {
      await using ada = await Terminal.open({ cwd: ROOT, columns: 100 });
      await ada.line(`${CLIENT} create --nick ada --relay ${relay.address}${plain}`);
      await ada.shows(/This relay asks for a password \(Enter for an account instead\): /);
      await ada.line("wr0ng");
      await ada.shows(/That was not right, or is no longer valid\.\s+This relay asks/);
      await ada.line(PASSWORD);
      await ada.shows(/You are in the room as ada/);
      await ada.shows(/Type to talk/);
      await ada.line("hello");
      await ada.shows(plain === "" ? /#1 ada: hello/ : /That was #1/);
      assert.doesNotMatch(await ada.screen(), /wr0ng/);
      await ada.line("/quit");
      await ada.shows(/You left the room\.\s+ready\$/);
    }
  },
});

Deno.test({
  name:
    "a new account's password is asked for twice when it is typed, and not when a file or a variable has it",
  ignore: !HAS_TMUX,
  fn: async () => {
    await using relay = await guarded();
    await using ada = await Terminal.open({ cwd: ROOT, columns: 100 });
    const register = `${CLIENT} register`;
    const at = `--relay ${relay.address} --relay-password-file ${relay.file}`;
    await ada.line(`SOTTO_ACCOUNT_PASSWORD=four-words-of-ada ${register} ada ${at}`);
    await ada.shows(/The account ada is yours/);
    await ada.line(`${register} bob ${at} --account-password-file ${relay.file}`);
    await ada.shows(/The account bob is yours/);
    assert.doesNotMatch(await ada.screen(), /once more/);
    await ada.line(`${register} carol ${at}`);
    await ada.shows(/Password of the account carol:/);
    await ada.line("four words of carol");
    await ada.shows(/The same once more:/);
    await ada.line("four words of carl");
    await ada.shows(/Cannot register: the two passwords differ/);
    assert.doesNotMatch(await ada.screen(), /four words of/);
    assert.equal(relay.accounts.size, 2);
  },
});

Deno.test({
  name:
    "line mode: /register and /login are told, are not remembered by the up key, and /list leads into a room",
  ignore: !HAS_TMUX,
  fn: async () => {
    await using relay = await guarded();
    await using ada = await Terminal.open({ cwd: ROOT, columns: 100 });
    await ada.line(
      `${CLIENT} create --nick ada --relay ${relay.address} --relay-password-file ${relay.file} --public Talk`,
    );
    await ada.shows(/anyone\s+at this relay can see this room and come in/);
    await using eve = await Terminal.open({ cwd: ROOT, columns: 100 });
    await eve.line(
      `${CLIENT} join den --nick eve --relay ${relay.address} --relay-password-file ${relay.file}`,
    );
    await eve.shows(/Type to talk/);
    await eve.line("/who");
    await eve.line("/register eve secret words");
    await eve.shows(/The account eve is yours at .*New connections to this relay use it, until you\s+quit/);
    await eve.line("/login eve other words");
    await eve.shows(/the account's name or its password is wrong/);
    await eve.line("/login eve secret words");
    await eve.shows(/Logged in at .* as eve/);
    await eve.press("Up");
    await eve.shows(/> \/who\s*$/);
    await eve.press("C-u");
    assert.doesNotMatch(await eve.screen(), /secret words|other words/);
    await eve.line("/list");
    await eve.shows(/#1 Talk \(1\)/);
    await eve.line("/join talk");
    await ada.shows(/eve came in/);
    await eve.line("/quit");
    await ada.line("/quit");
    await ada.shows(/You left the room\.\s+ready\$/);
  },
});
