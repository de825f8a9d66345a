/** Ports for what is started later. @module */

/** Ports that the system hands out to nobody by itself, so that nobody takes ours before it is used, or in between. */
const PORTS = { from: 20_000, to: 30_000 };

/** A port that nobody listens at now, and that no other test is going to be given by the system. */
export function freePort(): number {
  for (let tries = 0; tries < 100; tries++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error("no free port");
}
