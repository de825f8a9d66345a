/** The HTTP routes beside the WebSocket. Loaded when the first such request comes. @module */
import { Hono } from "hono";
import type { Guest } from "./access.ts";
import { systemClock } from "./clock.ts";
import type { HttpAdmin } from "./http_admin.ts";
import { HttpProblem, json, problem, SAFE_HEADERS } from "./http_answers.ts";
import type { HttpAnswer } from "./http_answers.ts";
import { health, type HealthSource } from "./http_health.ts";
import { addSiteRoutes } from "./http_site.ts";
import { addTokenRoutes, type ApiEnv } from "./http_tokens.ts";
import type { Origins } from "./origins.ts";
import type { Site } from "./site.ts";
import { Transfers } from "./transfers.ts";

/** What the routes are made of. */
export interface ApiParts {
  health: HealthSource;
  origins: Origins;
  admin: HttpAdmin | undefined;
  /** How long a token lasts unless its maker says otherwise. */
  tokenTtlMs: number;
  /** How long a body may take. */
  bodyTimeoutMs: number;
  /** Prometheus text; without it there is no `/metrics`. */
  metrics: (() => Promise<string>) | undefined;
  /** Pages and files. */
  site: Site;
}

/** Answers a request that the door has let through to `path`. */
export type HttpApi = (request: Request, guest: Guest, path: string) => Promise<Response>;

/** Builds the routes. */
export function createApi(parts: ApiParts): HttpApi {
  const { metrics } = parts;
  // The door has compared the path byte by byte; nothing is decoded or tidied after that.
  const app = new Hono<ApiEnv>({ getPath: (_request, options) => options?.env?.path ?? "" });
  app.onError((error) => {
    if (error instanceof HttpProblem) return respond(error.answer);
    return respond(problem(500, "internal", { message: "Something went wrong." }));
  });
  app.notFound(() => respond(problem(404, "not_found", { message: "Nothing is here." })));
  app.use(async (c, next) => {
    await next();
    const shared = parts.origins.shares(c.req.header("origin") ?? null);
    if (shared === undefined) return;
    c.res.headers.set("access-control-allow-origin", shared);
    c.res.headers.set("access-control-expose-headers", "retry-after");
    c.res.headers.append("vary", "origin");
  });
  app.get("/health", () => {
    const figures = health(parts.health);
    return respond(json(figures.status === "healthy" ? 200 : 503, figures));
  });
  app.get("/ready", () => {
    const { relay, draining } = parts.health;
    const ready = !draining() && !relay.overloaded;
    return respond(json(ready ? 200 : 503, { ready }, ready ? {} : { "retry-after": "30" }));
  });
  if (metrics !== undefined) app.get("/metrics", async () => respond(metricsAnswer(await metrics())));
  addSiteRoutes(app, {
    site: parts.site,
    version: parts.health.version,
    transfers: new Transfers(systemClock),
  });
  addTokenRoutes(app, {
    admin: parts.admin,
    ttlMs: parts.tokenTtlMs,
    body: { timeoutMs: parts.bodyTimeoutMs },
  });
  return async (request, guest, path) => await app.fetch(request, { guest, path });
}

/** Prometheus text as an answer. */
export function metricsAnswer(body: string): HttpAnswer {
  const type = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  return { status: 200, body, headers: { ...SAFE_HEADERS, ...type } };
}

function respond({ status, body, headers }: HttpAnswer): Response {
  return new Response(body, { status, headers });
}
