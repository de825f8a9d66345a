/** Files over HTTP: the client and the downloads, whole or in parts. @module */
import type { Guest } from "./access.ts";
import type { Download } from "./downloads.ts";
import { HttpProblem, problem, SAFE_HEADERS } from "./http_answers.ts";
import { namesTag, readRange } from "./http_range.ts";
import type { ClientFile } from "./site.ts";
import type { Transfers } from "./transfers.ts";

const TYPES: Readonly<Record<string, string>> = {
  exe: "application/vnd.microsoft.portable-executable",
  gz: "application/gzip",
  json: "application/json",
  md: "text/plain; charset=utf-8",
  ps1: "text/plain; charset=utf-8",
  sh: "text/plain; charset=utf-8",
  sha256: "text/plain; charset=utf-8",
  tgz: "application/gzip",
  txt: "text/plain; charset=utf-8",
  xz: "application/x-xz",
  zip: "application/zip",
};

/** The type of a file by its name. Nothing is ever a page: what an operator copies here must not speak for the relay. */
export function typeOf(name: string): string {
  if (name === "SHA256SUMS") return "text/plain; charset=utf-8";
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return (Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined) ?? "application/octet-stream";
}

/** Answers for `/client.js`. */
export function clientAnswer(request: Request, { bytes, sha256 }: ClientFile): Response {
  const headers = {
    ...fileHeaders(sha256),
    "content-type": "text/javascript; charset=utf-8",
    "content-length": String(bytes.length),
  };
  const known = unchanged(request, sha256);
  if (known !== undefined) return known;
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}

/** Answers for a file of the list. */
export async function downloadAnswer(
  request: Request,
  file: Download,
  { guest, transfers }: { guest: Guest; transfers: Transfers },
): Promise<Response> {
  const { name, size, sha256 } = file;
  const known = unchanged(request, sha256);
  if (known !== undefined) return known;
  const headers: Record<string, string> = {
    ...fileHeaders(sha256),
    "content-type": typeOf(name),
    "content-disposition": `attachment; filename="${name}"`,
    "accept-ranges": "bytes",
  };
  const condition = request.headers.get("if-range");
  const wanted = condition === null || condition === tagOf(sha256) ? request.headers.get("range") : null;
  const span = request.method === "GET" ? readRange(wanted, size) : undefined;
  if (span === "none") {
    const message = `The file has ${size} bytes; none of them was asked for.`;
    throw new HttpProblem(
      problem(416, "bad_range", { message, headers: { "content-range": `bytes */${size}` } }),
    );
  }
  const { start, length } = span ?? { start: 0, length: size };
  headers["content-length"] = String(length);
  if (span !== undefined) headers["content-range"] = `bytes ${start}-${start + length - 1}/${size}`;
  const status = span === undefined ? 200 : 206;
  if (request.method === "HEAD") return new Response(null, { headers });
  const end = transfers.begin(guest.ip);
  if (end === undefined) {
    const message = "Too many files are on their way; try again in a moment.";
    throw new HttpProblem(problem(503, "busy", { message, headers: { "retry-after": "10" } }));
  }
  const opened = await file.open();
  if (opened === undefined) {
    end();
    const message =
      "This file is not the one any more that the relay knows; its operator must start it anew.";
    throw new HttpProblem(problem(410, "changed", { message }));
  }
  return new Response(transfers.stream(opened, { start, length }, end), { status, headers });
}

function tagOf(sha256: string): string {
  return `"${sha256}"`;
}

function fileHeaders(sha256: string): Record<string, string> {
  return {
    ...SAFE_HEADERS,
    "cache-control": "no-cache, no-transform",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    etag: tagOf(sha256),
    "repr-digest": `sha-256=:${Uint8Array.fromHex(sha256).toBase64()}:`,
  };
}

function unchanged(request: Request, sha256: string): Response | undefined {
  if (!namesTag(request.headers.get("if-none-match"), tagOf(sha256))) return undefined;
  return new Response(null, { status: 304, headers: fileHeaders(sha256) });
}
