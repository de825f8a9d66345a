import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

interface Module {
  specifier: string;
  dependencies?: { specifier: string; isDynamic?: boolean; code?: { specifier?: string } }[];
}

/** All that is loaded with a module, that module included. */
async function loadedWith(entry: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: fileURLToPath(ROOT),
    env: { NO_COLOR: "1" },
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] };
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set([new URL(entry, ROOT).href]);
  for (const specifier of found) {
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (isDynamic !== true && code?.specifier !== undefined) found.add(code.specifier);
    }
  }
  return [...found].map((specifier) => specifier.replace(ROOT.href, "")).sort();
}

Deno.test("the first frame needs no package, nothing of Node and none of the room's layers", async () => {
  for (const entry of ["client.ts", "terminal/open_screen.ts"]) {
    const loaded = await loadedWith(entry);
    assert.ok(loaded.includes(entry) && loaded.length > 5, loaded.join());
    assert.ok(loaded.length < 40, `${loaded.length} modules`);
    const heavy = loaded.filter((name) =>
      /^(?:npm:|node:|https?:|jsr:)|command_line|full_screen|session/.test(name)
    );
    assert.deepEqual(heavy, [], entry);
  }
});
