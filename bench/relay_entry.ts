/**
 * A relay in a process of its own whose rates are set out of the way: `relay_entry.ts [deno|node|tls] [LIMITS]`, where
 * LIMITS is JSON. It prints its port, and answers a line on standard input with `collected` and its counts.
 *
 * @module
 */
import { createServer } from "node:https";
import { ownThreadClock } from "../relay/clock.ts";
import { listenDeno } from "../relay/listen_deno.ts";
import { listenNode } from "../relay/listen_node.ts";
import { Relay } from "../relay/mod.ts";
import { selfSigned } from "../relay/self_signed.ts";
import { collect } from "./collect.mjs";

const [kind = "deno", more = "{}"] = Deno.args;

const relay = new Relay({
  clock: ownThreadClock, // as in `server.ts`
  // Rate limits are on, but so high that none is met; everything else is as it is by default.
  limits: {
    rateCount: 1e9,
    rateBurstBytes: 1e12,
    connectBurst: 1e6,
    probeBurst: 1e6,
    foundBurst: 1e6,
    knockBurst: 1e6,
    maxConnectionsPerIp: 20_000,
    heartbeatTimeoutMs: 600_000,
    ...JSON.parse(more),
  },
});

const encoder = new TextEncoder();
const print = (text: string): void => void Deno.stdout.writeSync(encoder.encode(`${text}\n`));
const where = { hostname: "127.0.0.1", port: 0 };
const certificate = kind === "tls" ? await selfSigned() : undefined;
const { port } = kind === "deno" ? listenDeno(relay, where) : await listenNode(
  relay,
  certificate === undefined
    ? where
    : { ...where, make: (options) => createServer({ ...options, ...certificate, minVersion: "TLSv1.3" }) },
);
print(`port ${port}`);

for await (const _ of Deno.stdin.readable) {
  await collect();
  print(`collected ${JSON.stringify(relay.stats())}`);
}
Deno.exit(0); // whoever started it is gone
