/** That the relay cannot decrypt is a property of what it imports. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

interface Graph {
  modules: { specifier: string; kind?: string }[];
}

/** Everything that `entry` can reach, as paths in the project and names of packages. */
async function reach(entry: string): Promise<string[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fileURLToPath(new URL(entry, ROOT))],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success);
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  return graph.modules.map(({ specifier }) => specifier.replace(ROOT.href, ""));
}

const NODE = new Set(["node:crypto", "node:timers", "node:http", "node:net", "node:buffer"]);

Deno.test("the relay reaches wire/ and itself, ws and a few built-ins, and no key of anybody", async () => {
  const reached = await reach("relay/mod.ts");
  assert.ok(
    reached.includes("relay/listen_node.ts") && reached.includes("wire/frame.ts"),
    "the graph is whole",
  );
  for (const module of reached) {
    assert.ok(/^(relay|wire)\//.test(module) || NODE.has(module) || /^npm:\/?ws@/.test(module), module);
  }
});

Deno.test("server.ts reaches nothing of crypto/ or client/", async () => {
  for (const module of await reach("server.ts")) {
    assert.ok(!/^(crypto|client|terminal)\//.test(module), module);
  }
});

Deno.test("wire/ reaches nothing but itself", async () => {
  for (const module of await reach("wire/mod.ts")) assert.ok(module.startsWith("wire/"), module);
});
