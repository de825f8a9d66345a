/** The default listener: Deno's own server. @module */
import { SUBPROTOCOL } from "../wire/mod.ts";
import { answerQuestion } from "./http_api.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import type { Relay } from "./relay.ts";
import type { RelaySocket } from "./socket.ts";

/** How long closing waits for connections whose other end is slow to hang up, in milliseconds. */
const GRACE_MS = 1_000;

/**
 * Listens with `Deno.serve`. It can neither time out half-sent headers nor end a connection whose other end does not
 * answer a close; such connections count against the limits of their address until they are gone. Throws the
 * system's error when the port cannot be had.
 */
export function listenDeno(relay: Relay, { hostname, port }: ListenOptions): Listener {
  const abort = new AbortController();
  const open = new Set<Promise<void>>();
  const server = Deno.serve({
    hostname,
    port,
    signal: abort.signal,
    onListen: () => {},
    onError: () => new Response("Something went wrong.\n", { status: 500 }),
  }, (request, info) => {
    const answer = answerQuestion({
      method: request.method,
      path: new URL(request.url).pathname,
      upgrade: request.headers.get("upgrade") ?? undefined,
      protocols: request.headers.get("sec-websocket-protocol") ?? undefined,
    }, relay);
    if (answer !== undefined) return new Response(answer.body, answer);
    const ip = info.remoteAddr.hostname; // not to be had once the request has been upgraded
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
    new DenoSocket(socket, relay, ip);
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

/** Deno's WebSocket as the relay wants it; it copies what it is given to send at once. */
class DenoSocket implements RelaySocket, EventListenerObject {
  readonly retains = false;
  onMessage: ((bytes: Uint8Array | undefined) => void) | undefined;
  onClose: (() => void) | undefined;
  readonly #socket: WebSocket;
  readonly #relay: Relay;
  readonly #ip: string;

  constructor(socket: WebSocket, relay: Relay, ip: string) {
    this.#socket = socket;
    this.#relay = relay;
    this.#ip = ip;
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
        this.#relay.accept(this, { ip: this.#ip });
        break;
      case "close":
        this.onClose?.();
        break;
    }
  }
}
