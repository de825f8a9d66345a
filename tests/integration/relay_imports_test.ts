/** That the relay cannot decrypt is a property of what it imports. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { RELAY_CRYPTO, tooFar, violations } from "../../tools/layers.ts";

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

/** What belongs to the relay's own work: sockets, files, hashes of its door's passwords. */
const NODE = new Set(
  "buffer crypto events fs fs/promises http http2 https module net os path perf_hooks process stream timers tls url util"
    .split(" ").map((name) => `node:${name}`),
);

const PACKAGES = /^npm:\/?(ws|hono|valibot|prom-client)@/;

Deno.test("the relay reaches wire/, itself, what checks a password, a few packages, and no key of anybody", async () => {
  const reached = await reach("relay/mod.ts");
  assert.ok(
    reached.includes("relay/listen_node.ts") && reached.includes("wire/frame.ts"),
    "the graph is whole",
  );
  for (const module of reached) {
    const known = /^(relay|wire)\//.test(module) || RELAY_CRYPTO.includes(module) || NODE.has(module) ||
      PACKAGES.test(module) || module === "deno.json";
    assert.ok(known, module);
  }
});

Deno.test("what the relay reaches of crypto/ needs no package and nothing else of crypto/", async () => {
  for (const path of RELAY_CRYPTO) {
    for (const module of await reach(path)) assert.ok(RELAY_CRYPTO.includes(module), `${path}: ${module}`);
  }
});

Deno.test("server.ts reaches of crypto/ what checks a password, and nothing of client/", async () => {
  assert.deepEqual(tooFar(await reach("server.ts")), []);
});

Deno.test("a relay that reached for a key would be found out", () => {
  for (const path of ["crypto/seal.ts", "crypto/identity.ts", "crypto/mod.ts", "client/mod.ts"]) {
    assert.deepEqual(tooFar(["relay/relay.ts", "crypto/scram_messages.ts", path]), [path]);
    assert.equal(violations([{ from: "relay/relay.ts", to: path }]).length, 1);
  }
  assert.deepEqual(tooFar(["npm:/cborg@6.1.5", "npm:/@noble/hashes@2.4.0"]).length, 2);
  assert.deepEqual(violations([{ from: "relay/login.ts", to: "crypto/scram_messages.ts" }]), []);
});

Deno.test("wire/ reaches nothing but itself", async () => {
  for (const module of await reach("wire/mod.ts")) assert.ok(module.startsWith("wire/"), module);
});

Deno.test("the relay needs nothing of its program", async () => {
  const reached = await reach("relay/mod.ts");
  assert.deepEqual(reached.filter((module) => module.startsWith("relay/program/")), []);
  assert.equal(violations([{ from: "relay/tls.ts", to: "relay/program/io.ts" }]).length, 1);
  assert.deepEqual(violations([{ from: "relay/program/main.ts", to: "relay/program/io.ts" }]), []);
});
