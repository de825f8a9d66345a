/** The list of what is in the programs, against the lockfile and against what they import. */
import assert from "node:assert/strict";
import { licences } from "../../tools/licences.ts";
import { type Lock, sbom, shippedPackages } from "../../tools/sbom.ts";
import { ROOT } from "./_shipped.ts";

interface Component {
  "bom-ref": string;
  type: string;
  group?: string;
  name: string;
  version: string;
  scope: string;
  purl: string;
  hashes?: { alg: string; content: string }[];
  licenses?: unknown[];
}

interface List {
  specVersion: string;
  serialNumber: string;
  metadata: { timestamp: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const SOURCE = { commit: "0123456789ab", time: 1_790_000_000_000 };
const list = async (): Promise<List> => JSON.parse(await sbom(SOURCE));

Deno.test("the SBOM has every package of the lockfile with its hash, licence and address", async () => {
  const { components, serialNumber, specVersion, metadata } = await list();
  const lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`)) as Lock;
  const packages = components.filter(({ type }) => type === "library");
  assert.equal(packages.length, Object.keys(lock.npm).length);
  for (const [id, { integrity }] of Object.entries(lock.npm)) {
    const found = packages.find((one) => id === one["bom-ref"] || id.startsWith(`${one["bom-ref"]}_`));
    assert.ok(found !== undefined, id);
    const name = found.group === undefined ? found.name : `${found.group}/${found.name}`;
    assert.equal(`${name}@${found.version}`, found["bom-ref"]);
    const [hash] = found.hashes ?? [];
    assert.deepEqual([hash?.alg, hash?.content.length], ["SHA-512", 128]);
    assert.equal(`sha512-${Uint8Array.fromHex(hash?.content ?? "").toBase64()}`, integrity);
    assert.equal(found.purl, `pkg:npm/${found["bom-ref"].replace(/^@/, "%40")}`);
    assert.equal(found.licenses?.length, 1, id);
  }
  assert.equal(specVersion, "1.6");
  assert.match(
    serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.equal(metadata.timestamp, new Date(SOURCE.time).toISOString());
});

Deno.test("the SBOM tells what is in the programs from what only tests use, and who needs what", async () => {
  const { components, dependencies, metadata } = await list();
  const scope = (name: string) => components.find((one) => `${one.group ?? ""}/${one.name}` === name)?.scope;
  for (
    const name of [
      "@noble/curves",
      "@noble/post-quantum",
      "/ws",
      "/hono",
      "/prom-client",
      "/tdigest",
      "/deno",
    ]
  ) {
    assert.equal(scope(name), "required", name);
  }
  for (const name of ["/fast-check", "@xterm/headless", "/pure-rand"]) {
    assert.equal(scope(name), "excluded", name);
  }
  const refs = new Set([metadata.component, ...components].map((one) => one["bom-ref"]));
  assert.equal(refs.size, components.length + 1);
  for (const { ref, dependsOn } of dependencies) {
    for (const one of [ref, ...dependsOn]) assert.ok(refs.has(one), one);
  }
  const needs = (name: string) => dependencies.find(({ ref }) => ref.startsWith(`${name}@`))?.dependsOn ?? [];
  assert.ok(needs("prom-client").some((one) => one.startsWith("tdigest@")));
  assert.ok(needs("@sotto/sotto").some((one) => one.startsWith("ws@")));
  assert.ok(!needs("@sotto/sotto").some((one) => one.startsWith("tdigest@")));
});

Deno.test("the SBOM of the same commit is the same text", async () => {
  assert.equal(await sbom(SOURCE), await sbom(SOURCE));
});

Deno.test("the licence of every package in the programs goes with them", async () => {
  const text = await licences();
  assert.ok(text.includes((await Deno.readTextFile(`${ROOT}LICENSE`)).trim()));
  const packages = await shippedPackages();
  assert.ok(packages.length > 10);
  for (const { id } of packages) assert.ok(text.includes(`\n${id} (`), id);
  assert.ok(!/licence not named|has no text of it|fast-check/.test(text));
});
