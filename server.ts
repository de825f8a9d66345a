/**
 * Starts a relay: `deno run -A server.ts [host] [port] [options]`.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import config from "./deno.json" with { type: "json" };
import { type ListenerKind, openRelay, type RunningRelay } from "./relay/mod.ts";
import { DEFAULT_LIMITS, type Limits } from "./wire/mod.ts";

const DAY = 86_400;
const encoder = new TextEncoder();

/** What the command line and the environment ask for. */
interface Settings {
  host: string;
  port: number;
  listener: ListenerKind;
  limits: Partial<Limits>;
}

function print(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

function complain(text: string): void {
  Deno.stderr.writeSync(encoder.encode(`${text}\n`));
}

/** A parser of whole numbers within bounds, whose error says which. */
function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Reads arguments and environment; throws `CommanderError` once it has said what is wrong, or shown the help. */
function readSettings(args: readonly string[]): Settings {
  const port = wholeNumber(0, 65_535);
  const seconds = wholeNumber(1, DAY);
  const command = new Command("server.ts")
    .description("A relay for end-to-end encrypted rooms. It can read nothing and keeps nothing.")
    .usage("[host] [port] [options]")
    .version(config.version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show this help")
    .argument("[host]", "the same as --host")
    .argument("[port]", "the same as --port", port)
    .addOption(new Option("--host <host>", "address to listen on").env("SERVER_HOST").default("127.0.0.1"))
    .addOption(
      new Option("--port <port>", "port to listen on; 0 takes a free one").env("SERVER_PORT").default(4443)
        .argParser(port),
    )
    .addOption(
      new Option("--listener <kind>", "the server that carries the sockets").choices(
        ["deno", "node"] as const,
      )
        .default("deno" as const),
    )
    .addOption(
      new Option("--heartbeat-interval <seconds>", "how often clients ping").env("HEARTBEAT_INTERVAL")
        .default(DEFAULT_LIMITS.heartbeatIntervalMs / 1_000).argParser(seconds),
    )
    .addOption(
      new Option("--heartbeat-timeout <seconds>", "silence that ends a connection").env("HEARTBEAT_TIMEOUT")
        .default(DEFAULT_LIMITS.heartbeatTimeoutMs / 1_000).argParser(seconds),
    )
    .addOption(
      new Option("--max-messages <count>", "messages that a client may send in a window")
        .env("MAX_MESSAGES_PER_WINDOW").default(DEFAULT_LIMITS.rateCount).argParser(wholeNumber(1, 1e9)),
    )
    .addOption(
      new Option("--rate-window <seconds>", "the window").env("RATE_LIMIT_WINDOW")
        .default(DEFAULT_LIMITS.rateWindowMs / 1_000).argParser(seconds),
    )
    .addOption(
      new Option("--max-message-size <bytes>", "longest text of a message").env("MAX_MESSAGE_SIZE")
        .default(DEFAULT_LIMITS.maxMessage).argParser(wholeNumber(1, 262_144)),
    )
    .addOption(
      new Option("--max-payload-size <bytes>", "longest payload of a frame").env("MAX_PAYLOAD_SIZE")
        .default(DEFAULT_LIMITS.maxPayload).argParser(wholeNumber(65_536, 16_777_216)),
    )
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
    })
    .exitOverride();
  command.parse(args[0] === "serve" ? args.slice(1) : args, { from: "user" });
  const options = command.opts();
  if (options.heartbeatTimeout <= options.heartbeatInterval) {
    command.error("error: --heartbeat-timeout must be longer than --heartbeat-interval");
  }
  return {
    host: command.processedArgs[0] ?? options.host,
    port: command.processedArgs[1] ?? options.port,
    listener: options.listener,
    limits: {
      heartbeatIntervalMs: options.heartbeatInterval * 1_000,
      heartbeatTimeoutMs: options.heartbeatTimeout * 1_000,
      rateCount: options.maxMessages,
      rateWindowMs: options.rateWindow * 1_000,
      maxMessage: options.maxMessageSize,
      maxPayload: options.maxPayloadSize,
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** What a person reads when the relay listens. */
function greet({ hostname, port, url }: RunningRelay): void {
  const anywhere = hostname === "0.0.0.0" || hostname === "::";
  const address = `${
    anywhere ? "<this machine's address>" : hostname.includes(":") ? `[${hostname}]` : hostname
  }:${port}`;
  const relay = isLoopback(hostname) && port === 4443 ? "" : ` --relay ${address}`;
  print(`Sotto relay listening on ${url}`);
  print(`Found a room:  deno run -A client.ts create --nick alice${relay}`);
  print("Stop:          Ctrl-C");
  if (!isLoopback(hostname)) {
    complain(
      "Warning: other machines can reach this relay and it has no TLS yet. What is said stays end-to-end encrypted; " +
        "who talks when can be seen on the way.",
    );
  }
}

/** Why listening failed, as one sentence. */
function listenProblem(error: unknown, { host, port }: Settings): string {
  const code = (error as { code?: unknown } | null)?.code;
  const where = `Cannot listen on ${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (error instanceof Deno.errors.AddrInUse || code === "EADDRINUSE") {
    return `${where}: another program uses this port. Choose another with --port.`;
  }
  if (error instanceof Deno.errors.PermissionDenied || code === "EACCES") {
    return `${where}: the system does not allow it. Choose a port above 1023 with --port.`;
  }
  return `${where}: this machine has no such address. Choose another with --host.`;
}

/** Runs the relay until it is told to stop; returns the exit status. */
async function main(args: readonly string[]): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(args);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  const { host, port, listener, limits } = settings;
  let running: RunningRelay;
  try {
    running = await openRelay({ hostname: host, port, listener, limits });
  } catch (error) {
    complain(listenProblem(error, settings));
    return 1;
  }
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, resolve);
  });
  greet(running);
  await stopped;
  await running.close();
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
