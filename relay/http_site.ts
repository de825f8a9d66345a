/** The routes of pages and files. @module */
import type { Hono } from "hono";
import { type HttpAnswer, problem, text } from "./http_answers.ts";
import { downloadsJson, downloadsPage } from "./http_download_page.ts";
import { clientAnswer, downloadAnswer } from "./http_files.ts";
import { certificateFile, landingPage, landingText } from "./http_landing.ts";
import { wantsPage } from "./http_page.ts";
import type { ApiEnv } from "./http_tokens.ts";
import { webAnswer } from "./http_web.ts";
import { installPowershell, installShell } from "./install_scripts.ts";
import type { Site } from "./site.ts";
import type { Transfers } from "./transfers.ts";

/** What the routes need. */
export interface SiteRouteOptions {
  site: Site;
  version: string | undefined;
  /** Files on their way. */
  transfers: Transfers;
}

/** Adds the routes. The door lets through only what the site has. */
export function addSiteRoutes(app: Hono<ApiEnv>, { site, version, transfers }: SiteRouteOptions): void {
  const { client, web, downloads } = site;
  app.get("/", (c) => {
    const parts = { site, version, origin: originOf(c.req.raw, site) };
    return respond(wantsPage(c.req.header("accept")) ? landingPage(parts) : landingText(parts));
  });
  app.get("/cert.pem", () => {
    const pem = site.certificate?.()?.selfSigned;
    return respond(pem === undefined ? nothing() : certificateFile(pem));
  });
  if (client !== undefined) app.get("/client.js", (c) => clientAnswer(c.req.raw, client));
  if (web !== undefined) {
    app.get("/web", (c) => webAnswer(c.req.raw, web, c.req.header("host")?.toLowerCase() ?? ""));
  }
  if (downloads === undefined) return;
  app.get("/download", (c) => {
    const origin = originOf(c.req.raw, site);
    return respond(
      wantsPage(c.req.header("accept"))
        ? downloadsPage(downloads, { origin, selfSigned: site.certificate?.()?.selfSigned !== undefined })
        : downloadsJson(downloads, origin),
    );
  });
  app.get("/download/:name", async (c) => {
    const file = downloads.files.get(c.env.path.slice("/download/".length));
    if (file === undefined) return respond(nothing());
    return await downloadAnswer(c.req.raw, file, { guest: c.env.guest, transfers });
  });
  app.get(
    "/install.sh",
    (c) => respond(text(200, installShell(downloads, originOf(c.req.raw, site)))),
  );
  app.get(
    "/install.ps1",
    (c) => respond(text(200, installPowershell(downloads, originOf(c.req.raw, site)))),
  );
}

/**
 * Where whoever asks finds this relay, by its own words: an answer goes back to nobody else. The door has looked at the
 * `Host` header.
 */
function originOf({ headers }: Request, { certificate }: Site): string {
  const forwarded = headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase();
  const tls = certificate?.() !== undefined || forwarded === "https";
  return `${tls ? "https" : "http"}://${headers.get("host")?.toLowerCase() ?? ""}`;
}

function nothing(): HttpAnswer {
  return problem(404, "not_found", { message: "Nothing is here." });
}

function respond({ status, body, headers }: HttpAnswer): Response {
  return new Response(body, { status, headers });
}
