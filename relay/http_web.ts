/** The client for browsers: the page at `/web`, and what it may do there. @module */
import { SAFE_HEADERS } from "./http_answers.ts";
import { namesTag } from "./http_range.ts";
import type { WebPage } from "./site.ts";

/**
 * Answers for `/web`.
 *
 * @param request The request.
 * @param page The page.
 * @param host The relay, as the browser calls it; the door has looked at it.
 */
export function webAnswer(request: Request, page: WebPage, host: string): Response {
  const { bytes, sha256 } = page;
  const headers = {
    ...SAFE_HEADERS,
    "cache-control": "no-cache, no-transform",
    "content-security-policy": policyOf(page, host),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
    "x-frame-options": "DENY",
    etag: `"${sha256}"`,
    "repr-digest": `sha-256=:${Uint8Array.fromHex(sha256).toBase64()}:`,
  };
  if (namesTag(request.headers.get("if-none-match"), headers.etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === "HEAD" ? null : bytes, {
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "content-length": String(bytes.length),
    },
  });
}

/**
 * Only the script and the style that are in the page run; they may speak to this relay and to nobody else. `'self'` does
 * not cover WebSockets in every browser, so they are named; a proxy may have hidden from us whether TLS is spoken.
 */
function policyOf({ script, style }: WebPage, host: string): string {
  return [
    "default-src 'none'",
    `script-src '${script}'`,
    `style-src '${style}'`,
    "img-src data:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
