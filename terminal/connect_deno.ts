/** Opens connections to a relay, without TLS by Deno's own WebSocket, and says in plain words why one could not be opened. @module */
import { ClientError } from "../client/errors.ts";
import type { Connect, Socket } from "../client/options.ts";
import type { TlsConnector, Trust } from "./connect_tls.ts";
import { explainFailure } from "./connect_failure.ts";
import { relayPlace } from "./relay_url.ts";
import { UnknownCertificate } from "./unknown_certificate.ts";

/** Options of {@linkcode denoConnect}. */
export interface ConnectOptions extends Trust {
  /** Longest time until a connection is open or refused. @default 10_000 */
  timeoutMs?: number;
  /** The pin that the user has typed: when a session brings the same, no invite is to be blamed. @default `pin` */
  typedPin?: Uint8Array | undefined;
  /** Whether a pin is what a relay itself has shown before; it only changes what is said. @default none is */
  isSeen?: ((pin: Uint8Array) => boolean) | undefined;
}

/** The WebSocket subprotocol, which names the wire version. */
const SUBPROTOCOL = "sotto.v1";
/** Part of the deadline that is kept for finding out why a connection failed. */
const SHARE_FOR_PROBES = 0.2;

/**
 * Makes a `Connect` for sessions under Deno.
 *
 * @param options.timeoutMs Longest time until a connection is open or refused. @default 10_000
 * @param options.caCerts Issuers to trust in place of the usual ones, PEM.
 * @param options.typedPin The pin that the user has typed; it only changes what is said. @default `options.pin`
 * @param options.isSeen Whether a pin is what a relay itself has shown before; it only changes what is said.
 * @param options.pin SHA-256 of the one certificate that is accepted; an address without TLS is then refused.
 * @returns A function that rejects with a `ClientError` of status 3 (`banned`: 1) whose message names the address: `unreachable`,
 * `not_a_relay`, `version`, `relay_busy`, `banned`, `no_tls`, `needs_tls`, `old_tls`, `bad_certificate` or `other_certificate`.
 */
export function denoConnect(options: ConnectOptions = {}): Connect {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const probeMs = timeoutMs * SHARE_FOR_PROBES;
  const connectors = new Map<string, TlsConnector>();
  return async (url, { signal, certHash }) => {
    const pin = certHash ?? options.pin;
    signal.throwIfAborted();
    if (url.startsWith("wss:")) {
      // Loaded only with TLS: `ws` takes time to load.
      const { TlsConnector } = await import("./connect_tls.ts");
      const key = pin?.toHex() ?? "";
      const connector = connectors.get(key) ?? new TlsConnector({ caCerts: options.caCerts, pin });
      connectors.set(key, connector);
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs - probeMs)]);
      const opened = await connector.open(url, SUBPROTOCOL, late);
      if (!("reason" in opened)) return opened;
      const look = connector.look.bind(connector, url);
      const isTyped = key === (options.typedPin ?? options.pin)?.toHex();
      const pinnedBy = isTyped ? "--pin" : pin !== undefined && options.isSeen?.(pin) ? "seen" : "invite";
      const failure = await explainFailure(url, { ...opened, pinnedBy, signal, timeoutMs: probeMs, look });
      throw opened.seen === undefined ? failure : new UnknownCertificate(failure, opened.seen);
    }
    if (pin !== undefined) throw withoutTls(url);
    const opened = await open(url, { signal, timeoutMs: timeoutMs - probeMs });
    if (opened instanceof WebSocket) return new WebSocketSocket(opened);
    throw await explainFailure(url, { reason: opened.reason, signal, timeoutMs: probeMs });
  };
}

function withoutTls(url: string): ClientError {
  return new ClientError(
    "no_tls",
    `Cannot reach the relay at ${
      relayPlace(url)
    }: a certificate is expected there, but its address is without TLS; ` +
      "write wss:// in place of ws://",
    { status: 3 },
  );
}

/** Opens a WebSocket, or tells what the platform said when it failed. */
async function open(
  url: string,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<WebSocket | { reason: string }> {
  const socket = new WebSocket(url, [SUBPROTOCOL]);
  socket.binaryType = "arraybuffer";
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket | { reason: string }>();
  const timer = setTimeout(() => resolve({ reason: "timed out" }), timeoutMs);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  socket.onopen = () => resolve(socket);
  socket.onerror = (event) => resolve({ reason: event instanceof ErrorEvent ? event.message : "" });
  socket.onclose = () => resolve({ reason: "closed" });
  try {
    const outcome = await promise;
    if (outcome !== socket) discard(socket);
    else if (socket.protocol !== SUBPROTOCOL) {
      discard(socket);
      throw new ClientError(
        "not_a_relay",
        `Cannot join: what listens at ${relayPlace(url)} is no Sotto relay`,
        {
          status: 3,
        },
      );
    }
    return outcome;
  } catch (error) {
    discard(socket);
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Gets rid of a socket, in whatever state it is, without letting it report anything more. */
function discard(socket: WebSocket): void {
  socket.onopen = () => socket.close();
  socket.onerror = (event) => event.preventDefault();
  socket.onclose = null;
  socket.close();
}

/** A WebSocket as sessions use it. */
class WebSocketSocket implements Socket {
  onMessage: (bytes: Uint8Array) => void = () => {};
  onClose: (info: { code: number; reason: string }) => void = () => {};
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (event.data instanceof ArrayBuffer) this.onMessage(new Uint8Array(event.data));
    };
    socket.onerror = (event) => event.preventDefault(); // `onclose` follows
    socket.onclose = (event) => this.onClose({ code: event.code, reason: event.reason });
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  close(): void {
    this.#socket.close();
  }
}
