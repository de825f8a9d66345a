/** Accounts of a relay that runs: what its guests and its operator are told is on the disk. */
import assert from "node:assert/strict";
import { checkLogin, registerAccount } from "../../client/accounts.ts";
import { refusalOf } from "../helpers.ts";
import { command, run, untilListening } from "./_server_process.ts";

/** A folder with a password, a relay that keeps accounts there, and its commands. */
async function withKeeper(
  test: (keeper: {
    url: string;
    child: Deno.ChildProcess;
    /** A command for the relay that runs. */
    type: (...args: string[]) => ReturnType<typeof run>;
    /** A command for the file. */
    admin: (...args: string[]) => ReturnType<typeof run>;
    folder: string;
    file: string;
  }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-live-" });
  const [file, socket, password] = [`${folder}/accounts`, `${folder}/relay.sock`, `${folder}/password`];
  for (const [name, text] of [["password", "open sesame"], ["new", "a new one"]] as const) {
    await Deno.writeTextFile(`${folder}/${name}`, `${text}\n`, { mode: 0o600 });
  }
  const keeping = ["--accounts", file, "--password-file", password];
  const args = ["--port", "0", ...keeping, "--registration", "open", "--admin-socket", socket];
  const child = command([...args, "--password-iterations", "10000"]).spawn();
  const { url, rest } = await untilListening(child);
  const type = (...words: string[]) => run([...words, "--socket", socket]);
  const admin = (...words: string[]) => run(["admin", ...words, ...keeping]);
  try {
    await test({ url, child, type, admin, folder, file });
  } finally {
    try {
      child.kill("SIGTERM");
    } catch { /* it is gone */ }
    await child.status;
    await rest;
    await child.stderr.cancel();
    await Deno.remove(folder, { recursive: true });
  }
}

const FAST = { iterations: 10_000 };
const login = (url: string, name: string, password: string): Promise<unknown> =>
  checkLogin(url, { login: { account: { name, password } } });

Deno.test("an account that was answered for is there after the relay was killed in that moment", () =>
  withKeeper(async ({ url, child, admin }) => {
    await registerAccount(url, { name: "ada", password: "her own words" }, FAST);
    child.kill("SIGKILL");
    await child.status;
    assert.match((await admin("list")).stdout, /^ada {2}\d{4}-/);
  }));

Deno.test("where accounts cannot be written nobody is told that they have one, and the operator is told what is not kept", () =>
  withKeeper(async ({ url, type, file }) => {
    await registerAccount(url, { name: "ada", password: "her own words" }, FAST);
    await Deno.writeTextFile(file, "somebody else's"); // which the relay does not overwrite
    const refusal = await refusalOf(registerAccount(url, { name: "bob", password: "his own words" }, FAST));
    assert.match(refusal, /^account_not_saved 1: .*cannot save new accounts now.*tell its operator/);
    assert.match(await refusalOf(login(url, "bob", "his own words")), /^auth_failed/);
    const { status, stderr } = await type("account-disable", "ada");
    assert.equal(status, 1);
    assert.match(stderr, /^It is done in the relay that runs, but could not be written/);
    assert.match(await refusalOf(login(url, "ada", "her own words")), /^auth_failed/);
  }));

Deno.test("an operator gives a running relay's account a new password, and makes one, without stopping it", () =>
  withKeeper(async ({ url, type, admin, folder }) => {
    await registerAccount(url, { name: "ada", password: "her own words" }, FAST);
    const fresh = ["--new-password-file", `${folder}/new`];
    const reset = await type("account-reset", "Ada", ...fresh);
    assert.deepEqual([reset.status, reset.stdout], [0, "ada has a new password.\n"], reset.stderr);
    assert.match(await refusalOf(login(url, "ada", "her own words")), /^auth_failed/);
    await login(url, "ada", "a new one");
    const made = await type("account-add", "bob", ...fresh);
    assert.deepEqual([made.status, made.stdout], [0, "Added bob.\n"], made.stderr);
    await login(url, "bob", "a new one");
    for (
      const [args, why] of [
        [["account-reset", "eve"], "Cannot reset the account: there is no account eve.\n"],
        [["account-add", "bob"], "Cannot add the account: there is one of this name already.\n"],
      ] as const
    ) {
      const { status, stderr } = await type(...args, ...fresh);
      assert.deepEqual([status, stderr], [1, why]);
    }
    const locked = await admin("reset", "ada", ...fresh);
    assert.equal(locked.status, 2);
    assert.match(locked.stderr, /a relay uses it now; ask that relay with `server\.ts account-reset ada`/);
  }));
