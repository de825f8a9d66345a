import assert from "node:assert/strict";
import { account, CHEAP, namesIn, withFolder } from "../tests/account_helpers.ts";
import { isOpenToOthers } from "./file_mode.ts";
import { AccountFile } from "./account_file.ts";
import { AccountFileError, type AccountFileErrorCode } from "./account_file_error.ts";
import { SEAL_COST } from "./account_seal.ts";
import type { Account } from "./accounts.ts";
import { type FileOps, systemFiles } from "./safe_file.ts";

const P = "an admin's password";
const open = (path: string, password = P) => AccountFile.open(path, password, { cost: CHEAP });
const names = (accounts: readonly Account[]): string[] => accounts.map(({ name }) => name);

/** Asserts that opening is refused with a sentence, and changes nothing. */
async function refused(
  path: string,
  code: AccountFileErrorCode,
  sentence: RegExp,
  password = P,
): Promise<void> {
  const before = await Deno.readFile(path);
  await assert.rejects(open(path, password), (error: unknown) => {
    assert.ok(error instanceof AccountFileError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, sentence);
    assert.equal(error.message.includes(password), false);
    return true;
  });
  assert.deepEqual(await Deno.readFile(path), before);
}

/** A file with two accounts. */
async function filled(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path);
  await file.save([account("bob"), account("alice", { operator: true })]);
  await file.close();
  return await Deno.readFile(path);
}

Deno.test("an account file keeps what was saved, for its owner alone, and shows nothing of it", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const file = await open(path);
    assert.deepEqual([file.created, names(file.accounts), file.secret.length], [true, [], 32]);
    await file.save([account("bob"), account("alice", { disabled: true })]);
    await file.close();
    assert.equal(isOpenToOthers((await Deno.stat(path)).mode), false);
    assert.equal(new TextDecoder("latin1").decode(await Deno.readFile(path)).includes("alice"), false);
    const again = await open(path);
    assert.equal(again.created, false);
    assert.deepEqual(again.accounts, [account("alice", { disabled: true }), account("bob")]);
    assert.deepEqual(again.secret, file.secret);
    await again.close();
    assert.deepEqual(namesIn(folder), ["accounts"]);
  }));

Deno.test("an account file asks for 64 MiB and 3 passes of whoever guesses its password", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    await (await AccountFile.open(path, P)).close();
    const view = new DataView((await Deno.readFile(path)).buffer);
    assert.deepEqual([view.getUint32(9), view.getUint32(13), view.getUint8(17)], [65_536, 3, 1]);
    assert.deepEqual(SEAL_COST, { memory: 65_536, passes: 3 });
    await refused(path, "sealed", /the password is wrong or the file was changed$/, "another password");
  }));

Deno.test("every flipped bit of an account file is refused, and the file left as it is", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const whole = await filled(path);
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const torn = whole.slice();
      torn[bit >> 3] = (torn[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await Deno.writeFile(path, torn);
      await assert.rejects(open(path), AccountFileError, `bit ${bit}`);
      assert.deepEqual(await Deno.readFile(path), torn, `bit ${bit}`);
    }
    assert.deepEqual(namesIn(folder), ["accounts"]);
  }));

Deno.test("an account file that is cut short anywhere, or has grown, is refused, and left as it is", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const whole = await filled(path);
    for (let length = 0; length < whole.length; length++) {
      await Deno.writeFile(path, whole.subarray(0, length));
      await refused(path, "torn", /it is damaged: .* put a copy of it back$/);
    }
    await Deno.writeFile(path, Uint8Array.of(...whole, 0));
    await refused(path, "torn", /it is damaged/);
  }));

Deno.test("a file of another kind or of a later version is not taken for an account file", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const whole = await filled(path);
    await Deno.writeTextFile(path, "alice:$2y$05$something\n");
    await refused(path, "foreign", /it is not an account file; it was left as it is$/);
    await Deno.writeFile(path, whole.with(8, 2));
    await refused(path, "version", /another version of this program wrote it/);
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(open(path), { code: "foreign", message: /it is not a file$/ });
    await assert.rejects(open(`${folder}/missing/accounts`), {
      code: "unreadable",
      message: /folder does not exist/,
    });
  }));

Deno.test({
  name: "an account file that others may read is refused with the command that mends it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/accounts`;
      await filled(path);
      for (const mode of [0o640, 0o604, 0o660]) {
        await Deno.chmod(path, mode);
        await refused(
          path,
          "permissions",
          /others on this machine may read it; run chmod 600 \S+\/accounts$/,
        );
      }
      await Deno.chmod(path, 0o600);
      await (await open(path)).close();
    }),
});

Deno.test("a second relay cannot use an account file, and can once the first has gone", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const first = await open(path);
    await Deno.symlink(path, `${folder}/other name`);
    for (const way of [path, `${folder}/other name`]) {
      await refused(way, "locked", /another relay uses it; stop that one first/);
    }
    await first.close();
    await (await open(path)).close();
  }));

Deno.test("an account file is free again when the relay that used it is killed", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const module = new URL("account_file.ts", import.meta.url).href;
    const code = `const { AccountFile } = await import(${JSON.stringify(module)});
      await AccountFile.open(${JSON.stringify(path)}, ${
      JSON.stringify(P)
    }, { cost: { memory: 8, passes: 1 } });
      console.log("open"); setInterval(() => {}, 1e6);`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", code],
      cwd: new URL("..", import.meta.url),
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await refused(path, "locked", /another relay uses it/);
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
    await (await open(path)).close();
  }));

Deno.test("a power cut while accounts are saved leaves the old file or the new one, whole", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    await filled(path);
    const seen = new Set<string>();
    // The power fails at the nth thing asked of the disk: it is not done, nor is anything after it.
    for (let fails = 0;; fails++) {
      let step = 0;
      let last = "";
      const order: string[] = [];
      const power = (what: string): void => {
        if (last !== what) order.push(what);
        last = what;
        if (step++ >= fails) throw new Error("power cut");
      };
      const file = await AccountFile.open(path, P, {
        cost: CHEAP,
        files: {
          create: async (name) => {
            power("create");
            const handle = await systemFiles.create(name);
            return {
              write: async (bytes) => {
                power("write");
                return await handle.write(bytes.subarray(0, 100)); // a disk may take less than it is given
              },
              sync: async () => {
                power("sync");
                await handle.sync();
              },
              close: () => handle.close(),
            };
          },
          rename: async (from, to) => {
            power("rename");
            await systemFiles.rename(from, to);
          },
          remove: async (name) => {
            power("remove");
            await systemFiles.remove(name);
          },
          syncFolder: async (name) => {
            power("folder");
            await systemFiles.syncFolder(name);
          },
        },
      });
      const before = names(file.accounts);
      const after = [`after${fails}`];
      const saved = await file.save(after.map((name) => account(name))).then(() => true, (error) => {
        assert.equal(error.code, "unsaved");
        return false;
      });
      if (!saved) seen.add(last);
      await file.close();
      const left = namesIn(folder);
      const whole = await open(path);
      const found = names(whole.accounts);
      assert.ok(found.join() === before.join() || found.join() === after.join(), `${found} at ${last}`);
      if (saved) assert.deepEqual(found, after);
      await whole.close();
      assert.deepEqual(namesIn(folder), ["accounts"], `cleaned of ${left}`);
      if (!saved) continue;
      assert.deepEqual(order, ["create", "write", "sync", "rename", "folder"]);
      break;
    }
    for (const what of ["remove", "folder"]) assert.ok(seen.has(what), what);
  }));

Deno.test("only what a save left behind is cleaned up beside an account file", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const whole = await filled(path);
    const others = ["accounts.new", "accounts.new-0123", "accounts2.new-0123456789abcdef", "accounts.old"];
    for (const name of others) await Deno.writeTextFile(`${folder}/${name}`, "mine");
    await Deno.writeFile(`${folder}/accounts.new-0123456789abcdef`, whole.subarray(0, 50));
    const file = await open(path);
    assert.deepEqual(names(file.accounts), ["alice", "bob"]);
    await file.close();
    assert.deepEqual(namesIn(folder), ["accounts", ...others].sort());
  }));

Deno.test("saves of an account file follow one another, and of those that wait the last is written", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    let writes = 0;
    let disk = Promise.resolve();
    const files: FileOps = {
      ...systemFiles,
      async rename(from, to) {
        writes++;
        await disk;
        await systemFiles.rename(from, to);
      },
    };
    const file = await AccountFile.open(path, P, { cost: CHEAP, files });
    const slow = Promise.withResolvers<void>();
    disk = slow.promise;
    writes = 0;
    const first = file.save([account("n0")]);
    while (writes === 0) await crypto.subtle.digest("SHA-256", new Uint8Array());
    const saves = Array.from({ length: 49 }, (_, i) => file.save([account(`n${i + 1}`)]));
    const turned = file.changePassword("the next one"); // behind them
    slow.resolve();
    await Promise.all([first, ...saves, turned]);
    await file.save([account("last")]);
    assert.equal(writes, 4);
    await file.close();
    await assert.rejects(file.save([]), { code: "closed" });
    const again = await open(path, "the next one");
    assert.deepEqual(names(again.accounts), ["last"]);
    await again.close();
  }));

Deno.test("a save that fails does not keep the next one from being written", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    let full = false;
    const files = {
      ...systemFiles,
      create: (name: string) => full ? Promise.reject(new Error("no space left")) : systemFiles.create(name),
    };
    const file = await AccountFile.open(path, P, { cost: CHEAP, files });
    full = true;
    const first = file.save([account("alice")]);
    const second = first.catch(() => {
      full = false;
      return file.save([account("bob")]);
    });
    await assert.rejects(first, { code: "unsaved", message: /it could not be written/ });
    await second;
    await file.close();
    const again = await open(path);
    assert.deepEqual(names(again.accounts), ["bob"]);
    await again.close();
  }));

Deno.test("an account file that somebody has put back meanwhile is not overwritten", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    const copy = await filled(path);
    const file = await open(path);
    await file.save([]);
    await Deno.writeFile(path, copy);
    await assert.rejects(file.save([]), { code: "changed", message: /another program has changed it/ });
    await file.close();
    assert.deepEqual(await Deno.readFile(path), copy);
  }));

Deno.test("the password of an account file can be changed, and the old one is void", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    await filled(path);
    const file = await open(path);
    await file.changePassword("the next one");
    await file.save([...file.accounts, account("carol")]);
    await file.close();
    await refused(path, "sealed", /the password is wrong or the file was changed$/);
    const again = await open(path, "the next one");
    assert.deepEqual(names(again.accounts), ["alice", "bob", "carol"]);
    assert.deepEqual(again.secret, file.secret);
    await again.close();
  }));

Deno.test("a change of an account file's password that could not be written leaves the old one", () =>
  withFolder(async (folder) => {
    const path = `${folder}/accounts`;
    await filled(path);
    let full = false;
    const rename: typeof systemFiles.rename = (from, to) =>
      full ? Promise.reject(new Error("no")) : systemFiles.rename(from, to);
    const file = await AccountFile.open(path, P, { cost: CHEAP, files: { ...systemFiles, rename } });
    full = true;
    await assert.rejects(file.changePassword("the next one"), { code: "unsaved" });
    full = false;
    await file.save([account("carol")]);
    await file.close();
    const again = await open(path);
    assert.deepEqual(names(again.accounts), ["carol"]);
    await again.close();
  }));

Deno.test("no account file is made where one is asked for that should exist", () =>
  withFolder(async (folder) => {
    const wish = AccountFile.open(`${folder}/accounts`, P, { cost: CHEAP, create: false });
    await assert.rejects(wish, { code: "unreadable", message: /there is no such file/ });
    assert.deepEqual(namesIn(folder), []);
  }));
