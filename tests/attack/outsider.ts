/** Connections to the relay that speak frames, or anything else, without a client around them. @module */
import { fail } from "node:assert/strict";
import { RelayLink } from "../../client/link.ts";
import { decodeRefused, PayloadKind, payloadKind } from "../../client/payload.ts";
import { type Bytes, concat, toHex } from "../../crypto/bytes.ts";
import type { Bundle } from "../../crypto/bundle.ts";
import type { Door } from "../../crypto/doors.ts";
import type { Identity } from "../../crypto/identity.ts";
import { JoinerExchange } from "../../crypto/join_handshake.ts";
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  type JoinedFrame,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
} from "../../wire/mod.ts";
import { type Crowd, Person, until } from "./crowd.ts";

/** Somebody at a door, with a code of its own. */
export class Joiner {
  readonly #heard: Person;
  readonly link: RelayLink;
  readonly joined: JoinedFrame;

  private constructor(link: RelayLink, joined: JoinedFrame, heard: Person) {
    this.link = link;
    this.joined = joined;
    this.#heard = heard;
  }

  /** Goes to the door of this id. */
  static async come(crowd: Crowd, doorId: Uint8Array): Promise<Joiner> {
    const heard = new Person("a joiner");
    const { connect = fail("no connect"), clock = fail("no clock") } = crowd.options(heard);
    const link = await RelayLink.open(crowd.relay.url, { connect, clock });
    return new Joiner(link, await link.join(doorId, "mustExist"), heard);
  }

  /** Sends a payload to one member. */
  send(bytes: Uint8Array, to: Person): void {
    this.link.sendTable(new Uint8Array(0), [{ peerId: to.peerId, bytes }]);
  }

  /** The answer or refusal to a knock, as soon as it is there. */
  reply(exchangeId: Uint8Array): Bytes | undefined {
    const kinds: (number | undefined)[] = [PayloadKind.answer, PayloadKind.refused];
    return this.#heard.frames.filter((f) => f.type === "deliver").map((f) => concat(f.payload)).find((
      payload,
    ) => kinds.includes(payloadKind(payload)) && toHex(payload.subarray(2, 18)) === toHex(exchangeId));
  }

  /** Knocks and proves, with this bundle; gives what came back before the proof. */
  async prove(door: Door, who: { identity: Identity; bundle: Bundle }, to: Person): Promise<void> {
    const exchange = await JoinerExchange.start(door, who.identity);
    try {
      this.send(exchange.knock, to);
      const answer = await until("there is an answer", () => this.reply(exchange.exchangeId));
      this.send((await exchange.readAnswer(answer, { bundle: who.bundle })).prove, to);
    } finally {
      exchange.dispose();
    }
  }

  /** Knocks until somebody replies: whoever is asked may have lost its connection while time was pushed on. */
  async #knock(door: Door, identity: Identity, to: Person): Promise<Bytes> {
    for (let tries = 1;; tries++) {
      const exchange = await JoinerExchange.start(door, identity);
      try {
        this.send(exchange.knock, to);
        return await until("there is a reply", () => this.reply(exchange.exchangeId), { withinMs: 20_000 });
      } catch (error) {
        if (tries === 3) throw error;
      } finally {
        exchange.dispose();
      }
    }
  }

  /** Guesses and says no more; the refusal, or `undefined` when it was answered. */
  async guess(
    door: Door,
    identity: Identity,
    to: Person,
  ): Promise<{ code: number; retryAfterSeconds: number } | undefined> {
    const reply = await this.#knock(door, identity, to);
    return payloadKind(reply) === PayloadKind.refused ? decodeRefused(reply) : undefined;
  }
}

/** A WebSocket to the relay and what became of it. */
export class Raw {
  readonly frames: RelayFrame[] = [];
  closed: { code: number } | null = null;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      const limits = { maxBytes: Infinity, maxFrames: Infinity };
      this.frames.push(...unpackBatch(new Uint8Array(data), limits).map(decodeRelayFrame));
    };
    socket.onclose = ({ code }) => this.closed = { code };
  }

  /** Connects; with `doorId`, greets and goes to that door. */
  static async open(url: string, doorId?: Uint8Array): Promise<Raw> {
    const raw = new Raw(new WebSocket(url, [SUBPROTOCOL]));
    await until("it is open", () => raw.#socket.readyState === WebSocket.OPEN);
    if (doorId === undefined) return raw;
    raw.frame({ type: "hello", version: 1, auth: new Uint8Array(0) });
    raw.frame({ type: "join", doorId, mode: "mustExist" });
    await until("it is at the door", () => raw.frames.some((f) => f.type === "joined"));
    return raw;
  }

  /** Sends one frame. */
  frame(frame: ClientFrame): void {
    this.send(packBatch([encodeClientFrame(frame)]));
  }

  /** Sends anything. */
  send(data: Uint8Array | string): void {
    this.#socket.send(typeof data === "string" ? data : concat(data));
  }

  /** Its close code, once the relay has closed it. */
  async code(): Promise<number> {
    return (await until("the relay closes it", () => this.closed ?? undefined)).code;
  }

  /** Closes it from this side. */
  async close(): Promise<void> {
    this.#socket.close();
    await this.code();
  }
}
