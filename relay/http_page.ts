/** What the relay's pages have in common: no third party, no cookies, nothing that is not in the page itself. @module */
import { createHash } from "node:crypto";
import { type HttpAnswer, SAFE_HEADERS } from "./http_answers.ts";

/** Text that is HTML already. */
export class Html {
  /** The HTML. */
  readonly text: string;

  /** Takes what is HTML. */
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | undefined | readonly Html[];

/** HTML from a template: everything in it but {@linkcode Html} is written so that it stays text. */
export function markup(parts: TemplateStringsArray, ...pieces: Piece[]): Html {
  let text = parts[0] ?? "";
  pieces.forEach((piece, i) => text += written(piece) + (parts[i + 1] ?? ""));
  return new Html(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "object") return piece.map(({ text }) => text).join("");
  return String(piece).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}

const STYLE =
  `:root{color-scheme:light dark;--line:#8886;--soft:#8881}body{margin:0 auto;max-width:46rem;padding:1.5rem 1rem 3rem;` +
  `font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;` +
  `margin:2rem 0 .5rem}code,pre{font:.9rem/1.45 ui-monospace,monospace}pre{background:var(--soft);border:1px solid ` +
  `var(--line);border-radius:.4rem;padding:.7rem;margin:.5rem 0;white-space:pre-wrap;user-select:all}.soft{opacity:.75;` +
  `font-size:.9rem}dt{font-weight:600;margin-top:.7rem}dd{margin:0}footer{margin-top:2.5rem;border-top:1px solid ` +
  `var(--line);padding-top:.7rem}[hidden]{display:none}`;

/**
 * Puts what follows the # of the address into the commands of the page. It is only ever written as text, and nothing
 * leaves the page: a browser does not send that part, and the policy of the page forbids every request.
 */
const SCRIPT =
  `(()=>{const all=s=>document.querySelectorAll(s),put=(s,t)=>all(s).forEach(e=>e.textContent=t);` +
  `const fill=()=>{const h=location.hash.slice(1),ok=/^[A-Za-z0-9_-]{50,2000}$/.test(h);` +
  `put("[data-code]",ok?h:"");all("#invited").forEach(e=>e.hidden=!ok);all("#damaged").forEach(e=>e.hidden=ok||h==="");all("[data-web]").forEach(e=>e.href="/web"+(ok?"#"+h:""))};` +
  `put("[data-origin]",location.origin);put("[data-host]",location.host);addEventListener("hashchange",fill);fill()})()`;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  "img-src data:", // the icon of none, which keeps browsers from asking for one
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A page. With `script` it fills in the address and what follows the # in it. */
export function page(title: string, body: Html, { script = false }: { script?: boolean } = {}): HttpAnswer {
  const { text } = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
${body}
${script ? new Html(`<script>${SCRIPT}</script>\n`) : undefined}</body>
</html>
`;
  return {
    status: 200,
    body: text,
    headers: {
      ...SAFE_HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": script ? `${POLICY}; script-src ${hashOf(SCRIPT)}` : POLICY,
      "cross-origin-opener-policy": "same-origin",
      vary: "accept",
    },
  };
}

/** Whether whoever asks wants a page: a browser says so, and programs do not. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes("text/html") === true;
}
