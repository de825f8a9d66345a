import assert from "node:assert/strict";

/** The sources below a folder that have something in them, tests aside. */
async function sourcesWith(what: RegExp, root: string): Promise<string[]> {
  const users: string[] = [];
  const look = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = new URL(isDirectory ? `${name}/` : name, folder);
      if (isDirectory) await look(path);
      else if (/(?<!_test)\.ts$/.test(name) && what.test(await Deno.readTextFile(path))) {
        users.push(path.pathname);
      }
    }
  };
  await look(new URL(root, import.meta.url));
  return users;
}

Deno.test("nothing in terminal/ signals by Deno.kill, for which a client would need leave to run programs", async () => {
  assert.deepEqual(await sourcesWith(/\bDeno\.kill\(/, "./"), []);
});

Deno.test("nothing in the client starts a program, an editor least of all", async () => {
  const starts = /\bDeno\.(?:Command|run|spawn\w*)\b|\bchild_process\b|["'](?:EDITOR|VISUAL)["']/;
  for (const root of ["./", "../client/", "../crypto/", "../wire/"]) {
    assert.deepEqual(await sourcesWith(starts, root), [], root);
  }
});
