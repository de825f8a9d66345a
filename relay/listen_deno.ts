/** The default listener: Deno's own server. @module */
import { SUBPROTOCOL } from "../wire/mod.ts";
import type { Guest } from "./access.ts";
import { type HttpAnswer, problem } from "./http_answers.ts";
import type { HttpHead } from "./http_door.ts";
import { type HttpService, httpService } from "./http_service.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import type { Relay } from "./relay.ts";
import type { RelaySocket } from "./socket.ts";

/** How long closing waits for connections whose other end is slow to hang up, in milliseconds. */
const GRACE_MS = 1_000;
/** Longest head of a request, in bytes; the node listener has the same. */
const MAX_HEAD = 16_384;

/**
 * Listens with `Deno.serve`. It can neither time out half-sent headers nor hang up on a client that holds on to its
 * connection after a refusal, or does not answer a close; WebSockets of the last kind count against the limits of their
 * address until they are gone. Throws the system's error when the port cannot be had.
 */
export function listenDeno(
  relay: Relay,
  { hostname, port }: ListenOptions,
  http: HttpService = httpService(relay),
): Listener {
  const abort = new AbortController();
  const open = new Set<Promise<void>>();
  const server = Deno.serve({
    hostname,
    port,
    signal: abort.signal,
    onListen: () => {},
    onError: () => respond(problem(500, "internal", { message: "Something went wrong." })),
  }, (request, info) => {
    if (headSize(request) > MAX_HEAD) {
      const message = `The head of the request is longer than ${MAX_HEAD} bytes.`;
      return respond(problem(431, "head_too_large", { message, headers: { connection: "close" } }));
    }
    const meeting = http.door.meet(headOf(request, info.remoteAddr.hostname));
    if ("refused" in meeting) return respond(meeting.refused);
    if ("ask" in meeting) return http.ask(request, meeting.guest, meeting.ask);
    let upgraded: Deno.WebSocketUpgrade;
    try {
      upgraded = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
    } catch {
      return respond(problem(400, "bad_request", { message: "The WebSocket handshake is malformed." }));
    }
    const { socket, response } = upgraded;
    new DenoSocket(socket, relay, meeting.guest);
    const closed = new Promise<void>((resolve) => {
      socket.addEventListener("close", () => resolve(), { once: true });
    }).then(() => void open.delete(closed));
    open.add(closed);
    return response;
  });
  return {
    port: server.addr.port,
    async close() {
      abort.abort();
      await server.finished;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const grace = new Promise<void>((resolve) => timer = setTimeout(resolve, GRACE_MS));
      await Promise.race([Promise.all(open), grace]);
      clearTimeout(timer);
    },
  };
}

/** The URL is what came, behind the `Host` header; where it is not, the request named another machine. */
function headOf(request: Request, ip: string): HttpHead {
  const { method, url, headers } = request;
  const prefix = `http://${headers.get("host") ?? ""}`;
  return {
    method,
    target: url.startsWith(prefix) ? url.slice(prefix.length) : "",
    headers,
    peer: { ip, tls: false },
  };
}

function headSize({ url, headers }: Request): number {
  let size = url.length;
  for (const [name, value] of headers) size += name.length + value.length + 4;
  return size;
}

function respond({ status, body, headers }: HttpAnswer): Response {
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
