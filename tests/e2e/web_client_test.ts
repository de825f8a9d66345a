/** The client for browsers in a real one, with the terminal's at the other end. Ignored where there is no Chromium. */
import assert from "node:assert/strict";
import { openRelay, type RunningRelay } from "../../relay/mod.ts";
import { readWebPage } from "../../relay/program/web_file.ts";
import { webPage } from "../../tools/web.ts";
import { Browser, type BrowserPage, CHROMIUM } from "./_browser.ts";
import { JsonClient } from "./_client_process.ts";

/** The page, made once for all tests here. */
let made: Promise<string> | undefined;

async function pagePath(): Promise<string> {
  made ??= Deno.makeTempDir({ prefix: "sotto-web-" }).then(async (folder) =>
    (await webPage(`${folder}/sotto.html`)).path
  );
  return await made;
}

/** A relay that serves the page, a browser that has opened it, for one test. */
interface Stage {
  relay: RunningRelay;
  base: string;
  browser: Browser;
  page: BrowserPage;
}

function webTest(name: string, test: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    async fn() {
      const web = await readWebPage(await pagePath(), "--web-page");
      const relay = await openRelay({ port: 0, site: { web } });
      try {
        const base = `http://127.0.0.1:${relay.port}`;
        await using browser = await Browser.start();
        await test({ relay, base, browser, page: await browser.open(`${base}/web`) });
      } finally {
        await relay.close();
      }
    },
  });
}

/** Makes a room in the page. @returns Its link. */
async function makeRoom(page: BrowserPage, nick: string): Promise<string> {
  await page.write("#nick", nick);
  await page.press("Make a new room");
  await page.until("document.querySelector('dialog input.code')");
  const invite = await page.evaluate<string>("document.querySelector('dialog input.code').value");
  await page.press("Close");
  return invite;
}

webTest(
  "a room made in the browser is joined from the terminal, and texts go both ways",
  async ({ page }) => {
    const invite = await makeRoom(page, "webby");
    await using bob = new JsonClient(["join", invite, "--nick", "bob"]);
    await bob.until("joined");
    await page.shows("bob came in");
    await page.say("hello from the browser");
    const { from } = await bob.until("message", ({ text }) => text === "hello from the browser");
    assert.equal((from as { nick: string }).nick, "webby");
    await bob.say({ command: "send", text: "hello from the terminal" });
    await page.shows("hello from the terminal");
    await page.shows("✓✓ delivered");
    assert.deepEqual(page.said, []);
  },
);
