/** A relay as a handler for `Deno.serve`. @module */
import { SUBPROTOCOL } from "../wire/mod.ts";
import type { Guest } from "./access.ts";
import type { Peer } from "./client_address.ts";
import { type HttpAnswer, problem } from "./http_answers.ts";
import type { HttpHead } from "./http_door.ts";
import { type HttpOptions, type HttpService, httpService } from "./http_service.ts";
import type { Relay } from "./relay.ts";
import type { RelaySocket } from "./socket.ts";

/** How long closing waits for connections whose other end is slow to hang up, in milliseconds. */
const GRACE_MS = 1_000;
/** Longest head of a request, in bytes; the node listener has the same. */
const MAX_HEAD = 16_384;

/** Settings of {@linkcode relayHandler}. */
export interface RelayHandlerOptions extends HttpOptions {
  /** Whether the server that it is given to has TLS. @default false */
  tls?: boolean;
}

/** Answers requests with a relay. */
export interface RelayHandler {
  /** Answers one request; those for `/ws` become connections. */
  handle(request: Request, info: { readonly remoteAddr: Deno.Addr }): Response | Promise<Response>;
  /** Waits until the connections that it opened are gone, a second at most; for after `Relay.close`. */
  settled(): Promise<void>;
}

/**
 * Makes a handler for a server of one's own, which gives it the requests for the relay: those for `/ws`, and, if it
 * likes, those for `/health` and the other paths of a relay.
 *
 * @param relay The relay.
 * @param options Who may come near, and what is served beside the rooms.
 * @throws {RangeError} When an origin or a range of addresses cannot be read.
 *
 * @example A relay beside pages of one's own
 * ```ts ignore
 * const relay = new Relay();
 * const handler = relayHandler(relay);
 * const server = Deno.serve((request, info) =>
 *   new URL(request.url).pathname === "/ws" ? handler.handle(request, info) : new Response("my page")
 * );
 * // in the end
 * await relay.close();
 * await handler.settled();
 * await server.shutdown();
 * ```
 */
export function relayHandler(relay: Relay, options: RelayHandlerOptions = {}): RelayHandler {
  return denoHandler(
    relay,
    httpService(relay, {
      ...options,
      blocked: (ip) => relay.bans.blocked(ip) || options.blocked?.(ip) === true,
      draining: () => relay.control.draining || options.draining?.() === true,
    }),
    options.tls,
  );
}

/** Makes a handler of a relay and its HTTP, for a server with TLS or without. */
export function denoHandler(relay: Relay, http: HttpService, tls = false): RelayHandler {
  const open = new Set<Promise<void>>();
  const upgrade = (request: Request, guest: Guest): Response => {
    let upgraded: Deno.WebSocketUpgrade;
    try {
      upgraded = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
    } catch {
      return respond(problem(400, "bad_request", { message: "The WebSocket handshake is malformed." }));
    }
    const { socket, response } = upgraded;
    new DenoSocket(socket, relay, guest);
    const closed = new Promise<void>((resolve) => {
      socket.addEventListener("close", () => resolve(), { once: true });
    }).then(() => void open.delete(closed));
    open.add(closed);
    return response;
  };
  return {
    handle(request, { remoteAddr }) {
      if (headSize(request) > MAX_HEAD) {
        const message = `The head of the request is longer than ${MAX_HEAD} bytes.`;
        return respond(problem(431, "head_too_large", { message, headers: { connection: "close" } }));
      }
      // Whoever comes by a Unix socket is on this machine.
      const ip = "hostname" in remoteAddr ? remoteAddr.hostname : "127.0.0.1";
      const meeting = http.door.meet(headOf(request, { ip, tls }));
      if ("refused" in meeting) return respond(meeting.refused);
      if ("ask" in meeting) return http.ask(request, meeting.guest, meeting.ask);
      return upgrade(request, meeting.guest);
    },
    async settled() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const grace = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE_MS));
      await Promise.race([Promise.all(open), grace]);
      clearTimeout(timer);
    },
  };
}

/** The URL is what came, behind the `Host` header; where it is not, the request named another machine. */
function headOf(request: Request, { ip, tls }: Peer): HttpHead {
  const { method, url, headers } = request;
  const prefix = `${tls ? "https" : "http"}://${headers.get("host") ?? ""}`;
  return {
    method,
    target: url.startsWith(prefix) ? url.slice(prefix.length) : "",
    headers,
    peer: { ip, tls },
  };
}

function headSize({ url, headers }: Request): number {
  let size = url.length;
  for (const [name, value] of headers) size += name.length + value.length + 4;
  return size;
}

/** An answer as `Deno.serve` takes it. */
export function respond({ status, body, headers }: HttpAnswer): Response {
  return new Response(status === 204 ? null : body, { status, headers });
}

/** Deno's WebSocket as the relay wants it; it copies what it is given to send at once. */
class DenoSocket implements RelaySocket, EventListenerObject {
  readonly retains = false;
  onMessage: ((bytes: Uint8Array | undefined) => void) | undefined;
  onClose: (() => void) | undefined;
  readonly #socket: WebSocket;
  readonly #relay: Relay;
  readonly #guest: Guest;

  constructor(socket: WebSocket, relay: Relay, guest: Guest) {
    this.#socket = socket;
    this.#relay = relay;
    this.#guest = guest;
    socket.binaryType = "arraybuffer";
    // An "error" is always followed by "close", so that nobody need listen for it.
    socket.addEventListener("open", this, { once: true });
    socket.addEventListener("message", this);
    socket.addEventListener("close", this, { once: true });
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case "message": {
        const { data } = event as MessageEvent;
        this.onMessage?.(data instanceof ArrayBuffer ? new Uint8Array(data) : undefined);
        break;
      }
      case "open":
        this.#relay.accept(this, this.#guest);
        break;
      case "close":
        this.onClose?.();
        break;
    }
  }
}
