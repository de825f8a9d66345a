/**
 * A relay that cannot be trusted: passes everything on to an honest one, and meddles where it is told to.
 *
 * It has what every relay has, the frames of `wire/`, and nothing else: no code, no key.
 *
 * @module
 */
import {
  type ClientFrame,
  decodeClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  encodeRelayFrame,
  maxBatchBytes,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
  WS_PATH,
} from "../wire/mod.ts";

/** What passes in one direction; give back what is to go on, in order. */
export interface Meddler {
  /** From a client to the relay. */
  toRelay?: (frame: ClientFrame, way: Way) => ClientFrame[];
  /** From the relay to a client. */
  toClient?: (frame: RelayFrame, way: Way) => RelayFrame[];
}

const BOUNDS = { maxBytes: maxBatchBytes(16 * 1_048_576), maxFrames: 65_536 };
const PING_TYPE = 0x07;

/** One client's connection through this relay. */
export class Way {
  /** Position among all connections, from 0. */
  readonly index: number;
  /** Everything the client was sent, as frames of the relay. */
  readonly delivered: RelayFrame[] = [];
  /** The client's number at the relay, once it has joined. */
  peerId = 0;
  readonly #client: WebSocket;

  /** Made by {@linkcode MeddlingRelay}. */
  constructor(index: number, client: WebSocket) {
    this.index = index;
    this.#client = client;
  }

  /** Sends frames to the client, as if the relay had something new. */
  inject(...frames: RelayFrame[]): void {
    if (this.#client.readyState !== WebSocket.OPEN) return;
    this.delivered.push(...frames);
    for (const frame of frames) if (frame.type === "joined") this.peerId = frame.peerId;
    this.#client.send(packBatch(frames.map(encodeRelayFrame)));
  }
}

/** Stands between clients and an honest relay. */
export class MeddlingRelay {
  /** All connections so far, in the order in which they came. */
  readonly ways: Way[] = [];
  /** All bytes that passed, both ways: what a relay that records has. */
  readonly record: Uint8Array[] = [];
  /** What it does at the moment; honest when empty. */
  meddler: Meddler = {};
  readonly #upstream: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sockets = new Set<WebSocket>();

  /** Listens on any free port and passes on to the relay at `upstream`. */
  constructor(upstream: string) {
    this.#upstream = upstream;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      if (request.headers.get("upgrade") !== "websocket") return new Response("a relay", { status: 404 });
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
      this.#connect(socket);
      return response;
    });
  }

  /** Where clients connect. */
  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}${WS_PATH}`;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const open = [...this.#sockets].map((socket) =>
      new Promise<void>((resolve) => {
        socket.addEventListener("close", () => resolve(), { once: true });
        socket.close();
      })
    );
    await Promise.race([Promise.all(open), this.#server.shutdown()]);
    await this.#server.shutdown();
  }

  #connect(client: WebSocket): void {
    const relay = new WebSocket(this.#upstream, SUBPROTOCOL);
    const way = new Way(this.ways.length, client);
    this.ways.push(way);
    const early: ArrayBuffer[] = [];
    for (const socket of [client, relay]) {
      socket.binaryType = "arraybuffer";
      this.#sockets.add(socket);
      socket.onerror = () => {};
    }
    client.onmessage = ({ data }) => {
      if (relay.readyState === WebSocket.OPEN) this.#toRelay(relay, data, way);
      else early.push(data);
    };
    relay.onopen = () => early.splice(0).forEach((data) => this.#toRelay(relay, data, way));
    relay.onmessage = ({ data }) => this.#toClient(data, way);
    client.onclose = () => this.#gone(client, relay);
    relay.onclose = () => this.#gone(relay, client);
  }

  #gone(socket: WebSocket, other: WebSocket): void {
    this.#sockets.delete(socket);
    if (other.readyState === WebSocket.OPEN || other.readyState === WebSocket.CONNECTING) other.close();
  }

  #toRelay(relay: WebSocket, data: ArrayBuffer, way: Way): void {
    const bytes = new Uint8Array(data);
    this.record.push(bytes);
    const frames = unpackBatch(bytes, BOUNDS).map(decodeClientFrame);
    const passed = frames.flatMap((frame) => this.meddler.toRelay?.(frame, way) ?? [frame]);
    // An empty batch is not allowed, and a relay that swallows everything would be cut off as silent.
    if (passed.length > 0) relay.send(packBatch(passed.map(encodeClientFrame)));
    else relay.send(packBatch([Uint8Array.of(PING_TYPE, 0, 0, 0, 0)]));
  }

  #toClient(data: ArrayBuffer, way: Way): void {
    const bytes = new Uint8Array(data);
    this.record.push(bytes);
    const frames = unpackBatch(bytes, BOUNDS).map(decodeRelayFrame);
    const passed = frames.flatMap((frame) => this.meddler.toClient?.(frame, way) ?? [frame]);
    if (passed.length > 0) way.inject(...passed);
  }
}
