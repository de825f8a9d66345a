/** Runs a relay until it is told to end. @module */
import { openRelay, type RunningRelay } from "../open_relay.ts";
import type { ProgramIo } from "./io.ts";
import { listenProblem } from "./listen_problem.ts";
import { relayPassword } from "./secrets.ts";
import { type Configuration, limitsOf } from "./settings.ts";
import { Signals } from "./signals.ts";
import { greet } from "./start_lines.ts";

/** Opens the relay, says so, and ends it at a signal. Returns the exit status. */
export async function serve(configuration: Configuration, io: ProgramIo): Promise<number> {
  // Before the first line is printed: whoever has read it may send a signal at once.
  const signals = new Signals();
  try {
    const running = await open(configuration, io);
    await signals.first;
    await running.close();
    return 0;
  } finally {
    signals.close();
  }
}

async function open(configuration: Configuration, io: ProgramIo): Promise<RunningRelay> {
  const { settings } = configuration;
  const { host, port, listener } = settings;
  const password = await relayPassword(configuration, io);
  let running: RunningRelay;
  try {
    running = await openRelay({ hostname: host, port, listener, limits: limitsOf(settings) });
  } catch (error) {
    throw listenProblem(error, { hostname: host, port });
  }
  greet(io, {
    url: running.url,
    where: { hostname: running.hostname, port: running.port },
    listener,
    tls: false,
    proxied: settings.trustProxy.length > 0,
    password: password !== undefined,
    accountsOnly: settings.requireAccount,
  });
  return running;
}
