/** The other listener: `ws` on `node:http`, which times out half-sent headers. @module */
import { createServer, type IncomingMessage, type Server, type ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Buffer } from "node:buffer";
import { WebSocketServer } from "ws";
import { maxBatchBytes, SUBPROTOCOL } from "../wire/mod.ts";
import { answerQuestion, type HttpAnswer } from "./http_api.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import type { Relay } from "./relay.ts";
import type { RelaySocket } from "./socket.ts";

/** The part of `ws` that is used here; the package brings no types. */
interface WsSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  send(data: Uint8Array, options: { binary: boolean }, done: () => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", listener: (data: Uint8Array, isBinary: boolean) => void): void;
  on(event: "close" | "error", listener: (problem: unknown) => void): void;
}

interface WsServer {
  handleUpgrade(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    done: (socket: WsSocket) => void,
  ): void;
  close(): void;
}

const OPEN = 1;
/** How long the other end has to answer a close. */
const HANG_UP_MS = 2_000;

/** How a server is made: `createServer` of `node:http`, or of `node:https` with a certificate. */
export type ServerMaker = (options: ServerOptions) => Server;

/** Listens with `ws` on `node:http`, or on what `make` brings. Rejects with the system's error when the port cannot be had. */
export async function listenNode(
  relay: Relay,
  { hostname, port, make = createServer }: ListenOptions & { make?: ServerMaker },
): Promise<Listener> {
  const { helloTimeoutMs } = relay.limits;
  const server: Server = make({
    headersTimeout: helloTimeoutMs,
    requestTimeout: helloTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, helloTimeoutMs / 4),
    maxHeaderSize: 16_384,
  });
  const sockets: WsServer = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: maxBatchBytes(relay.limits.maxPayload),
    handleProtocols: () => SUBPROTOCOL,
  });
  const open = new Set<NodeSocket>();
  server.on("request", (request, response) => {
    const answer = answer404(request, relay);
    response.writeHead(answer.status, answer.headers).end(request.method === "HEAD" ? "" : answer.body);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", destroy);
    const answer = ask(request, relay);
    if (answer !== undefined) return refuse(socket, answer);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      relay.accept(new NodeSocket(ws, open), { ip: socket.remoteAddress ?? "" });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      server.on("error", ignore); // a connection that could not be accepted ends nothing else
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

function ask(request: IncomingMessage, relay: Relay): HttpAnswer | undefined {
  return answerQuestion({
    method: request.method ?? "",
    path: request.url ?? "",
    upgrade: header(request, "upgrade"),
    protocols: header(request, "sec-websocket-protocol"),
  }, relay);
}

function answer404(request: IncomingMessage, relay: Relay): HttpAnswer {
  return ask(request, relay) ?? { status: 404, body: "Nothing is here.\n", headers: {} };
}

function refuse(socket: Socket, { status, body, headers }: HttpAnswer): void {
  const lines = Object.entries({ ...headers, connection: "close", "content-length": String(body.length) })
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines}\r\n${body}`);
}

/** A socket of `ws` as the relay wants it; it keeps what it is given until that is sent. */
class NodeSocket implements RelaySocket {
  readonly retains = true;
  onMessage: ((bytes: Uint8Array | undefined) => void) | undefined;
  onClose: (() => void) | undefined;
  readonly #socket: WsSocket;
  #hangUp: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WsSocket, open: Set<NodeSocket>) {
    this.#socket = socket;
    open.add(this);
    socket.on("message", (data, isBinary) => this.onMessage?.(isBinary ? data : undefined));
    socket.on("error", ignore); // "close" follows
    socket.on("close", () => {
      clearTimeout(this.#hangUp);
      open.delete(this);
      this.onClose?.();
    });
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(bytes, { binary: true }, ignore);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#hangUp = setTimeout(() => this.#socket.terminate(), HANG_UP_MS);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

function ignore(): void {}

function destroy(this: Socket): void {
  this.destroy();
}
