/** A relay that serves the client for browsers, and a browser, for one test. @module */
import { openRelay, type OpenRelayOptions, type RunningRelay } from "../../relay/mod.ts";
import type { TlsSource } from "../../relay/tls.ts";
import { readWebPage } from "../../relay/program/web_file.ts";
import { webPage } from "../../tools/web.ts";
import { Browser, type BrowserPage, CHROMIUM } from "./_browser.ts";

/** The page, made once a run. */
let made: Promise<string> | undefined;

/** Where the page lies. */
export async function pagePath(): Promise<string> {
  made ??= Deno.makeTempDir({ prefix: "sotto-web-" }).then(async (folder) => {
    addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
    return (await webPage(`${folder}/sotto.html`)).path;
  });
  return await made;
}

/** What a test works with. */
export interface WebStage {
  relay: RunningRelay;
  /** `http://127.0.0.1:PORT`. */
  base: string;
  browser: Browser;
  /** Opens the page at the relay, with this behind its address. */
  open: (fragment?: string, options?: { before?: string }) => Promise<BrowserPage>;
}

/** What a test needs. */
export interface WebNeeds {
  options?: OpenRelayOptions;
  /** Certificates of the relay. */
  tls?: () => Promise<TlsSource>;
  /** Arguments of the browser. */
  args?: string[];
  /** Called with the browser's profile after its end. */
  left?: (profile: string) => Promise<void>;
}

/** Such a test; ignored where there is no Chromium. */
export function webTest(name: string, test: (stage: WebStage) => Promise<void>, needs: WebNeeds = {}): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    async fn() {
      const web = await readWebPage(await pagePath(), "--web-page");
      const tls = await needs.tls?.();
      const relay = await openRelay({ port: 0, site: { web }, ...needs.options, ...(tls && { tls }) });
      try {
        const base = `http://127.0.0.1:${relay.port}`;
        await using browser = await Browser.start(needs.args, needs.left);
        const open: WebStage["open"] = (fragment = "", options) =>
          browser.open(`${base}/web${fragment}`, options);
        await test({ relay, base, browser, open });
      } finally {
        await relay.close();
      }
    },
  });
}

/** Makes a room in the page. @returns Its link. */
export async function makeRoom(page: BrowserPage, nick: string): Promise<string> {
  await page.write("#nick", nick);
  await page.press("Make a new room");
  await page.until("document.querySelector('dialog input.code')");
  const invite = await page.evaluate<string>("document.querySelector('dialog input.code').value");
  await page.press("Close");
  return invite;
}

/** Joins from the first page. */
export async function joinRoomIn(page: BrowserPage, nick: string, code?: string): Promise<void> {
  await page.write("#nick", nick);
  if (code !== undefined) await page.write("#code", code);
  await page.press("Join");
  await page.until("document.querySelector('.room')");
}
