import assert from "node:assert/strict";
import { lazyBuiltIns, withoutPaths } from "../../tools/lazy_builtins.ts";

const BUNDLE = `import { createRequire as __deno_internal_createRequire } from "node:module";
var __esm = (fn, res) => () => (fn && (res = fn[Object.keys(fn)[0]](fn = 0)), res);

// a/late.ts
import fs from "node:fs";
import process2 from "node:process";
import { connect as connect2, createServer } from "node:net";
function known() { return [typeof fs?.readFileSync, typeof process2?.pid, typeof connect2, typeof createServer]; }
var SEEN;
var init_late = __esm({
  "a/late.ts"() {
    SEEN = known();
  }
});

// a/at_once.ts
import { join } from "node:path";
var JOINED = join("a", "b");

// a/text.ts
var init_text = __esm({
  "a/text.ts"() {
  }
});
globalThis.lazyBuiltIns = { known, init_late, seen: () => SEEN, JOINED };
`;

Deno.test("a bundle loads a built-in module when the module that imports it is run, and not before", async () => {
  const text = withoutPaths(lazyBuiltIns(BUNDLE));
  assert.deepEqual(text.match(/^import .*/gm), ['import { join } from "node:path";'], "of what runs at once");
  assert.ok(!text.includes('"a/'), "no paths");
  await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const { lazyBuiltIns: loaded } = globalThis as unknown as {
    lazyBuiltIns: { known(): string[]; init_late(): void; seen(): string[]; JOINED: string };
  };
  try {
    assert.deepEqual(loaded.known(), ["undefined", "undefined", "undefined", "undefined"]);
    loaded.init_late();
    assert.deepEqual(loaded.seen(), ["function", "number", "function", "function"]);
    assert.match(loaded.JOINED, /^a.b$/);
  } finally {
    Reflect.deleteProperty(globalThis, "lazyBuiltIns");
  }
});

Deno.test("a bundle keeps what it needs of Node's loader, and an import in a form that is not known", () => {
  const used = `${BUNDLE}__deno_internal_createRequire(import.meta.url);\n`;
  assert.ok(lazyBuiltIns(used).includes('from "node:module"'));
  const form = 'import * as tls from "node:tls";\n';
  assert.ok(lazyBuiltIns(BUNDLE.replace("import fs", `${form}import fs`)).includes(form));
});
