/** The client for browsers as a file and as the relay hands it out. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ownWebPage, readWebPage } from "../../relay/program/web_file.ts";
import type { WebPage } from "../../relay/site.ts";
import { UsageError } from "../../relay/usage_error.ts";
import { assembled, webPage } from "../../tools/web.ts";
import { getPage, PageReader, sha256, siteTest } from "../site_helpers.ts";
import { denoRun, ROOT, runToEnd, whileServing } from "./_shipped.ts";

const SERVER = denoRun(["-A"], `${ROOT}server.ts`);

const hashOf = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const [SCRIPT, STYLE] = ["document.title = 'a'", "b{color:red}"];
const HTML = `<!DOCTYPE html>\n<style>${STYLE}</style><script type="module">${SCRIPT}</script>\n`;

/** A page of a few words. */
const SMALL_PAGE: WebPage = {
  bytes: new TextEncoder().encode(HTML),
  sha256: sha256(HTML),
  script: hashOf(SCRIPT),
  style: hashOf(STYLE),
};

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-page-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the page for browsers is the same bytes each time it is made, and needs nothing beside it", () =>
  inFolder(async (folder) => {
    const [first, second] = [await webPage(`${folder}/a.html`), await webPage(`${folder}/b.html`)];
    assert.equal(first.sha256, second.sha256);
    const text = await Deno.readTextFile(first.path);
    assert.equal(sha256(text), first.sha256);
    assert.doesNotMatch(
      text,
      /\bDeno\.[a-z]|\binnerHTML\b|\blocalStorage\b|\bindexedDB\b|document\.cookie/,
    );
    assert.doesNotMatch(text, /serviceWorker|sessionStorage|\beval\(|new Function|document\.write/);
    const page = new PageReader(text);
    assert.deepEqual(page.elements.flatMap(({ attributes }) => attributes.get("src") ?? []), []);
    assert.deepEqual(page.elements.flatMap(({ attributes }) => attributes.get("href") ?? []), ["data:,"]);
    const policy = page.all("meta").find(({ attributes }) => attributes.has("http-equiv"))?.attributes.get(
      "content",
    );
    const [script] = page.texts("script");
    const [style] = page.texts("style");
    assert.ok(
      policy?.startsWith(
        `default-src 'none'; script-src '${hashOf(script ?? "")}'; style-src '${hashOf(style ?? "")}';`,
      ),
    );
    const read = await readWebPage(first.path, "--web-page");
    assert.deepEqual([read.script, read.style, read.sha256], [
      hashOf(script ?? ""),
      hashOf(style ?? ""),
      first.sha256,
    ]);
  }));

Deno.test({
  name: "the page for browsers is the same bytes in another folder, another time zone and another language",
  ignore: Deno.build.os === "windows", // there is no cp
  fn: () =>
    inFolder(async (folder) => {
      const parts = ["client", "crypto", "wire", "terminal", "web", "tools", "deno.json", "deno.lock"];
      await new Deno.Command("cp", { args: ["-r", ...parts, folder], cwd: ROOT }).output();
      const env = { TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8", NO_COLOR: "1" };
      const made = await runToEnd(denoRun(["-A"], `${folder}/tools/web.ts`, env), []);
      const here = await webPage(`${folder}/here.html`);
      assert.ok(made.out.startsWith(`${here.sha256}  `), made.out + made.err);
    }),
});

Deno.test("a script or a style that would end its element makes no page", () => {
  const frame = "<!--policy--><!--style--><!--script-->";
  assert.ok(assembled(frame, "1", "a{}").endsWith(`<style>a{}</style><script type="module">1</script>`));
  for (const script of ["'</script>'", "'<!--'"]) {
    assert.throws(() => assembled(frame, script, ""), /too soon/);
  }
  assert.throws(() => assembled(frame, "1", "a{}</style>"), /too soon/);
});

siteTest("/web comes with a policy for its one script and its own relay, and not again when it is known", {
  site: { web: SMALL_PAGE },
}, async ({ base }) => {
  const response = await fetch(`${base}/web`);
  assert.equal(await response.text(), HTML);
  const { headers } = response;
  const host = new URL(base).host;
  assert.equal(
    headers.get("content-security-policy"),
    `default-src 'none'; script-src '${SMALL_PAGE.script}'; style-src '${SMALL_PAGE.style}'; img-src data:; ` +
      `connect-src 'self' ws://${host} wss://${host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ` +
      "require-trusted-types-for 'script'; trusted-types 'none'",
  );
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("x-frame-options"), "DENY");
  assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(headers.get("cache-control"), "no-cache, no-transform");
  assert.equal(headers.get("set-cookie"), null);
  const tag = headers.get("etag") ?? "";
  const again = await fetch(`${base}/web`, { headers: { "if-none-match": tag } });
  assert.equal(again.status, 304);
  await again.body?.cancel();
  const head = await fetch(`${base}/web`, { method: "HEAD" });
  assert.equal(await head.text(), "");
  assert.ok(head.headers.has("content-security-policy"));
  const { html } = await getPage(`${base}/`);
  assert.match(html, /<a data-web href="\/web">/);
});

siteTest(
  "a relay without the page for browsers has nothing at /web, and no link to it",
  {},
  async ({ base }) => {
    const response = await fetch(`${base}/web`);
    assert.equal(response.status, 404);
    await response.body?.cancel();
    assert.doesNotMatch((await getPage(`${base}/`)).html, /<a data-web/);
  },
);

Deno.test("--web-page serves the page and says where, with its hash", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/sotto.html`, HTML);
    await whileServing(SERVER, ["--web-page", `${folder}/sotto.html`], async (url, text) => {
      const origin = url.replace(/^ws(.*)\/ws$/, "http$1");
      assert.ok(
        text.includes(`In a browser:  ${origin}/web\n               SHA-256 ${SMALL_PAGE.sha256}\n`),
        text,
      );
      assert.equal(await (await fetch(`${origin}/web`)).text(), HTML);
    });
  }));

Deno.test("--web finds the page beside the program, and says how to make it where there is none", () =>
  inFolder(async (folder) => {
    const main = `file://${folder}/server.ts`;
    await assert.rejects(
      ownWebPage("--web", main),
      (error) =>
        error instanceof UsageError && /^Cannot use --web: .*deno task web.*--web-page/.test(error.message),
    );
    await Deno.writeTextFile(`${folder}/sotto.html`, HTML);
    assert.equal((await ownWebPage("--web", main)).sha256, SMALL_PAGE.sha256);
  }));

Deno.test("what is not the page for browsers is refused with a reason", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.html`;
    for (
      const text of ["", "<p>hello", `${HTML}<script type="module">2</script>`, "<script>1</script>", "\0"]
    ) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(
        readWebPage(path, "--web-page"),
        /it is not the page; make it with: deno task web/,
      );
    }
    await assert.rejects(readWebPage(folder, "--web-page"), /it is no file/);
    await assert.rejects(readWebPage(`${folder}/none`, "--web-page"), UsageError);
  }));
