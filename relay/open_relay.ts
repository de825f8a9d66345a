/** Opens a relay on a port. @module */
import { type Limits, WS_PATH } from "../wire/mod.ts";
import type { Access } from "./access.ts";
import type { Audit } from "./audit.ts";
import { ownThreadClock, systemClock } from "./clock.ts";
import { type HttpOptions, type HttpService, httpService } from "./http_service.ts";
import { listenDeno } from "./listen_deno.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import { listenMetrics } from "./metrics_listener.ts";
import { Relay } from "./relay.ts";
import type { TlsSource } from "./tls.ts";

/** Which server carries the sockets. */
export type ListenerKind = "deno" | "node";

/** Settings of {@linkcode openRelay}. */
export interface OpenRelayOptions extends Omit<HttpOptions, "metrics" | "draining" | "now"> {
  /** Where to listen. @default "127.0.0.1" */
  hostname?: string;
  /** Which port; 0 takes a free one. @default 4443 */
  port?: number;
  /** Deno's own server, or `ws` on `node:http`, which TLS always takes. @default "deno" */
  listener?: ListenerKind;
  /** Limits that differ from `DEFAULT_LIMITS`. */
  limits?: Partial<Limits>;
  /** Who may come in. @default everybody */
  access?: Access;
  /** Whether rooms may be listed for everybody. @default true */
  publicRooms?: boolean;
  /** Where the operator may read who came and what was decided. @default nowhere */
  audit?: Audit;
  /** Certificates; with them, TLS 1.3 only. It is closed with the relay. @default no TLS */
  tls?: TlsSource;
  /** Prometheus text of the relay. @default none */
  metrics?: (relay: Relay) => string | Promise<string>;
  /** Where `/metrics` is answered, and then only there. @default beside the WebSocket */
  metricsListen?: ListenOptions;
  /** Closes the relay when aborted. */
  signal?: AbortSignal;
  /**
   * Whether this thread does nothing but this relay. Then, while it is very busy, the relay stops the thread for 4 ms at
   * a time, so that what comes meanwhile is read together, which costs less.
   * @default false
   */
  ownThread?: boolean;
}

/** A relay that listens. */
export interface RunningRelay {
  /** The URL that clients connect to. */
  readonly url: string;
  /** The address it listens on. */
  readonly hostname: string;
  /** The port it has. */
  readonly port: number;
  /** The port of `metricsListen`. */
  readonly metricsPort?: number;
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
 * @throws {RangeError} When an origin or a range of addresses cannot be read.
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
  const { hostname = "127.0.0.1", port = 4443, signal, metricsListen } = options;
  signal?.throwIfAborted();
  const { limits = {}, access, publicRooms, audit, ownThread = false } = options;
  const relay = new Relay({
    limits,
    clock: ownThread ? ownThreadClock : systemClock,
    ...(access === undefined ? {} : { access }),
    ...(publicRooms === undefined ? {} : { publicRooms }),
    ...(audit === undefined ? {} : { audit }),
  });
  const metrics = options.metrics && (async () => await options.metrics?.(relay) ?? "");
  const { metrics: _, ...asked } = options;
  const http = httpService(relay, {
    ...asked,
    ...(metrics === undefined || metricsListen !== undefined ? {} : { metrics }),
    blocked: (ip) => relay.bans.blocked(ip) || options.blocked?.(ip) === true,
    draining: () => relay.control.draining,
  });
  const listening = await listen(relay, { hostname, port }, { http, options });
  let aside: Listener | undefined;
  try {
    if (metrics && metricsListen) aside = listenMetrics(metrics, metricsListen);
  } catch (error) {
    await listening.close();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closed ??= (async () => {
      signal?.removeEventListener("abort", close);
      await relay.close();
      await Promise.all([listening.close(), aside?.close()]);
      options.tls?.close();
    })();
  signal?.addEventListener("abort", close, { once: true });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const url = `${options.tls === undefined ? "ws" : "wss"}://${host}:${listening.port}${WS_PATH}`;
  const metricsPort = aside === undefined ? {} : { metricsPort: aside.port };
  return { url, hostname, port: listening.port, ...metricsPort, relay, close };
}

/** `ws` and TLS are loaded only where they are used: they read the environment and cost start-up time. */
async function listen(
  relay: Relay,
  where: ListenOptions,
  { http, options: { listener = "deno", tls } }: { http: HttpService; options: OpenRelayOptions },
): Promise<Listener> {
  if (listener === "deno" && tls === undefined) return listenDeno(relay, where, http);
  const make = tls === undefined ? {} : { make: (await import("./tls.ts")).httpsMaker(tls) };
  return await (await import("./listen_node.ts")).listenNode(relay, { ...where, ...make }, http);
}
