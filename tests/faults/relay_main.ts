/** A relay with limits that `server.ts` has no options for: `relay_main.ts <port> <limits as JSON> <listener>`. @module */
import { openRelay } from "../../relay/mod.ts";

const [port, limits, listener] = Deno.args;
const relay = await openRelay({
  port: Number(port),
  limits: JSON.parse(limits ?? "{}"),
  listener: listener === "node" ? "node" : "deno",
});
await Deno.stdout.write(new TextEncoder().encode(`listening on ${relay.url}\n`));
