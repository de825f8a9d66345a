/** Runs our own vectors, one test each, and checks that the generator still gives the files. */
import assert from "node:assert/strict";
import { fileOf, FILES, makeFile, type VectorFile } from "../../tools/make_vectors.ts";
import { run } from "./_operations.ts";

for (const file of Object.keys(FILES)) {
  const { vectors } = JSON.parse(Deno.readTextFileSync(fileOf(file))) as VectorFile;
  for (const { name, operation, input, output, error } of vectors) {
    Deno.test(`vector ${file}/${name}${error === undefined ? "" : ` ends in ${error}`}`, async () => {
      assert.deepEqual(await run(operation, input), error === undefined ? { output } : { error });
    });
  }
}

Deno.test("every file of vectors is what tools/make_vectors.ts gives", async () => {
  for (const [file, cases] of Object.entries(FILES)) {
    assert.equal(Deno.readTextFileSync(fileOf(file)), await makeFile(cases), file);
    const names = cases.cases.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, `${file} has a name twice`);
  }
});

Deno.test("an operation that a vector names and nobody knows is an error, not a pass", async () => {
  await assert.rejects(async () => await run("no_such_operation", {}));
});
