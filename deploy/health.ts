/**
 * Asks the relay on this machine how it is: exit status 0 when it answers, for a container's health check.
 *
 * A relay that says `degraded` is nearly full, or on its way out: it works, and must not be killed for that.
 *
 * @module
 */

/** Whether a relay answers at this place. */
export async function answers(
  place: string,
  signal: AbortSignal = AbortSignal.timeout(4_000),
): Promise<boolean> {
  try {
    const response = await fetch(`http://${place}/health`, { signal, redirect: "error" });
    const { status } = await response.json() as { status?: unknown };
    return status === "healthy" || status === "degraded";
  } catch {
    return false;
  }
}

if (import.meta.main) Deno.exit(await answers(`127.0.0.1:${Deno.env.get("SERVER_PORT") ?? "4443"}`) ? 0 : 1);
