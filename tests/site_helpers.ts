/** Relays with pages and files, for tests over real sockets, and their pages as a strict reader finds them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { listDownloads } from "../relay/downloads.ts";
import type { OpenRelayOptions } from "../relay/mod.ts";
import type { ClientFile, Site } from "../relay/site.ts";
import { LISTENERS } from "./http_helpers.ts";
import { openRelay, type RunningRelay } from "../relay/mod.ts";

/** A client of a few words. */
export const SMALL_CLIENT: ClientFile = clientFile('console.log("a client: ä");\n');

/** Text as the client that is served. */
export function clientFile(text: string): ClientFile {
  const bytes = new TextEncoder().encode(text);
  return { bytes, sha256: sha256(bytes) };
}

/** SHA-256, in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** A relay with a site, for one test. */
export interface SiteStage {
  relay: RunningRelay;
  base: string;
  /** The folder of its downloads. */
  folder: string;
}

/** What lies in the folder: texts, or what else is to be done with it. */
export type Contents = Record<string, string | Uint8Array> | ((folder: string) => Promise<void>);

/** Runs a test with a relay whose downloads are these. */
export async function withSite(
  { contents, site = {}, options = {} }: { contents?: Contents; site?: Site; options?: OpenRelayOptions },
  test: (stage: SiteStage) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-site-" });
  try {
    if (typeof contents === "function") await contents(folder);
    else {
      for (const [name, data] of Object.entries(contents ?? {})) {
        await Deno.writeFile(
          `${folder}/${name}`,
          typeof data === "string" ? new TextEncoder().encode(data) : data,
        );
      }
    }
    const downloads = contents === undefined ? undefined : await listDownloads(folder);
    const relay = await openRelay({ port: 0, site: { downloads, ...site }, ...options });
    try {
      await test({ relay, base: `http://127.0.0.1:${relay.port}`, folder });
    } finally {
      await relay.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Such a test on both listeners. */
export function siteTest(
  name: string,
  given: { contents?: Contents; site?: Site; options?: OpenRelayOptions },
  test: (stage: SiteStage) => Promise<void>,
): void {
  for (const listener of LISTENERS) {
    Deno.test(`${listener} listener: ${name}`, () =>
      withSite({ ...given, options: { listener, ...given.options } }, test));
  }
}

/** A page as a browser gets it. */
export async function getPage(url: string): Promise<{ page: PageReader; headers: Headers; html: string }> {
  const response = await fetch(url, { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } });
  const html = await response.text();
  assert.equal(response.status, 200);
  return { page: new PageReader(html), headers: response.headers, html };
}

/** An element: its name, its attributes, and the text in it. */
export interface PageElement {
  name: string;
  attributes: Map<string, string>;
  text: string;
}

const VOID = new Set(["meta", "link", "br"]);
const RAW = new Set(["script", "style"]);

/** Reads a page, and refuses one whose tags do not fit each other, or that has a `<` or `&` where there should be text. */
export class PageReader {
  /** All elements, in the order of their beginnings. */
  readonly elements: PageElement[] = [];

  constructor(html: string) {
    assert.ok(html.startsWith("<!DOCTYPE html>\n"));
    const open: PageElement[] = [];
    let rest = html.slice("<!DOCTYPE html>".length);
    const addText = (text: string): void => open.forEach((each) => each.text += text);
    while (rest !== "") {
      const inside = open.at(-1)?.name ?? "";
      if (RAW.has(inside)) {
        const end = rest.indexOf(`</${inside}>`);
        assert.ok(end >= 0);
        addText(rest.slice(0, end));
        rest = rest.slice(end + inside.length + 3);
        open.pop();
        continue;
      }
      const [, text = "", close, name = "", attributes = ""] =
        /^([^<]*)(?:<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>)?/.exec(rest) ?? [];
      const whole = name === "" ? text : `${text}<${close}${name}${attributes}>`;
      assert.notEqual(whole, "", `this is no HTML: ${rest.slice(0, 80)}`);
      addText(unescape(text));
      rest = rest.slice(whole.length);
      if (name === "") continue;
      if (close === "/") {
        assert.equal(open.pop()?.name, name, `</${name}> ends nothing`);
        continue;
      }
      const element = { name, attributes: attributesOf(attributes), text: "" };
      this.elements.push(element);
      if (!VOID.has(name)) open.push(element);
    }
    assert.deepEqual(open.map(({ name }) => name), []);
  }

  /** All elements of a name. */
  all(name: string): PageElement[] {
    return this.elements.filter((element) => element.name === name);
  }

  /** The texts of these elements. */
  texts(name: string): string[] {
    return this.all(name).map(({ text }) => text);
  }
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/g)].map((
      [, name = "", value = ""],
    ) => [name, unescape(value)]),
  );
}

function unescape(text: string): string {
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|#39);)/, "an & that stands for nothing");
  const signs: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&([a-z0-9#]+);/g, (_, name: string) => signs[name] ?? "");
}
