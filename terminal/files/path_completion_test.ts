import assert from "node:assert/strict";
import { completePath, takesPath } from "./path_completion.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/plans`);
    for (const name of ["my plan.pdf", "Plan.txt", ".hidden", "plans/a.txt"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "x");
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text once the first choice has been taken; null without one. */
async function completed(text: string): Promise<string | null> {
  const found = await completePath(text, text.length);
  if (found === null) return null;
  return text.slice(0, found.from) + found.items[0]?.insert + text.slice(found.to);
}

Deno.test("completePath() offers files and folders of the typed folder, whatever the case", async () => {
  await withFolder(async (folder) => {
    const text = `/file ${folder}/pl`;
    const found = await completePath(text, text.length);
    assert.deepEqual(found?.items, [
      { label: "Plan.txt", insert: "Plan.txt " },
      { label: "plans/", insert: "plans/" },
    ]);
    assert.equal(await completed(`/file ${folder}/my`), `/file ${folder}/my plan.pdf `);
    assert.equal(await completed(`/file ${folder}/my pl`), `/file ${folder}/my plan.pdf `);
    assert.equal(await completed(`/file ${folder}/plans/`), `/file ${folder}/plans/a.txt `);
    const all = await completePath(`/file ${folder}/`, folder.length + 7);
    assert.deepEqual(all?.items.map(({ label }) => label), ["Plan.txt", "my plan.pdf", "plans/"]);
    assert.equal(await completed(`/file ${folder}/.h`), `/file ${folder}/.hidden `);
  });
});

Deno.test("completePath() offers nothing where there is no folder or nothing fits", async () => {
  await withFolder(async (folder) => {
    assert.equal(await completed(`/file ${folder}/nothing`), null);
    assert.equal(await completed(`/file ${folder}/no/such`), null);
    assert.equal(await completed(`/file ${folder}/Plan.txt/x`), null);
  });
});

Deno.test("a name that would not be shown as it is is not offered", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/red\x1b[31m`, "x");
    assert.equal(await completed(`/file ${folder}/red`), null);
  });
});

Deno.test("takesPath() tells paths from the member that a file is for", () => {
  for (const text of ["/file a", "/FILE my plan", "/file @notes"]) {
    assert.ok(takesPath(text, text.length), text);
  }
  for (const text of ["/file", "/file ", "/file a @al", "//file a", "file a", "/save #1 a"]) {
    assert.ok(!takesPath(text, text.length), text);
  }
});

Deno.test("completePath() does not look at all of a folder that has too many entries, nor offer all that fit", async () => {
  const { readDir } = Deno;
  let looked = 0;
  try {
    Deno.readDir = async function* () {
      while (looked < 20_000) {
        yield { name: `a${looked++}`, isFile: true, isDirectory: false, isSymlink: false };
      }
    };
    const found = await completePath("/file ./a", 9);
    assert.equal(found?.items.length, 50);
    assert.equal(looked, 10_001, "the one behind the last only shows that there are more");
  } finally {
    Deno.readDir = readDir;
  }
});
