/**
 * A relay inside a web server of one's own: rooms at /ws, pages everywhere else, one port for both.
 *
 *     deno run --allow-net examples/relay_inside.ts 8000
 *     deno run -A client.ts create --relay ws://127.0.0.1:8000
 *
 * A project of its own imports from "@sotto/sotto/relay" instead of "../relay/mod.ts".
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what a program does
import { Relay, relayHandler } from "../relay/mod.ts";

/** Paths that the relay answers: clients look at `/health` where they cannot connect. */
const OURS: readonly string[] = ["/ws", "/health"];

/** A server with a relay in it. */
export interface Site {
  port: number;
  close(): Promise<void>;
}

/** Starts it. */
export function openSite(port: number): Site {
  const relay = new Relay({ limits: { maxRooms: 100 } });
  const handler = relayHandler(relay);
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request, info) => {
    const { pathname } = new URL(request.url);
    if (OURS.includes(pathname)) return handler.handle(request, info);
    return new Response(`Rooms here: ${relay.stats().rooms}\n`);
  });
  return {
    port: server.addr.port,
    async close() {
      await relay.close(); // says goodbye to everybody
      await handler.settled();
      await server.shutdown();
    },
  };
}

if (import.meta.main) {
  const site = openSite(Number(Deno.args[0] ?? 8000));
  console.log(`http://127.0.0.1:${site.port}/`);
  Deno.addSignalListener("SIGINT", async () => {
    await site.close();
    Deno.exit(0);
  });
}
