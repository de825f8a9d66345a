/** Clients of a relay over real sockets, for tests that wait for events and never for time. */
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  type JoinedFrame,
  type JoinMode,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
} from "../wire/mod.ts";
import { doorId } from "./relay_helpers.ts";

type FrameOf<T extends RelayFrame["type"]> = Extract<RelayFrame, { type: T }>;

/** A connection to a relay. */
export class SocketClient {
  readonly #socket: WebSocket;
  readonly #frames: RelayFrame[] = [];
  #wake: (() => void) | undefined;
  #over = false;
  /** The close code, once closed. */
  readonly closed: Promise<number>;
  joined: JoinedFrame | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      for (const bytes of unpackBatch(new Uint8Array(data), { maxBytes: Infinity, maxFrames: Infinity })) {
        this.#frames.push(decodeRelayFrame(bytes));
      }
      this.#wake?.();
    });
    this.closed = new Promise((resolve) =>
      socket.addEventListener("close", (event) => {
        this.#over = true;
        this.#wake?.();
        resolve(event.code);
      })
    );
  }

  /** Connects; nothing is said yet. */
  static async connect(url: string): Promise<SocketClient> {
    const socket = new WebSocket(url, SUBPROTOCOL);
    const client = new SocketClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("cannot connect")));
    });
    return client;
  }

  /** Connects and is welcomed. */
  static async open(url: string): Promise<SocketClient> {
    const client = await SocketClient.connect(url);
    client.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
    await client.next("welcome");
    return client;
  }

  /** Sends frames as one batch. */
  send(...frames: ClientFrame[]): void {
    this.raw(packBatch(frames.map(encodeClientFrame)));
  }

  /** Sends bytes or text as they are. */
  raw(data: Uint8Array<ArrayBuffer> | string): void {
    this.#socket.send(data);
  }

  /** Sends a payload to the room. */
  say(sendId: number, payload: Uint8Array): void {
    this.send({ type: "send", sendId, droppable: false, payload });
  }

  /** The next frame, which must be of this type. */
  async next<T extends RelayFrame["type"]>(type: T): Promise<FrameOf<T>> {
    const frame = await this.any();
    if (frame.type !== type) throw new Error(`expected ${type}, got ${JSON.stringify(frame)}`);
    return frame as FrameOf<T>;
  }

  /** The next frame. */
  async any(): Promise<RelayFrame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#over) throw new Error("the relay has closed, there are no more frames");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Joins, as a member or a knocker. */
  async join(door: number, mode: JoinMode = "any"): Promise<JoinedFrame> {
    this.send({ type: "join", doorId: doorId(door), mode });
    return this.joined = await this.next("joined");
  }

  /** Hangs up and waits until that is done. */
  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

/** A room of `count` members; everybody has read everything so far. */
export async function roomOf(url: string, count: number, door: number): Promise<SocketClient[]> {
  const members: SocketClient[] = [];
  for (let i = 0; i < count; i++) {
    const client = await SocketClient.open(url);
    const { peerId } = await client.join(door);
    if (i > 0) {
      members[0]?.send({ type: "admit", peerId });
      await client.next("admitted");
      for (const member of members) await member.next("peer_in");
    }
    members.push(client);
  }
  return members;
}
