/** A WebSocket client that costs next to nothing, so that the load does not weigh more than the relay. @module */
import { SUBPROTOCOL } from "../wire/mod.ts";
import { LinuxSocket } from "./linux_socket.ts";
import { pause } from "./report.ts";

/** Longest header of a message from a server. */
const MAX_HEADER = 10;
const READ_BYTES = 262_144;

/** What a {@linkcode RawSocket} connects to. */
export interface RawTarget {
  port: number;
  /** Path and query. @default "/ws" */
  path?: string;
  /** TLS without a look at the certificate. @default false */
  tls?: boolean;
  /** By calls of Linux, to be driven by {@linkcode RawSocket.handOver} once it is open. @default false */
  bare?: boolean;
}

/** What a {@linkcode RawSocket} needs of a connection. */
interface Connection {
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  close(): void;
}

/** A connection by calls of Linux that waits by asking again, for as long as little happens. */
class AskingConnection implements Connection {
  readonly socket: LinuxSocket;
  /** Nothing is read any more. */
  over = false;

  constructor(socket: LinuxSocket) {
    this.socket = socket;
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (!this.over) {
      const count = this.socket.read(buffer);
      if (count >= 0) return count || null;
      await pause(1);
    }
    return null;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    await Promise.resolve();
    return this.socket.write(bytes);
  }

  close(): void {
    this.socket.close();
  }
}

/** A connection that hands out whole messages, or only counts them. */
export class RawSocket {
  /** Called with the length of each message as soon as its header is there. */
  onHeader: ((length: number) => void) | undefined;
  /** Called with each whole message. Without it no payload is looked at. */
  onMessage: ((message: Uint8Array) => void) | undefined;
  /** Called after everything that came at once has been read. */
  onRead: (() => void) | undefined;
  readonly #connection: Connection;
  readonly #head = new Uint8Array(MAX_HEADER);
  #headLength = 0;
  #left = 0;
  #message: Uint8Array = new Uint8Array(0);
  #closed = false;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Connects and upgrades. */
  static async open({ port, path = "/ws", tls = false, bare = false }: RawTarget): Promise<RawSocket> {
    const connection = bare ? new AskingConnection(new LinuxSocket(port)) : await connect(port, tls);
    const socket = new RawSocket(connection);
    await socket.write(new TextEncoder().encode(
      `GET ${path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
    ));
    const byte = new Uint8Array(1);
    let answer = "";
    while (!answer.endsWith("\r\n\r\n")) {
      if (await connection.read(byte) === null) throw new Error("the connection was closed");
      answer += String.fromCharCode(byte[0] ?? 0);
    }
    if (!answer.startsWith("HTTP/1.1 101")) throw new Error(`no WebSocket: ${answer.split("\r\n")[0]}`);
    return socket;
  }

  /** Reads until the connection ends. `buffer` may be shared where payloads are not looked at. */
  async read(bytes: number = READ_BYTES): Promise<void> {
    const buffer = new Uint8Array(bytes);
    for (;;) {
      let count: number | null;
      try {
        count = await this.#connection.read(buffer);
      } catch (error) {
        if (this.#closed) return;
        throw error;
      }
      if (count === null) return;
      this.feed(buffer, count);
      this.onRead?.();
    }
  }

  /** Writes all of `bytes`. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Reads and writes no more by itself: what comes is to be given to {@linkcode feed}. */
  handOver(): LinuxSocket {
    if (!(this.#connection instanceof AskingConnection)) throw new Error("not by calls of Linux");
    this.#connection.over = true;
    return this.#connection.socket;
  }

  /** Hangs up. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  /** Takes what has come: the first `end` of `bytes`. */
  feed(bytes: Uint8Array, end: number): void {
    for (let at = 0; at < end;) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, end - at);
        if (this.onMessage !== undefined) {
          this.#message.set(bytes.subarray(at, at + count), this.#message.length - this.#left);
        }
        this.#left -= count;
        at += count;
        if (this.#left === 0) this.onMessage?.(this.#message);
        continue;
      }
      const head = this.#head;
      head[this.#headLength++] = bytes[at++] as number;
      if (this.#headLength < 2) continue;
      const short = (head[1] as number) & 0x7f;
      if (this.#headLength < (short < 126 ? 2 : short === 126 ? 4 : MAX_HEADER)) continue;
      const view = new DataView(head.buffer);
      const length = short < 126 ? short : short === 126 ? view.getUint16(2) : view.getUint32(6);
      this.#headLength = 0;
      this.#left = length;
      if ((head[0] as number) !== 0x82) throw new Error(`a frame that was not expected: ${head[0]}`);
      this.onHeader?.(length);
      if (this.onMessage !== undefined) this.#message = new Uint8Array(length);
    }
  }
}

async function connect(port: number, tls: boolean): Promise<Connection> {
  const hostname = "127.0.0.1";
  const tcp = await Deno.connect({ hostname, port });
  tcp.setNoDelay(true);
  return tls ? await Deno.startTls(tcp, { hostname }) : tcp;
}

/** Bytes of one binary message as a client sends it, masked with zeros. */
export function clientMessage(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const long = payload.length > 125;
  const bytes = new Uint8Array((long ? 8 : 6) + payload.length);
  bytes[0] = 0x82;
  bytes[1] = 0x80 | (long ? 126 : payload.length);
  if (long) new DataView(bytes.buffer).setUint16(2, payload.length);
  bytes.set(payload, long ? 8 : 6);
  return bytes;
}
