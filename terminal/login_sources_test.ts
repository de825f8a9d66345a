import assert from "node:assert/strict";
import { FakeIo } from "./_fakes.ts";
import { parseCommandLine } from "./command_line.ts";
import { findLogins, type GivenLogins } from "./login_sources.ts";

/** Finds logins with these arguments, environment and lines of standard input. */
function find(
  args: string,
  { env = {}, lines = [], answer }: { env?: Record<string, string>; lines?: string[]; answer?: string } = {},
): Promise<GivenLogins> {
  const parsed = parseCommandLine(args.split(" "));
  assert.ok(parsed.kind === "run");
  const io = answer === undefined ? null : new FakeIo({ interactive: true });
  if (io !== null) io.ask = () => Promise.resolve(answer ?? null);
  return findLogins(parsed.options, {
    nextLine: () => Promise.resolve(lines.shift() ?? null),
    io,
    env: (name) => env[name],
  });
}

Deno.test("findLogins() takes options before the environment, and nothing where nothing was said", async () => {
  assert.deepEqual(await find("create"), {});
  const env = {
    SOTTO_TOKEN: "t",
    SOTTO_RELAY_PASSWORD: "p",
    SOTTO_ACCOUNT: "a",
    SOTTO_ACCOUNT_PASSWORD: "q",
  };
  assert.deepEqual(await find("create", { env }), {
    password: "p",
    token: "t",
    account: { name: "a", password: "q" },
  });
  const said = await find("create --token u --relay-password-file - --account b --account-password-file -", {
    env,
    lines: ["first", "second"],
  });
  assert.deepEqual(said, { password: "first", token: "u", account: { name: "b", password: "second" } });
});

Deno.test("findLogins() keeps the last word of connect apart: only a relay that asks is shown it", async () => {
  assert.deepEqual(await find("connect localhost 4443 ada pw"), { word: "pw" });
});

Deno.test("findLogins() asks a person for what is missing, and refuses where nobody sits", async () => {
  assert.deepEqual(await find("create --account ada", { answer: "pw" }), {
    account: { name: "ada", password: "pw" },
    typed: "account",
  });
  assert.deepEqual(await find("create --ask-relay-password", { answer: "pw" }), {
    password: "pw",
    typed: "password",
  });
  await assert.rejects(find("create --account ada"), {
    status: 2,
    message:
      /account's password: there is no terminal to ask at; use --account-password-file or SOTTO_ACCOUNT/,
  });
  await assert.rejects(find("create --ask-relay-password"), {
    status: 2,
    message: "Cannot read the relay's password: there is no terminal to ask at; use --relay-password-file",
  });
  await assert.rejects(find("create --relay-password-file /nowhere"), { message: /does not exist/ });
});

Deno.test("findLogins() knows which login was typed, and may be a slip", async () => {
  const answer = "typed";
  assert.equal((await find("create --ask-relay-password", { answer })).typed, "password");
  assert.equal((await find("create --account a", { answer })).typed, "account");
  const env = { SOTTO_ACCOUNT_PASSWORD: "q" };
  assert.equal((await find("create --account a", { answer, env })).typed, undefined);
  const file = await find("create --account a --account-password-file -", { answer, lines: ["q"] });
  assert.equal(file.typed, undefined);
});
