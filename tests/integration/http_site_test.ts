/** What a relay hands out beside its rooms: the client, downloads, pages. One suite for both listeners. */
import assert from "node:assert/strict";
import { getPage, type PageReader, sha256, siteTest, SMALL_CLIENT } from "../site_helpers.ts";
import { statusOf } from "../http_helpers.ts";

const BIG = Uint8Array.from({ length: 1_500_000 }, (_, i) => (i * 7) % 253);
const LINUX = "sotto-0.1.0-x86_64-unknown-linux-gnu";
const WINDOWS = "sotto-0.1.0-x86_64-pc-windows-msvc.exe";
const CONTENTS: Record<string, string | Uint8Array> = {
  [LINUX]: BIG,
  [WINDOWS]: "MZ",
  "notes.txt": "notes\n",
  "page.html": "<script>alert(1)</script>",
};
const CERTIFICATE = { fingerprint: "AB:CD", selfSigned: "-----BEGIN CERTIFICATE-----\n" };

/** Checks what holds for every page: it loads nothing, runs nothing but its one script, and speaks to nobody. */
function checkPage(page: PageReader, headers: Headers): void {
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /^default-src 'none'; style-src 'sha256-/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  for (const part of ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(part), part);
  }
  for (const name of ["script", "style"]) {
    for (const text of page.texts(name)) {
      const digest = Uint8Array.fromHex(sha256(text)).toBase64();
      assert.ok(policy.includes(`${name}-src 'sha256-${digest}'`), name);
    }
  }
  for (const { attributes } of page.elements) {
    for (const [name, value] of attributes) {
      assert.ok(!name.startsWith("on") && name !== "style" && name !== "src", name);
      if (name === "href") assert.match(value, /^(?:data:,|\/|\/download(?:\/[\w.-]+)?)$/);
    }
  }
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.equal(headers.get("set-cookie"), null);
}

siteTest("/client.js comes whole, with its hash, and not again when it is known", {
  site: { client: SMALL_CLIENT },
}, async ({ base }) => {
  const response = await fetch(`${base}/client.js`);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), SMALL_CLIENT.bytes);
  const tag = `"${SMALL_CLIENT.sha256}"`;
  assert.equal(response.headers.get("etag"), tag);
  assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.equal(response.headers.get("content-length"), String(SMALL_CLIENT.bytes.length));
  const digest = Uint8Array.fromHex(SMALL_CLIENT.sha256).toBase64();
  assert.equal(response.headers.get("repr-digest"), `sha-256=:${digest}:`);
  const again = await fetch(`${base}/client.js`, { headers: { "if-none-match": tag } });
  assert.deepEqual([again.status, await again.text(), again.headers.get("etag")], [304, "", tag]);
  const head = await fetch(`${base}/client.js`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text(), head.headers.get("etag")], [200, "", tag]);
});

siteTest("without files there is a page alone", {}, async ({ base }) => {
  for (const path of ["/client.js", "/download", "/download/", "/install.sh", "/install.ps1", "/cert.pem"]) {
    assert.equal(await statusOf(`${base}${path}`), 404, path);
  }
  const { page, headers } = await getPage(`${base}/`);
  checkPage(page, headers);
  assert.match(page.texts("pre").join("\n"), /deno run -A client\.ts join/);
});

siteTest(
  "/download lists files with size, hash and program for programs",
  { contents: CONTENTS },
  async ({ base }) => {
    const response = await fetch(`${base}/download`);
    assert.equal(response.headers.get("content-type"), "application/json");
    const { files } = await response.json();
    assert.deepEqual(files.map(({ name }: { name: string }) => name), [
      "notes.txt",
      "page.html",
      WINDOWS,
      LINUX,
    ]);
    assert.deepEqual(files[3], {
      name: LINUX,
      url: `${base}/download/${LINUX}`,
      size: BIG.length,
      sha256: sha256(BIG),
      program: "sotto",
      version: "0.1.0",
      target: "x86_64-unknown-linux-gnu",
    });
  },
);

siteTest("/download is a page with a command for every system", { contents: CONTENTS }, async ({ base }) => {
  const { page, headers } = await getPage(`${base}/download`);
  checkPage(page, headers);
  const commands = page.texts("pre");
  assert.ok(
    commands.some((text) => text.includes(`/download/${WINDOWS} -OutFile`) && text.includes("Get-FileHash")),
  );
  const linux = commands.find((text) => text.includes(LINUX)) ?? "";
  const folder = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("sh", { args: ["-ec", linux], cwd: folder, stderr: "null" })
      .output();
    assert.ok(success, linux);
    const { size, mode } = await Deno.stat(`${folder}/${LINUX}`);
    assert.deepEqual([size, (mode ?? 0) & 0o100], [BIG.length, 0o100]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.ok(page.texts("h2").includes("sotto for Linux, x86-64 (Intel, AMD)"));
  assert.deepEqual(
    page.all("a").map(({ attributes }) => attributes.get("href")).slice(1).sort(),
    [
      "/download/notes.txt",
      "/download/page.html",
      `/download/${WINDOWS}`,
      `/download/${LINUX}`,
    ].sort(),
  );
});

siteTest(
  "a download comes whole, as a file and never as a page",
  { contents: CONTENTS },
  async ({ base }) => {
    const types = {
      [LINUX]: "application/octet-stream",
      [WINDOWS]: "application/vnd.microsoft.portable-executable",
      "notes.txt": "text/plain; charset=utf-8",
      "page.html": "application/octet-stream",
    };
    for (const [name, type] of Object.entries(types)) {
      const response = await fetch(`${base}/download/${name}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      assert.equal(sha256(bytes), sha256(CONTENTS[name] ?? ""), name);
      assert.equal(response.headers.get("content-type"), type);
      assert.equal(response.headers.get("content-disposition"), `attachment; filename="${name}"`);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
      assert.equal(response.headers.get("etag"), `"${sha256(bytes)}"`);
    }
  },
);

siteTest("a download comes in parts as they are asked for", { contents: CONTENTS }, async ({ base }) => {
  const url = `${base}/download/${LINUX}`;
  const ask = async (headers: Record<string, string>): Promise<[number, string | null, Uint8Array]> => {
    const response = await fetch(url, { headers });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return [response.status, response.headers.get("content-range"), bytes];
  };
  const size = BIG.length;
  assert.deepEqual(await ask({ range: "bytes=5-9" }), [206, `bytes 5-9/${size}`, BIG.slice(5, 10)]);
  assert.deepEqual(await ask({ range: "bytes=-3" }), [
    206,
    `bytes ${size - 3}-${size - 1}/${size}`,
    BIG.slice(-3),
  ]);
  const [status, range, rest] = await ask({ range: "bytes=700000-" });
  assert.deepEqual([status, range], [206, `bytes 700000-${size - 1}/${size}`]);
  assert.equal(sha256(rest), sha256(BIG.slice(700_000)));
  assert.equal((await ask({ range: `bytes=${size}-` }))[0], 416);
  assert.equal((await ask({ range: "bytes=0-1,5-6" }))[0], 200);
  const tag = `"${sha256(BIG)}"`;
  assert.equal((await ask({ range: "bytes=0-1", "if-range": tag }))[0], 206);
  assert.equal((await ask({ range: "bytes=0-1", "if-range": '"another"' }))[0], 200);
  assert.equal((await ask({ "if-none-match": tag, range: "bytes=0-1" }))[0], 304);
  const head = await fetch(url, { method: "HEAD" });
  assert.deepEqual([await head.text(), head.headers.get("content-length")], ["", String(size)]);
});

siteTest("curl goes on with half a download", { contents: CONTENTS }, async ({ base }) => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, BIG.slice(0, 600_001));
    const args = ["-fsS", "--http2", "-C", "-", "-o", path, `${base}/download/${LINUX}`];
    const { success } = await new Deno.Command("curl", { args }).output();
    assert.ok(success);
    assert.equal(sha256(await Deno.readFile(path)), sha256(BIG));
  } finally {
    await Deno.remove(path);
  }
});

siteTest("the page says how to join, what runs here, and the hash of the client", {
  contents: { [LINUX]: "x" },
  site: { client: SMALL_CLIENT },
  options: { version: "1.2.3" },
}, async ({ base }) => {
  const { page, headers } = await getPage(`${base}/`);
  checkPage(page, headers);
  assert.equal(page.all("script").length, 1);
  const [invited, join, create] = page.texts("pre");
  assert.equal(invited, `deno run -A ${base}/client.js join "${base}/#"`);
  assert.equal(join, `deno run -A ${base}/client.js join 41793-copper-lemon-orbit-walnut --relay ${base}`);
  assert.equal(create, `deno run -A ${base}/client.js create --nick alice --relay ${base}`);
  assert.ok(page.texts("dd").some((text) => text.includes(SMALL_CLIENT.sha256)));
  const host = base.slice("http://".length);
  assert.ok(
    page.texts("pre").some((text) =>
      text.startsWith(`deno run --no-prompt --ignore-env --allow-net=${host} ${base}/client.js `)
    ),
  );
  assert.match(page.texts("footer")[0] ?? "", /1\.2\.3/);
  const section = page.all("section")[0];
  assert.ok(section?.attributes.has("hidden"), "without a code nobody is invited");
  const plain = await (await fetch(`${base}/`)).text();
  assert.match(plain, new RegExp(`^A Sotto relay, version 1\\.2\\.3\\. .*${base}/client\\.js`));
  assert.ok(plain.includes(SMALL_CLIENT.sha256));
});

siteTest("for a certificate that signs itself the page has the --cert form", {
  site: { client: SMALL_CLIENT, certificate: () => CERTIFICATE },
}, async ({ base }) => {
  const origin = base.replace("http:", "https:");
  const { page, headers } = await getPage(`${base}/`);
  checkPage(page, headers);
  const commands = page.texts("pre");
  assert.match(commands[1] ?? "", new RegExp(`^curl -k ${origin}/cert\\.pem -o cert\\.pem\nopenssl x509`));
  assert.ok(
    commands.includes(
      `deno run -A --cert cert.pem ${origin}/client.js create --nick alice --relay ${origin} --pin AB:CD`,
    ),
  );
  assert.ok(page.texts("dd").includes("AB:CD"));
  assert.equal(await (await fetch(`${base}/cert.pem`)).text(), CERTIFICATE.selfSigned);
});

siteTest("a certificate that somebody vouches for needs no file", {
  site: { client: SMALL_CLIENT, certificate: () => ({ fingerprint: "AB:CD" }) },
}, async ({ base }) => {
  const { page, html } = await getPage(`${base}/`);
  assert.doesNotMatch(html, /--cert|--pin|cert\.pem/);
  assert.ok(page.texts("dd").includes("AB:CD"));
  assert.equal(await statusOf(`${base}/cert.pem`), 404);
});

siteTest("behind a proxy the page speaks of https", { site: { client: SMALL_CLIENT } }, async ({ base }) => {
  const headers = { accept: "text/html", "x-forwarded-proto": "https" };
  const html = await (await fetch(`${base}/`, { headers })).text();
  assert.ok(html.includes(`>${base.replace("http:", "https:")}<`));
});
