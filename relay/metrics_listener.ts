/** `/metrics` on a port of its own, away from the public one. @module */
import { type HttpAnswer, problem } from "./http_answers.ts";
import type { Listener, ListenOptions } from "./listener.ts";

/** Listens for `GET /metrics` and nothing else. Throws the system's error when the port cannot be had. */
export function listenMetrics(metrics: () => Promise<string>, { hostname, port }: ListenOptions): Listener {
  const abort = new AbortController();
  const server = Deno.serve({
    hostname,
    port,
    signal: abort.signal,
    onListen: () => {},
    onError: () => respond(problem(500, "internal", { message: "Something went wrong." })),
  }, async (request) => {
    if (!/^https?:\/\/[^/]+\/metrics(?:\?|$)/.test(request.url)) {
      return respond(problem(404, "not_found", { message: "Only /metrics is here." }));
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      const allow = "GET, HEAD";
      return respond(problem(405, "method_not_allowed", { message: `Only ${allow}.`, headers: { allow } }));
    }
    const { metricsAnswer } = await import("./http_api.ts");
    return respond(metricsAnswer(await metrics()));
  });
  return {
    port: server.addr.port,
    async close() {
      abort.abort();
      await server.finished;
    },
  };
}

function respond({ status, body, headers }: HttpAnswer): Response {
  return new Response(body, { status, headers });
}
