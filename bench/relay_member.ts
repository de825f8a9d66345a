/** Members of rooms for the relay's figures: over the relay's own wire, or over a plain broadcast. @module */
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  packBatch,
  type RelayFrame,
  unpackBatch,
} from "../wire/mod.ts";
import { clientMessage, RawSocket, type RawTarget } from "./relay_wire.ts";

/** Bytes of a payload. */
export const PAYLOAD = 200;
/** Bytes of a delivery of such a payload in a batch, and of an acknowledgement. */
const [DELIVERY, ACK] = [217, 17];

/** How a member speaks: the relay's wire, or whole messages to everybody at the same path. */
export type Dialect = "sotto" | "plain";

/** Somebody in a room who has read everything so far. */
export class Member {
  readonly socket: RawSocket;
  /** Settles when the connection ends. */
  readonly ended: Promise<void>;
  readonly #dialect: Dialect;
  #sendId = 0;
  #frames: RelayFrame[] = [];
  #wake: () => void = () => {};

  private constructor(socket: RawSocket, dialect: Dialect, readBytes?: number) {
    this.socket = socket;
    this.#dialect = dialect;
    if (dialect === "sotto") {
      socket.onMessage = (message) => {
        this.#frames.push(
          ...unpackBatch(message, { maxBytes: Infinity, maxFrames: Infinity }).map(decodeRelayFrame),
        );
        this.#wake();
      };
    }
    this.ended = socket.read(readBytes);
  }

  /** Connects; with the relay's own wire, until it is welcomed. */
  static async connect(target: RawTarget, dialect: Dialect, readBytes?: number): Promise<Member> {
    const member = new Member(await RawSocket.open(target), dialect, readBytes);
    if (dialect === "sotto") {
      await member.tell({ type: "hello", version: 1, auth: new Uint8Array(0) });
      await member.next("welcome");
    }
    return member;
  }

  /** Sends frames of the relay's wire as one batch. */
  async tell(...frames: ClientFrame[]): Promise<void> {
    await this.socket.write(clientMessage(packBatch(frames.map(encodeClientFrame))));
  }

  /** The next frame of this type; others before it are passed over. */
  async next<T extends RelayFrame["type"]>(type: T): Promise<Extract<RelayFrame, { type: T }>> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.type === type) return frame as Extract<RelayFrame, { type: T }>;
      if (frame?.type === "error" || frame?.type === "bye") throw new Error(`refused: ${frame.sentence}`);
      if (frame === undefined) await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** From here on counts deliveries by their lengths and looks at nothing else. */
  count(onDeliveries: (count: number) => void): void {
    this.socket.onMessage = undefined;
    this.socket.onHeader = this.#dialect === "plain" ? () => onDeliveries(1) : (length) => {
      const rest = length % DELIVERY;
      if (rest % ACK !== 0 || rest > ACK) throw new Error(`a batch of ${length} bytes was not expected`);
      onDeliveries((length - rest) / DELIVERY);
    };
  }

  /** A burst of messages as bytes to write; each is a WebSocket message of its own. */
  burst(count: number): Uint8Array<ArrayBuffer> {
    const payload = new Uint8Array(PAYLOAD).fill(0x2e);
    const messages = Array.from({ length: count }, () =>
      clientMessage(
        this.#dialect === "plain" ? payload : packBatch([
          encodeClientFrame({ type: "send", sendId: ++this.#sendId, droppable: false, payload }),
        ]),
      ));
    const bytes = new Uint8Array(messages.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const message of messages) {
      bytes.set(message, at);
      at += message.length;
    }
    return bytes;
  }

  /** Numbers the messages of a burst anew, so that it can be sent again. */
  renumber(burst: Uint8Array, count: number): void {
    if (this.#dialect === "plain") return;
    const view = new DataView(burst.buffer);
    const each = burst.length / count;
    for (let i = 0; i < count; i++) view.setUint32(i * each + 8 + 4 + 1, ++this.#sendId);
  }
}

/** Where rooms are. */
export interface RoomTarget {
  port: number;
  dialect: Dialect;
  tls?: boolean;
  /** See {@linkcode RawTarget}. */
  bare?: boolean;
  /** Bytes that a member reads at once. */
  readBytes?: number;
}

/** A room of `count` members, all of them in. */
export async function roomOf(target: RoomTarget, room: number, count: number): Promise<Member[]> {
  const { port, dialect, tls = false, bare = false, readBytes } = target;
  const path = dialect === "plain" ? `/room/${room}` : "/ws";
  const members: Member[] = [];
  const doorId = new Uint8Array(16);
  new DataView(doorId.buffer).setUint32(0, room);
  for (let i = 0; i < count; i++) {
    const member = await Member.connect({ port, path, tls, bare }, dialect, readBytes);
    if (dialect === "sotto") {
      await member.tell({ type: "join", doorId, mode: "any" });
      const { peerId } = await member.next("joined");
      const [founder] = members;
      if (founder !== undefined) {
        await founder.tell({ type: "admit", peerId });
        await member.next("admitted");
        await Promise.all(members.map((each) => each.next("peer_in")));
      }
    }
    members.push(member);
  }
  return members;
}
