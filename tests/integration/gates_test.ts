/** The gates must be able to fail: each is shown something wrong. @module */
import assert from "node:assert/strict";
import {
  denoUsers,
  notInBrowsers,
  reachable,
  readImports,
  sources,
  tooFar,
  violations,
} from "../../tools/layers.ts";
import { faults, readFigures, readPromises, readReport } from "../../tools/promises.ts";

Deno.test("layers: an import upwards or sideways is told", () => {
  assert.deepEqual(violations([{ from: "crypto/seal.ts", to: "wire/frame.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "relay/room.ts", to: "crypto/seal.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "client/room.ts", to: "terminal/sanitize.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "client/room.ts", to: "mod.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "wire/frame.ts", to: "node:crypto" }]).length, 1);
  assert.deepEqual(violations([{ from: "client/room.ts", to: "crypto/seal.ts" }]), []);
  assert.deepEqual(violations([{ from: "web/main.ts", to: "terminal/keys.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "web/main.ts", to: "relay/relay.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "web/main.ts", to: "node:crypto" }]).length, 1);
  assert.deepEqual(violations([{ from: "web/main.ts", to: "terminal/sanitize.ts" }]), []);
});

Deno.test("layers: all that the browser's client can reach runs in a browser", async () => {
  const reach = [...reachable(await readImports(["web/main.ts"]), (path) => path === "web/main.ts")];
  assert.ok(reach.includes("client/session.ts") && reach.includes("crypto/spake2.ts"), "the graph was read");
  assert.deepEqual(notInBrowsers(reach), []);
  assert.deepEqual(await denoUsers(reach.filter((path) => path.startsWith("terminal/"))), []);
  assert.deepEqual(notInBrowsers(["web/main.ts", "node:timers"]), ["node:timers"]);
  assert.deepEqual(await denoUsers(["terminal/env.ts"]), ["terminal/env.ts"]);
});

Deno.test("layers: reachability follows imports of imports", () => {
  const imports = [{ from: "relay/a.ts", to: "wire/b.ts" }, { from: "wire/b.ts", to: "crypto/c.ts" }];
  assert.ok(reachable(imports, (path) => path.startsWith("relay/")).has("crypto/c.ts"));
});

Deno.test("a relay cannot decrypt: nothing that holds a key can be reached from relay/", async () => {
  const imports = await readImports(await sources("relay"));
  const reach = [...reachable(imports, (path) => path.startsWith("relay/"))];
  assert.ok(reach.some((path) => path.startsWith("wire/")), "the graph was read");
  assert.deepEqual(tooFar(reach), []);
});

Deno.test("promises: a missing, an ignored and an absent proof are told", () => {
  const table =
    "| promise | shown by |\n|---|---|\n| a | `test: one` |\n| b | `test: two`, `demo: three` |\n| c | hope |\n";
  const promises = readPromises(table);
  assert.equal(promises.length, 3);
  const evidence = {
    tests: new Set(["one"]),
    ignored: new Set(["two"]),
    demo: "",
    bench: "",
    figures: new Map(),
  };
  const wrong = faults(promises, evidence);
  assert.equal(wrong.length, 3);
  assert.match(wrong[0] ?? "", /"two" is ignored/);
  assert.match(wrong[1] ?? "", /no step "three"/);
  assert.match(wrong[2] ?? "", /nothing shows it/);
});

Deno.test("promises: a figure that misses what it must be in the last table is told", () => {
  const figures = readFigures(
    "| `a/fast` | 1 | x |\n<!-- figures -->\n| figure | value | unit |\n| --- | ---: | --- |\n" +
      "| `a/fast` | 1,250,000 | things/s |\n| `a/late`  |   0.1005 | ms |\n| `a/less` | -2.282 | % |\n",
  );
  assert.deepEqual([...figures], [["a/fast", 1_250_000], ["a/late", 0.1005], ["a/less", -2.282]]);
  const bench = '"a/fast" "a/late" "a/less" "a/new"';
  const told = (proof: string): string[] => {
    const table = `| promise | shown by |\n|---|---|\n| a | \`bench: ${proof}\` |\n`;
    const evidence = { tests: new Set<string>(), ignored: new Set<string>(), demo: "", bench, figures };
    return faults(readPromises(table), evidence).map((fault) => fault.replace(/^.*?: a: /, ""));
  };
  for (const proof of ["a/fast", "a/fast >= 1,250,000", "a/late <= 0.2", "a/less <= 10"]) {
    assert.deepEqual(told(proof), [], proof);
  }
  assert.deepEqual(told("a/fast >= 1,250,001"), ['the table of bench/README.md says 1250000 for "a/fast"']);
  assert.deepEqual(told("a/late <= 0.1"), ['the table of bench/README.md says 0.1005 for "a/late"']);
  assert.deepEqual(told("a/new <= 1"), ['the table of bench/README.md has no "a/new"']);
  assert.deepEqual(told("a/old <= 1"), ['no benchmark prints "a/old"']);
});

Deno.test("promises: tests are read from the report of the run, ignored ones as such", () => {
  const report = [
    '<testcase name="one &amp; &quot;two&quot;" classname="./a_test.ts" time="0.1" line="1" col="6">',
    "</testcase>",
    '<testcase name="three" classname="./a_test.ts" time="0.000" line="1" col="6">',
    "<skipped/>",
    "</testcase>",
  ].join("\n");
  assert.deepEqual(readReport(report), [
    { name: 'one & "two"', ignored: false },
    { name: "three", ignored: true },
  ]);
});

Deno.test("the example of mod.ts runs", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", "mod.ts"],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(success, text);
  assert.match(text, /ok \| 1 passed \| 0 failed/);
});
