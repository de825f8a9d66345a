/** Why listening failed. @module */
import { UsageError } from "../usage_error.ts";
import { type HostPort, showHostPort } from "./values.ts";

/** One sentence on why the relay cannot listen there, naming the option that helps. */
export function listenProblem(
  error: unknown,
  where: HostPort,
  options = { host: "--host", port: "--port" },
): UsageError {
  const code = (error as { code?: unknown } | null)?.code;
  const start = `Cannot listen on ${showHostPort(where)}`;
  if (error instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") {
    return new UsageError(`${start}: another program uses this port. Choose another with ${options.port}.`);
  }
  if (error instanceof Deno.errors.NotCapable && /env access/.test(error.message)) {
    return new UsageError(
      `${start}: Deno was not given the variables that this listener looks at. Add --ignore-env, or use -P=relay.`,
    );
  }
  if (error instanceof Deno.errors.NotCapable) {
    return new UsageError(`${start}: Deno was not given --allow-net for it.`);
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES") {
    return new UsageError(
      `${start}: the system does not allow it. Choose a port above 1023 with ${options.port}.`,
    );
  }
  const command = /^[a-z-]+$/.test(where.hostname)
    ? " If it was meant as a command: server.ts --help lists them."
    : "";
  return new UsageError(
    `${start}: this machine has no such address. Choose another with ${options.host}.${command}`,
  );
}
