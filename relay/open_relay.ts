/** Opens a relay on a port. @module */
import { type Limits, WS_PATH } from "../wire/mod.ts";
import { listenDeno } from "./listen_deno.ts";
import { Relay } from "./relay.ts";

/** Which server carries the sockets. */
export type ListenerKind = "deno" | "node";

/** Settings of {@linkcode openRelay}. */
export interface OpenRelayOptions {
  /** Where to listen. @default "127.0.0.1" */
  hostname?: string;
  /** Which port; 0 takes a free one. @default 4443 */
  port?: number;
  /** Deno's own server, or `ws` on `node:http`. @default "deno" */
  listener?: ListenerKind;
  /** Limits that differ from `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Closes the relay when aborted. */
  signal?: AbortSignal;
}

/** A relay that listens. */
export interface RunningRelay {
  /** The URL that clients connect to. */
  readonly url: string;
  /** The address it listens on. */
  readonly hostname: string;
  /** The port it has. */
  readonly port: number;
  /** The relay itself, for its figures. */
  readonly relay: Relay;
  /** Says goodbye to everybody and stops listening. */
  close(): Promise<void>;
}

/**
 * Opens a relay.
 *
 * @param options Where and how; all of it has defaults.
 * @returns The relay, once it listens.
 * @throws {Deno.errors.AddrInUse} When another program uses the port.
 *
 * @example A relay on any free port
 * ```ts
 * import { openRelay } from "@sotto/sotto/relay";
 *
 * const relay = await openRelay({ port: 0 });
 * relay.url; // "ws://127.0.0.1:34567/ws"
 * await relay.close();
 * ```
 */
export async function openRelay(options: OpenRelayOptions = {}): Promise<RunningRelay> {
  const { hostname = "127.0.0.1", port = 4443, listener = "deno", limits = {}, signal } = options;
  signal?.throwIfAborted();
  const relay = new Relay({ limits });
  const where = { hostname, port };
  // `ws` is loaded only where it is used: it reads the environment and costs start-up time.
  const listening = listener === "node"
    ? await (await import("./listen_node.ts")).listenNode(relay, where)
    : listenDeno(relay, where);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closed ??= (async () => {
      signal?.removeEventListener("abort", close);
      await relay.close();
      await listening.close();
    })();
  signal?.addEventListener("abort", close, { once: true });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { url: `ws://${host}:${listening.port}${WS_PATH}`, hostname, port: listening.port, relay, close };
}
