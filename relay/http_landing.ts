/** The page at `/`: what this is, how to join, and how to look before one trusts. @module */
import { type HttpAnswer, SAFE_HEADERS, text } from "./http_answers.ts";
import { type Html, markup, page } from "./http_page.ts";
import type { ShownCertificate, Site } from "./site.ts";
import { buildOf } from "./systems.ts";

/** What the page is made of. */
export interface LandingParts {
  site: Site;
  version: string | undefined;
  /** Where the browser asked: `https://relay.example`. */
  origin: string;
}

/** The page for browsers. */
export function landingPage(parts: LandingParts): HttpAnswer {
  const { site, version } = parts;
  const run = runner(parts);
  const title = `Sotto relay${version === undefined ? "" : ` ${version}`}`;
  const invited = markup`
<section id="invited" hidden>
<h2>You are invited</h2>
<p>Type this in a terminal:</p>
<pre>${run} join "${origin(parts)}/#<span data-code></span>"</pre>
${site.web === undefined ? undefined : markup`<p>Or <a data-web href="/web">open it in the browser</a>.</p>`}
<p class="soft">Your browser has read the code from its address bar. It is sent to nobody, and this page cannot send it.</p>
</section>
<p id="damaged" hidden><strong>The part of the link after # is damaged. Ask for the link again.</strong></p>
`;
  const body = markup`
<header>
<h1>Sotto</h1>
<p>A relay for end-to-end encrypted rooms in the terminal. It passes on what it cannot read, and keeps nothing.
${needs(site)}</p>
</header>
<main>
<noscript><p>With the link of an invite: put all of it, in quotes, behind <code>join</code> below.</p></noscript>
${invited}
${selfSigned(parts)}
<h2>Join a room</h2>
<p>By its link, by its spoken code, or by its name:</p>
<pre>${run} join 41793-copper-lemon-orbit-walnut --relay ${origin(parts)}${pin(site)}</pre>
<h2>Make a room</h2>
<pre>${run} create --nick alice --relay ${origin(parts)}${pin(site)}</pre>
<p>It shows a link and a spoken code. Give one of them to the others by a way that you trust.</p>
${inBrowser(site)}
<h2>Before you trust it</h2>
<p>What is said in a room is kept from this relay by the client, so it matters where the client comes from. One that
you take from here is as trustworthy as this relay. To be sure, use a checkout of Sotto, or compare hashes with some that
you have from somewhere else; what this page says about itself proves nothing.</p>
<dl>
${clientFacts(parts)}${certificateFacts(site)}</dl>
${downloads(site)}
</main>
<footer class="soft">${title}. This page loads nothing from anywhere else, sets no cookie, and asks for nothing.</footer>
`;
  return page("Sotto relay", body, { script: true });
}

/** The same in short, for who is no browser. */
export function landingText({ site, version, origin }: LandingParts): HttpAnswer {
  const lines = [
    `A Sotto relay${version === undefined ? "" : `, version ${version}`}. ${
      site.client === undefined
        ? "Join rooms with: deno run -A client.ts join <code>"
        : `Join rooms with: deno run -A ${origin}/client.js join <code> --relay ${origin}`
    }`,
  ];
  if (site.client !== undefined) lines.push(`SHA-256 of client.js: ${site.client.sha256}`);
  const certificate = site.certificate?.();
  if (certificate !== undefined) lines.push(`SHA-256 of ${ofWhat(certificate)}: ${certificate.fingerprint}`);
  if (site.downloads !== undefined) lines.push(`Downloads: ${origin}/download`);
  return text(200, lines.join("\n"), { vary: "accept" });
}

/** The certificate of a relay that nobody vouches for. */
export function certificateFile(pem: string): HttpAnswer {
  const type = { "content-type": "application/x-pem-file" };
  return { status: 200, body: pem, headers: { ...SAFE_HEADERS, ...type } };
}

/** The address, which the page itself corrects: a proxy may have hidden it from the relay. */
function origin({ origin }: LandingParts): Html {
  return markup`<span data-origin>${origin}</span>`;
}

function runner(parts: LandingParts): Html {
  if (parts.site.client === undefined) {
    return hasBuilds(parts.site) ? markup`sotto` : markup`deno run -A client.ts`;
  }
  return markup`deno run -A${certOption(parts)} ${origin(parts)}/client.js`;
}

/** What Deno needs to fetch something from a relay for which nobody vouches. */
function certOption({ site }: LandingParts): string {
  return site.certificate?.()?.selfSigned === undefined ? "" : " --cert cert.pem";
}

function needs(site: Site): string {
  if (site.client !== undefined) return "All that you need is Deno, from deno.com.";
  return hasBuilds(site)
    ? "What you need is the program from the downloads below."
    : "What you need is Deno, from deno.com, and a checkout of Sotto.";
}

/** By what the client knows a relay for which nobody vouches; invites to its rooms then say the same. */
function pin(site: Site): string {
  const shown = site.certificate?.();
  return shown?.selfSigned === undefined ? "" : ` --pin ${shown.fingerprint}`;
}

function hasBuilds({ downloads }: Site): boolean {
  return [...downloads?.files.keys() ?? []].some((name) => buildOf(name)?.program === "sotto");
}

function selfSigned(parts: LandingParts): Html | undefined {
  const certificate = parts.site.certificate?.();
  if (certificate?.selfSigned === undefined) return undefined;
  return markup`<h2>First, its certificate</h2>
<p>Nobody vouches for the certificate of this relay. Fetch it, and compare the SHA-256 of its key with the one that the
operator, or whoever invites you, gives you by another way:</p>
<pre>curl -k ${origin(parts)}/cert.pem -o cert.pem
openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -c</pre>
<p>With <code>--cert</code> Deno trusts that file when it fetches the client; with <code>--pin</code>, or by the link of
an invite, the client takes that key and no other. Before the certificate ends the relay makes another
with the same key; then fetch the file again.</p>`;
}

function clientFacts(parts: LandingParts): Html | undefined {
  const { site: { client }, origin: where } = parts;
  if (client === undefined) return undefined;
  const lock = JSON.stringify({ version: "5", remote: { [`${where}/client.js`]: client.sha256 } });
  const net = markup`--allow-net=<span data-host>${new URL(where).host}</span>`;
  return markup`
<dt>Less than -A</dt>
<dd><p class="soft"><code>-A</code> lets a program do all that you may do. The client needs only the way to this relay; in
this form it gets that, and none of your files and variables:</p>
<pre>deno run --no-prompt --ignore-env ${net}${certOption(parts)} ${
    origin(parts)
  }/client.js join 41793-copper-lemon-orbit-walnut --relay ${origin(parts)}${pin(parts.site)}</pre></dd>
<dt>SHA-256 of client.js</dt>
<dd><code>${client.sha256}</code>
<p class="soft">Deno keeps what it has fetched once, until <code>--reload</code>. To have it refuse any other file, put
the hash that you trust into a lock file, and add <code>--lock=sotto.lock --frozen</code> behind
<code>deno run</code>:</p>
<pre>echo '${lock}' &gt; sotto.lock</pre></dd>
`;
}

function certificateFacts({ certificate }: Site): Html | undefined {
  const shown = certificate?.();
  if (shown === undefined) return undefined;
  return markup`
<dt>SHA-256 of ${ofWhat(shown)}</dt>
<dd><code>${shown.fingerprint}</code></dd>
`;
}

/** A certificate for which nobody vouches is known by its key, which stays when it is renewed. */
function ofWhat({ selfSigned }: ShownCertificate): string {
  return selfSigned === undefined ? "the certificate" : "the key of the certificate";
}

function inBrowser({ web }: Site): Html | undefined {
  if (web === undefined) return undefined;
  return markup`<h2>In the browser</h2>
<p><a data-web href="/web">Open a room in the browser</a>, with nothing to install. That page is code of this relay's,
which it could change each time you load it: you trust this relay more than with the client in the terminal.</p>
<p class="soft">SHA-256 of the page: <code>${web.sha256}</code></p>`;
}

function downloads({ downloads }: Site): Html | undefined {
  if (downloads === undefined) return undefined;
  return markup`<h2>Without Deno</h2>
<p><a href="/download">Programs for your system</a>, with their hashes.</p>`;
}
