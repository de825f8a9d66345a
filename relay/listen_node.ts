/** The other listener: `ws` on `node:http`, which times out half-sent headers. @module */
import { createServer, type IncomingMessage, type Server, type ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Buffer } from "node:buffer";
import { WebSocketServer } from "ws";
import { maxBatchBytes, SUBPROTOCOL } from "../wire/mod.ts";
import { type HttpAnswer, problem } from "./http_answers.ts";
import { busyAnswer, type Meeting } from "./http_door.ts";
import { type HttpService, httpService } from "./http_service.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import { headOf, isFile, readAnswer, send, sendFile, sendRaw, sendRawFile, toRequest } from "./node_http.ts";
import { PeerCounts } from "./peer_counts.ts";
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
  http: HttpService = httpService(relay),
): Promise<Listener> {
  const { helloTimeoutMs, maxConnections, maxConnectionsPerIp } = relay.limits;
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
  const peers = new PeerCounts({ most: 1.25 * maxConnections, mostPerAddress: maxConnectionsPerIp });
  /** Other ends of sockets beyond the limits, by address and port, which TLS does not change: the relay is full for them. */
  const beyond = new Set<string>();
  const tls = make !== createServer;
  const handshakes = new Map<string, { socket: Socket; timer: ReturnType<typeof setTimeout> }>();
  const shaken = (end: string): void => {
    clearTimeout(handshakes.get(end)?.timer);
    handshakes.delete(end);
  };
  server.on("secureConnection", (socket: Socket) => shaken(otherEnd(socket)));
  server.on("connection", (socket: Socket) => {
    const ip = socket.remoteAddress ?? "";
    const verdict = peers.enter(ip, http.door.trusts(ip));
    const end = otherEnd(socket);
    // With TLS, the times of HTTP begin only after the handshake.
    if (tls) handshakes.set(end, { socket, timer: setTimeout(() => socket.destroy(), helloTimeoutMs) });
    socket.once("close", () => {
      peers.leave(ip);
      beyond.delete(end);
      shaken(end);
    });
    if (verdict === "flood") socket.destroy();
    else if (verdict === "busy") beyond.add(end);
  });
  const meet = (request: IncomingMessage): Meeting => {
    const meeting = http.door.meet(headOf(request));
    if (!beyond.has(otherEnd(request.socket))) return meeting;
    const { headers, ...busy } = busyAnswer();
    return { ...meeting, refused: { ...busy, headers: { ...headers, connection: "close" } } };
  };
  server.on("request", (request, response) => {
    const meeting = meet(request);
    if ("refused" in meeting) return send(request, response, meeting.refused);
    // Without an "upgrade" event there is no WebSocket, whatever the headers say.
    if (!("ask" in meeting)) return send(request, response, malformed());
    const sent = answer(http, request, meeting).then((found) =>
      found instanceof Response ? sendFile(request, response, found) : send(request, response, found)
    );
    sent.catch(() => request.destroy());
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", destroy);
    const meeting = meet(request);
    if ("refused" in meeting) return sendRaw(socket, meeting.refused, request.method);
    if ("ask" in meeting) { // somebody offers another protocol: it is not taken up
      if (request.method === "POST") return sendRaw(socket, malformed());
      const sent = answer(http, request, meeting).then((found) =>
        found instanceof Response ? sendRawFile(socket, found) : sendRaw(socket, found, request.method)
      );
      return void sent.catch(() => socket.destroy());
    }
    sockets.handleUpgrade(
      request,
      socket,
      head,
      (ws) => relay.accept(new NodeSocket(ws, open), meeting.guest),
    );
  });
  server.on("clientError", (error: { code?: string }, socket: Socket) => {
    if (socket.destroyed || !socket.writable) return;
    sendRaw(socket, clientProblem(error.code));
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
      for (const { socket } of handshakes.values()) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  { ask }: HttpService,
  request: IncomingMessage,
  meeting: Extract<Meeting, { ask: string }>,
): Promise<HttpAnswer | Response> {
  const response = await ask(toRequest(request), meeting.guest, meeting.ask);
  return isFile(response) ? response : await readAnswer(response);
}

function malformed(): HttpAnswer {
  return problem(400, "bad_request", { message: "The request is malformed." });
}

/** What is said to bytes that are no request. */
function clientProblem(code: string | undefined): HttpAnswer {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return problem(408, "too_slow", { message: "The request did not come in time." });
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return problem(431, "head_too_large", { message: "The head of the request is too long." });
  }
  return malformed();
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

function otherEnd({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function ignore(): void {}

function destroy(this: Socket): void {
  this.destroy();
}
