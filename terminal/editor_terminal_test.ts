import assert from "node:assert/strict";

Deno.test("nothing in terminal/ signals by Deno.kill, for which a client would need leave to run programs", async () => {
  const users: string[] = [];
  const look = async (folder: URL): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = new URL(isDirectory ? `${name}/` : name, folder);
      if (isDirectory) await look(path);
      else if (!name.endsWith("_test.ts") && /\bDeno\.kill\(/.test(await Deno.readTextFile(path))) {
        users.push(path.pathname);
      }
    }
  };
  await look(new URL("./", import.meta.url));
  assert.deepEqual(users, []);
});
