/** What somebody finds who reads the memory of a relay that people have logged in to. */
import { equal, fail, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { checkLogin, registerAccount } from "../../client/accounts.ts";
import { randomBytes, toHex, utf8 } from "../../crypto/bytes.ts";
import { canReadMemory, searchMemory } from "./process_memory.ts";

/** A relay with a password and accounts, in a process of its own. */
async function withRelayProcess(
  password: string,
  run: (relay: { pid: number; url: string; folder: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-memory-" });
  await Deno.writeTextFile(`${folder}/password`, password, { mode: 0o600 });
  const options = [
    "--port",
    "0",
    "--password-file",
    `${folder}/password`,
    "--accounts",
    `${folder}/accounts`,
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", "deno.json", "server.ts", ...options],
    cwd: new URL("../../", import.meta.url),
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let url: string | undefined;
    for (let said = ""; url === undefined;) {
      const { value, done } = await reader.read();
      if (done) fail("the relay did not start");
      said += value;
      url = /ws:\/\/\S+\/ws/.exec(said)?.[0];
    }
    await run({ pid: child.pid, url, folder });
  } finally {
    child.kill("SIGINT");
    await reader.cancel();
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
}

/** A text as a process may hold it: one or two bytes a character. */
function spellings(name: string, text: string): [string, Uint8Array][] {
  return [[`${name} (8 bit)`, utf8(text)], [`${name} (16 bit)`, Buffer.from(text, "utf16le")]];
}

Deno.test({
  name: "the memory and the account file of a relay hold no password of an account",
  ignore: !canReadMemory,
  fn: async () => {
    const unique = (): string => toHex(randomBytes(8));
    const account = { name: `u${unique()}`, password: `registered-${unique()}` };
    const wrong = `mistyped-${unique()}`;
    const door = `relay-${unique()}`;
    await withRelayProcess(door, async ({ pid, url, folder }) => {
      await registerAccount(url, account, { login: { password: door } });
      await checkLogin(url, { login: { account } });
      const mistyped = checkLogin(url, { login: { account: { ...account, password: wrong } } });
      equal(await mistyped.then(() => "in", (error) => error.code), "auth_failed");
      const needles = new Map([
        ...spellings("name", account.name),
        ...spellings("password", account.password),
        ...spellings("mistyped", wrong),
      ]);
      const { found } = searchMemory(pid, needles);
      const times = (name: string): number =>
        (found.get(`${name} (8 bit)`) ?? 0) + (found.get(`${name} (16 bit)`) ?? 0);
      ok(times("name") > 0, "the account is there, so that its password would be found");
      equal(times("password"), 0);
      equal(times("mistyped"), 0);
      const file = Buffer.from(await Deno.readFile(`${folder}/accounts`));
      for (const [name, needle] of needles) equal(file.includes(Buffer.from(needle)), false, name);
    });
  },
});

Deno.test({
  name: "the memory of a relay holds no password of its own that it read from a file and clients prove",
  ignore: !canReadMemory,
  fn: async () => {
    const unique = (): string => toHex(randomBytes(8));
    const account = { name: `u${unique()}`, password: `registered-${unique()}` };
    const door = `relay-${unique()}`;
    await withRelayProcess(door, async ({ pid, url }) => {
      for (let i = 0; i < 3; i++) await checkLogin(url, { login: { password: door } });
      const mistyped = checkLogin(url, { login: { password: `${door}?` } });
      equal(await mistyped.then(() => "in", (error) => error.code), "auth_failed");
      await registerAccount(url, account, { login: { password: door } });
      const needles = [...spellings("name", account.name), ...spellings("password", door)];
      const { found } = searchMemory(pid, new Map(needles));
      ok(
        needles.some(([name]) => name.startsWith("name") && (found.get(name) ?? 0) > 0),
        "memory can be read",
      );
      for (const [name] of spellings("password", door)) equal(found.get(name), 0, name);
    });
  },
});
