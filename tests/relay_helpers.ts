/** A relay under test: a clock of its own, sockets in memory, clients that speak frames. */
import { Relay, type RelayClock, type RelaySocket } from "../relay/mod.ts";
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  type JoinedFrame,
  type JoinMode,
  type Limits,
  packBatch,
  type RelayFrame,
  unpackBatch,
} from "../wire/mod.ts";

interface Timer {
  at: number;
  run: () => void;
}

/** Time that moves when it is told to. */
export class FakeClock implements RelayClock {
  #now = 1_000;
  #timers = new Set<Timer>();
  #turns = new Set<() => void>();
  /** Set where the thread is the relay's own. */
  nap: ((ms: number) => void) | undefined;

  now(): number {
    return this.#now;
  }

  setTimer(run: () => void, ms: number): Timer {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  setTurn(run: () => void): () => void {
    const turn = () => run();
    this.#turns.add(turn);
    return turn;
  }

  clearTurn(handle: unknown): void {
    this.#turns.delete(handle as () => void);
  }

  /** Timers and turns that are waiting. */
  get waiting(): number {
    return this.#timers.size + this.#turns.size;
  }

  /** Ends the turn. */
  turn(): void {
    for (const run of [...this.#turns]) {
      this.#turns.delete(run);
      run();
    }
  }

  /** Moves time on; timers run when they are due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      this.turn();
    }
    this.#now = end;
    this.turn();
  }
}

/** The relay's end of a connection in memory. */
export class FakeSocket implements RelaySocket {
  retains = false;
  bufferedAmount = 0;
  onMessage: ((bytes: Uint8Array | undefined) => void) | undefined;
  onClose: (() => void) | undefined;
  /** Batches sent, copied as they were. */
  readonly sent: Uint8Array[] = [];
  /** The very arrays that were handed over. */
  readonly handed: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;

  send(bytes: Uint8Array): void {
    this.handed.push(bytes);
    this.sent.push(bytes.slice());
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }
}

/** A relay with a fake clock. */
export class TestRelay {
  readonly clock: FakeClock = new FakeClock();
  readonly relay: Relay;
  #random = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.relay = new Relay({ limits, clock: this.clock, random: (length) => this.#bytes(length) });
  }

  /** Counted, not random, so that failures repeat. */
  #bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, ++this.#random);
    return bytes;
  }

  /** A connection that has said nothing. */
  connect(ip = "192.0.2.1"): TestClient {
    return new TestClient(this, ip);
  }

  /** A connection that has been welcomed. */
  client(ip?: string): TestClient {
    const client = this.connect(ip);
    client.send({ type: "hello", version: 1, auth: new Uint8Array(0) });
    client.take();
    return client;
  }

  /** A room with three members. */
  trio(): [TestClient, TestClient, TestClient] {
    return this.room(3) as [TestClient, TestClient, TestClient];
  }

  /** A room with `count` members. */
  room(count: number, door = 1): TestClient[] {
    const members: TestClient[] = [];
    for (let i = 0; i < count; i++) {
      const client = this.client();
      client.join(door);
      if (i > 0) members[0]?.send({ type: "admit", peerId: client.peerId });
      members.push(client);
    }
    this.clock.turn();
    for (const member of members) member.take();
    return members;
  }
}

/** A client of a {@linkcode TestRelay}. */
export class TestClient {
  readonly socket: FakeSocket = new FakeSocket();
  readonly #test: TestRelay;
  #read = 0;
  joined: JoinedFrame | undefined;

  constructor(test: TestRelay, ip: string) {
    this.#test = test;
    test.relay.accept(this.socket, { ip });
  }

  get peerId(): number {
    return this.joined?.peerId ?? 0;
  }

  /** Sends frames as one batch. The turn goes on. */
  send(...frames: ClientFrame[]): void {
    this.raw(packBatch(frames.map(encodeClientFrame)));
  }

  /** Sends bytes as they are; `undefined` is a text message. */
  raw(bytes: Uint8Array | undefined): void {
    this.socket.onMessage?.(bytes);
  }

  /** Sends a payload to the room. */
  say(sendId: number, payload: Uint8Array | string, droppable = false): void {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    this.send({ type: "send", sendId, droppable, payload: bytes });
  }

  /** Sends to peers: each gets `common` and its own text. */
  table(sendId: number, common: string, parts: Record<number, string>, droppable = false): void {
    this.send({
      type: "send_table",
      sendId,
      droppable,
      common: new TextEncoder().encode(common),
      parts: Object.entries(parts).map(([peerId, text]) => ({
        peerId: Number(peerId),
        bytes: new TextEncoder().encode(text),
      })),
    });
  }

  /** Joins and ends the turn; returns what came. */
  join(door: number, mode: JoinMode = "any"): RelayFrame[] {
    this.send({ type: "join", doorId: doorId(door), mode });
    const frames = this.take();
    for (const frame of frames) if (frame.type === "joined") this.joined = frame;
    return frames;
  }

  /** Resumes with the token of `joined` and ends the turn; returns what came. */
  resume(joined: JoinedFrame, lastSeq: number): RelayFrame[] {
    this.send({ type: "resume", token: joined.token, roomEpoch: joined.roomEpoch, lastSeq });
    const frames = this.take();
    for (const frame of frames) if (frame.type === "joined") this.joined = frame;
    return frames;
  }

  /** Ends the turn; returns the frames that came since the last time. */
  take(): RelayFrame[] {
    this.#test.clock.turn();
    return this.arrived();
  }

  /** The frames that came since the last time, in a turn that goes on. */
  arrived(): RelayFrame[] {
    const batches = this.socket.sent.slice(this.#read);
    this.#read = this.socket.sent.length;
    return batches.flatMap((batch) => unpackBatch(batch, { maxBytes: Infinity, maxFrames: Infinity }))
      .map(decodeRelayFrame);
  }

  /** As {@linkcode take}, told in short: `peer_in 2`, `1:2 hello` (seq:from text), `ack 3@7`. */
  told(): string[] {
    return this.take().map(inShort);
  }

  /** The connection breaks. */
  cut(): void {
    this.socket.onClose?.();
  }
}

/** A frame in a few words. */
export function inShort(frame: RelayFrame): string {
  switch (frame.type) {
    case "peer_in":
      return `peer_in ${frame.peerId}`;
    case "peer_out":
      return `peer_out ${frame.peerId} ${frame.reason}`;
    case "deliver":
      return `${frame.seq}:${frame.from} ${new TextDecoder().decode(frame.payload)}`;
    case "ack":
      return `ack ${frame.sendId}@${frame.seq}`;
    case "pong":
      return `pong ${frame.opaque}`;
    case "error":
      return `error ${frame.code} for ${frame.sendId}`;
    case "bye":
      return `bye ${frame.code}`;
    case "joined":
      return `joined ${frame.peerId}@${frame.seq}${frame.member ? " member" : ""}${
        frame.created ? " created" : ""
      }${frame.complete ? " complete" : ""} [${frame.peers}]`;
    default:
      return frame.type;
  }
}

/** A door id made of one number. */
export function doorId(door: number): Uint8Array {
  const id = new Uint8Array(16);
  new DataView(id.buffer).setUint32(12, door);
  return id;
}
