/** The default listener: Deno's own server. @module */
import { denoHandler, respond } from "./deno_handler.ts";
import { problem } from "./http_answers.ts";
import { type HttpService, httpService } from "./http_service.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import type { Relay } from "./relay.ts";

/**
 * Listens with `Deno.serve`. It can neither time out half-sent headers nor hang up on a client that holds on to its
 * connection after a refusal, or does not answer a close; WebSockets of the last kind count against the limits of their
 * address until they are gone. Throws the system's error when the port cannot be had.
 */
export function listenDeno(
  relay: Relay,
  { hostname, port }: ListenOptions,
  http: HttpService = httpService(relay),
): Listener {
  const abort = new AbortController();
  const { handle, settled } = denoHandler(relay, http);
  const server = Deno.serve({
    hostname,
    port,
    signal: abort.signal,
    onListen: () => {},
    onError: () => respond(problem(500, "internal", { message: "Something went wrong." })),
  }, handle);
  return {
    port: server.addr.port,
    async close() {
      abort.abort();
      await server.finished;
      await settled();
    },
  };
}
