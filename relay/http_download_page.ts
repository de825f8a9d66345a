/** The list of downloads, for people and for programs. @module */
import type { Download, Listing } from "./downloads.ts";
import { type HttpAnswer, json } from "./http_answers.ts";
import { type Html, markup, page } from "./http_page.ts";
import { type Build, buildOf } from "./systems.ts";

/** Where the list is. */
export interface Place {
  /** The address, as the browser asked for it. */
  origin: string;
  /** Whether its certificate has to be had first, as `cert.pem` from the page at `/`. */
  selfSigned: boolean;
}

/** The list as JSON. */
export function downloadsJson({ files }: Listing, origin: string): HttpAnswer {
  const list = [...files.values()].map(({ name, size, sha256 }) => {
    const { program, version, target } = buildOf(name) ?? {};
    return { name, url: `${origin}/download/${name}`, size, sha256, program, version, target };
  });
  return json(200, { files: list }, { vary: "accept" });
}

/** The list as a page. */
export function downloadsPage({ files }: Listing, place: Place): HttpAnswer {
  const builds: Html[] = [];
  const others: Html[] = [];
  for (const file of files.values()) {
    const build = buildOf(file.name);
    if (build === undefined) others.push(entry(file));
    else builds.push(buildEntry(file, build, place));
  }
  return page(
    "Sotto: downloads",
    markup`
<header>
<h1>Downloads</h1>
<p><a href="/">Sotto relay</a></p>
</header>
<main>
<p>Programs that the operator of this relay put here. They are as trustworthy as this relay: compare the hashes with
those of the release that you know.</p>
${builds.length === 0 ? markup`<p>There are no programs here.</p>` : install(place)}
${builds}
${others.length === 0 ? undefined : markup`<h2>Other files</h2>\n<ul>\n${others}</ul>`}
</main>
`,
  );
}

/** How one puts a program in place on one line, with its hash checked before it can run. */
export function command(
  { name, sha256 }: Download,
  { family }: Build,
  { origin, selfSigned }: Place,
): string {
  const url = `${origin}/download/${name}`;
  if (family === "windows") {
    return `Invoke-WebRequest ${url} -OutFile ${name}; ` +
      `if ((Get-FileHash ${name}).Hash -ne '${sha256}') { Remove-Item ${name}; throw 'damaged: fetch it again' }`;
  }
  const check = family === "macos" ? "shasum -a 256 -c" : "sha256sum -c";
  return `${curl(selfSigned)} -fsSO ${url} && echo '${sha256}  ${name}' | ${check} && chmod +x ${name}`;
}

/** A size in words. */
export function showSize(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  const kilo = bytes / 1_024;
  return kilo < 1_024 ? `${Math.ceil(kilo)} KB` : `${(kilo / 1_024).toFixed(1)} MB`;
}

function curl(selfSigned: boolean): string {
  return selfSigned ? "curl --cacert cert.pem" : "curl";
}

function install({ origin, selfSigned }: Place): Html {
  return markup`${
    selfSigned
      ? markup`<p>Nobody vouches for the certificate of this relay: have <code>cert.pem</code> from
<a href="/">its page</a> first, and its fingerprint from its operator.</p>\n`
      : undefined
  }<h2>In one step</h2>
<p>Read the script first. It picks the program for your system, checks its hash, and puts it into your home.</p>
<p>Linux, macOS:</p>
<pre>${curl(selfSigned)} -fsSO ${origin}/install.sh &amp;&amp; ${
    selfSigned ? "SOTTO_CERT=cert.pem " : ""
  }sh install.sh</pre>
<p>Windows (PowerShell):</p>
<pre>Invoke-WebRequest ${origin}/install.ps1 -OutFile install.ps1; powershell -ExecutionPolicy Bypass -File install.ps1</pre>`;
}

function buildEntry(file: Download, build: Build, place: Place): Html {
  return markup`
<h2>${build.program} for ${build.system}</h2>
<p><a href="/download/${file.name}">${file.name}</a>, ${showSize(file.size)}</p>
<p class="soft">SHA-256 <code>${file.sha256}</code></p>
<pre>${command(file, build, place)}</pre>
`;
}

function entry({ name, size, sha256 }: Download): Html {
  return markup`
<li><a href="/download/${name}">${name}</a>, ${showSize(size)}
<br><span class="soft">SHA-256 <code>${sha256}</code></span></li>
`;
}
