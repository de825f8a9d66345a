/** A relay with limits that `server.ts` has no options for: `relay_main.ts <port> <limits as JSON>`. @module */
import { openRelay } from "../../relay/mod.ts";

const [port, limits] = Deno.args;
const relay = await openRelay({ port: Number(port), limits: JSON.parse(limits ?? "{}") });
await Deno.stdout.write(new TextEncoder().encode(`listening on ${relay.url}\n`));
