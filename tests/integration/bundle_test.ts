/** The bundles of client and relay: everything is in them, and they run with what a binary may do. */
import assert from "node:assert/strict";
import { bundle, needs, selfContained } from "../../tools/bundle.ts";
import { PERMISSIONS, type ProgramName } from "../../tools/compile_program.ts";
import { VERSION, versionLine } from "../../relay/program/version.ts";
import { issuedPair, writePair } from "../tls_helpers.ts";
import { denoRun, type Program, ROOT, runToEnd, talk, whileServing } from "./_shipped.ts";

const COMMIT = "0123456789ab";
const ENTRIES: Readonly<Record<ProgramName, string>> = { sotto: "client.ts", "sotto-relay": "server.ts" };

/** Bundles in a folder with nothing beside them, and how to run them without any package. */
async function withBundles(
  use: (
    bundles: { folder: string; program: (name: ProgramName, env?: Record<string, string>) => Program },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-bundle-" });
  try {
    for (const [name, entry] of Object.entries(ENTRIES)) {
      await bundle(entry, `${folder}/${name}.js`, { commit: COMMIT });
    }
    const alone = ["--no-config", "--no-lock", "--no-npm", "--no-remote", "--deny-import"];
    await use({
      folder,
      program: (name, env) =>
        denoRun([...alone, ...PERMISSIONS[name]], `${folder}/${name}.js`, {
          DENO_DIR: `${folder}/cache`,
          ...env,
        }),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bundled client and relay make a room and carry messages, with no packages and the permissions of the binaries", async () => {
  await withBundles(async ({ program }) => {
    await whileServing(program("sotto-relay"), [], (url) => talk(program("sotto"), url));
  });
});

Deno.test("the packages in the bundled relay work: its pages, its figures, TLS on the node listener, the accounts", async () => {
  await withBundles(async ({ folder, program }) => {
    const { ca, pair } = await issuedPair();
    const { cert, key } = await writePair(folder, pair);
    await Deno.writeTextFile(`${folder}/ca.pem`, ca);
    const args = ["--tls-cert", cert, "--tls-key", key, "--metrics-listen", "127.0.0.1:0"];
    await whileServing(program("sotto-relay"), args, async (url, text) => {
      await talk(program("sotto"), url, ["--ca", `${folder}/ca.pem`]);
      const metrics = /http:\/\/\S+\/metrics/.exec(text)?.[0];
      assert.ok(metrics !== undefined, text);
      assert.match(await (await fetch(metrics)).text(), /^# TYPE sotto_/m);
      using http = Deno.createHttpClient({ caCerts: [ca] });
      const health = await fetch(url.replace(/^wss:(.*)\/ws$/, "https:$1/health"), { client: http });
      assert.equal((await health.json()).version, VERSION);
    });
    const secret = `${folder}/password`;
    await Deno.writeTextFile(secret, "correct horse battery staple\n", { mode: 0o600 });
    const access = [
      "--password-file",
      secret,
      "--password-iterations",
      "10000",
      "--accounts",
      `${folder}/accounts`,
    ];
    await whileServing(
      program("sotto-relay"),
      access,
      (url) => talk(program("sotto"), url, ["--relay-password-file", secret]),
    );
  });
});

Deno.test("a client on its own opens a relay inside of it from the bundle", async () => {
  await withBundles(async ({ program }) => {
    const { status, out, err } = await runToEnd(program("sotto"), [
      "host",
      "--nick",
      "alice",
      "--json",
      "--port",
      "0",
    ]);
    assert.deepEqual([status, err], [0, ""]); // the input has ended
    assert.match(out, /"event":"invite"/);
  });
});

Deno.test("a bundle does not look into the folders around it", async () => {
  await withBundles(async ({ folder, program }) => {
    for (const name of ["bufferutil", "utf-8-validate"]) { // what ws would like to have
      await Deno.mkdir(`${folder}/node_modules/${name}`, { recursive: true });
      await Deno.writeTextFile(
        `${folder}/node_modules/${name}/index.js`,
        "console.log('planted');process.exit(66)",
      );
    }
    const { status, out } = await runToEnd(program("sotto-relay"), ["--listener", "node", "--print-config"]);
    assert.equal(status, 0);
    assert.ok(!out.includes("planted"));
    await whileServing(program("sotto-relay"), ["--listener", "node"], (url) => talk(program("sotto"), url));
  });
});

Deno.test("--version of a bundle names version and commit, that of a checkout the version", async () => {
  await withBundles(async ({ program }) => {
    for (const name of ["sotto", "sotto-relay"] as const) {
      const { status, out } = await runToEnd(program(name), ["--version"]);
      assert.deepEqual([status, out.trim()], [0, `${VERSION} (${COMMIT})`]);
    }
  });
  assert.equal(versionLine(), VERSION);
});

Deno.test("the bundled client runs from a URL", async () => {
  await withBundles(async ({ folder }) => {
    const text = await Deno.readTextFile(`${folder}/sotto.js`);
    const headers = { "content-type": "text/javascript" };
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response(text, { headers }),
    );
    const url = `http://127.0.0.1:${server.addr.port}/client.js`;
    const program = denoRun(["-A", "--no-config", "--quiet"], url, { DENO_DIR: `${folder}/cache` });
    const { status, out } = await runToEnd(program, ["--version"]);
    assert.deepEqual([status, out.trim()], [0, `${VERSION} (${COMMIT})`]);
  });
});

Deno.test("bundling again gives the same bytes, without a path of this machine, and less than half of what is not minified", async () => {
  const folder = await Deno.makeTempDir({ prefix: "sotto-bundle-" });
  try {
    for (const entry of Object.values(ENTRIES)) {
      const [one, two, long] = [
        await bundle(entry, `${folder}/one.js`, { commit: COMMIT }),
        await bundle(entry, `${folder}/elsewhere/two.js`, { commit: COMMIT }),
        await bundle(entry, `${folder}/long.js`, { commit: COMMIT, minify: false }),
      ];
      assert.equal(one.sha256, two.sha256);
      assert.ok(one.size < long.size / 2 && one.size < 1_200_000, `${one.size} of ${long.size} bytes`);
      const text = await Deno.readTextFile(one.path);
      for (const path of ["registry.npmjs.org", folder, ROOT, "/node_modules/"]) {
        assert.ok(!text.includes(path), path);
      }
      for (const name of needs(text)) assert.match(name, /^node:/);
      if (entry === ENTRIES.sotto) assert.doesNotMatch(text, /\bimport\s*[^;("]*"node:/); // all when needed
      // One letter beyond these, in a regular expression say, and V8 keeps two bytes for every one of the file.
      assert.match(text, /^[\0-\x7f]*$/, `not written as \\u…: ${/[^\0-\x7f]/.exec(text)?.[0]}`);
    }
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(left, ["elsewhere", "long.js", "one.js"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a bundle that would need something beside it is refused", () => {
  const loader = 'import{createRequire as __deno_internal_createRequire} from "node:module";' +
    "var $r=__deno_internal_createRequire(import.meta.url);";
  for (
    const [text, what] of [
      ['import x from "npm:left-pad@1.0.0";', /npm:left-pad/],
      ['import"./other.js";', /other\.js/],
      ["const p=import(name);", /import\(name/],
      ['const p=await import("./later.js");', /later\.js/],
      ['const p=await import("node:process"+name);', /import\("node:process"\+name/],
      [`${loader}$r("left-pad")`, /left-pad/],
      [`${loader}$r(name)`, /require\(name\)/],
      ['throw Error("Dynamic require of "+n)', /could not load/],
    ] as const
  ) {
    assert.throws(() => selfContained("x.ts", text), what, text);
  }
  const fine =
    `${loader}$r("node:fs");try{$r("bufferutil")}catch{}class A{static async import(e){}}x.import(y);await import("node:process")`;
  assert.ok(!selfContained("x.ts", fine).includes("import.meta.url"));
});
