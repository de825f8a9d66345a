/**
 * A relay that attacks: it stands between clients and an honest relay, on real sockets, reads every frame and
 * does with it what a test tells it to. Nothing in it waits for time: what is held back is let go by the test.
 *
 * @module
 */
import { openRelay, type RunningRelay } from "../../relay/mod.ts";
import {
  type ClientFrame,
  decodeClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  encodeRelayFrame,
  type Limits,
  packBatch,
  type RelayFrame,
  SUBPROTOCOL,
  unpackBatch,
} from "../../wire/mod.ts";
import { payloadKind } from "../../client/payload.ts";

/** A frame that carries what another peer sent. */
export type DeliverFrame = Extract<RelayFrame, { type: "deliver" }>;

/** What becomes of a frame: it, others in its place, or nothing. */
export type Rule<T> = (frame: T) => T | T[] | null;

const ANY = { maxBytes: Infinity, maxFrames: Infinity };

/** A rule that changes the payloads of one kind on their way to a client, or drops them. */
export function changing(kind: number, change: (payload: Uint8Array) => Uint8Array | null): Rule<RelayFrame> {
  return (frame) => {
    if (frame.type !== "deliver" || payloadKind(frame.payload) !== kind) return frame;
    const payload = change(frame.payload);
    return payload === null ? null : { ...frame, payload };
  };
}

/** One client's connection, as the hostile relay holds it. */
export class Victim {
  /** Done to every frame on its way to this client. */
  toClient: Rule<RelayFrame> = (frame) => frame;
  /** Done to every frame that this client sends. */
  toRelay: Rule<ClientFrame> = (frame) => frame;
  /** Everything that the honest relay had for this client. */
  readonly offered: RelayFrame[] = [];
  /** Everything that this client sent. */
  readonly said: ClientFrame[] = [];
  /** Its peer id at the relay, 0 while it has none. */
  peerId = 0;
  #down: WebSocket | null = null;
  #up: WebSocket | null = null;
  /** Resolves when both ends of all connections are closed. */
  ended: Promise<unknown> = Promise.resolve();

  /** What others sent it, of one kind of payload. */
  payloads(kind: number): DeliverFrame[] {
    return this.offered.filter((frame): frame is DeliverFrame =>
      frame.type === "deliver" && payloadKind(frame.payload) === kind
    );
  }

  /** Puts frames of the hostile relay's own before the client, in one batch. */
  inject(...frames: RelayFrame[]): void {
    this.raw(packBatch(frames.map(encodeRelayFrame)));
  }

  /** Puts any bytes before the client. */
  raw(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#down?.readyState !== WebSocket.OPEN) throw new Error("Cannot inject: the client is gone");
    this.#down.send(bytes);
  }

  /** Puts a payload before the client, as if `from` had sent it. */
  deliver(from: Victim | number, ...payloads: Uint8Array[]): void {
    const peerId = typeof from === "number" ? from : from.peerId;
    this.inject(
      ...payloads.map((payload): RelayFrame => ({ type: "deliver", seq: 0, from: peerId, payload })),
    );
  }

  /** Joins a client's socket to one of the honest relay; what is injected goes to the latest client. */
  connect(down: WebSocket, upstream: string): void {
    const up = new WebSocket(upstream, [SUBPROTOCOL]);
    const waiting: Uint8Array<ArrayBuffer>[] = [];
    this.#down = down;
    this.#up = up;
    up.binaryType = down.binaryType = "arraybuffer";
    up.onopen = () => {
      for (const bytes of waiting.splice(0)) up.send(bytes);
    };
    up.onmessage = ({ data }) => {
      const out = this.#fromRelay(new Uint8Array(data as ArrayBuffer));
      if (out.length > 0 && down.readyState === WebSocket.OPEN) down.send(packBatch(out));
    };
    down.onmessage = ({ data }) => {
      const out = this.#fromClient(new Uint8Array(data as ArrayBuffer));
      if (out.length > 0 && up.readyState === WebSocket.OPEN) up.send(packBatch(out));
      else if (out.length > 0) waiting.push(packBatch(out));
    };
    const ends = [down, up].map((socket) =>
      new Promise((resolve) => socket.addEventListener("close", resolve))
    );
    this.ended = Promise.all([this.ended, ...ends]);
    down.addEventListener("close", () => up.close());
    up.addEventListener("close", () => down.close());
  }

  /** Cuts the connection. */
  cut(): void {
    this.#up?.close();
    this.#down?.close();
  }

  #fromRelay(bytes: Uint8Array): Uint8Array[] {
    const frames = unpackBatch(bytes, ANY).map(decodeRelayFrame);
    return frames.flatMap((frame) => {
      this.offered.push(frame);
      if (frame.type === "joined") this.peerId = frame.peerId;
      return this.toClient(frame) ?? [];
    }).map(encodeRelayFrame);
  }

  #fromClient(bytes: Uint8Array): Uint8Array[] {
    const frames = unpackBatch(bytes, ANY).map(decodeClientFrame);
    return frames.flatMap((frame) => {
      this.said.push(frame);
      return this.toRelay(frame) ?? [];
    }).map(encodeClientFrame);
  }
}

/** The hostile relay. Clients come by {@linkcode HostileRelay.urlFor}, each under a name of the test's. */
export class HostileRelay {
  /** The relay behind it. */
  readonly honest: Pick<RunningRelay, "url" | "close">;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  readonly #victims = new Map<string, Victim>();

  private constructor(honest: Pick<RunningRelay, "url" | "close">) {
    this.honest = honest;
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#abort.signal,
      onListen: () => {},
    }, (request) => {
      const name = new URL(request.url).searchParams.get("as") ?? "";
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
      this.victim(name).connect(socket, honest.url);
      return response;
    });
  }

  /** Opens an honest relay and the hostile one before it. */
  static async open(limits: Partial<Limits> = {}): Promise<HostileRelay> {
    return new HostileRelay(await openRelay({ port: 0, limits: { rateCount: 100_000, ...limits } }));
  }

  /** Opens the hostile relay before one that runs elsewhere, and goes on running. */
  static before(url: string): Promise<HostileRelay> {
    return Promise.resolve(new HostileRelay({ url, close: () => Promise.resolve() }));
  }

  /** Where the client of this name has to connect. */
  urlFor(name: string): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/ws?as=${name}`;
  }

  /** The connection of this name; can be given its rules before the client is there. */
  victim(name: string): Victim {
    let victim = this.#victims.get(name);
    if (victim === undefined) this.#victims.set(name, victim = new Victim());
    return victim;
  }

  /** Ends everything; resolves when all sockets are closed. */
  async close(): Promise<void> {
    for (const victim of this.#victims.values()) victim.cut();
    await Promise.all([...this.#victims.values()].map((victim) => victim.ended));
    await this.honest.close();
    this.#abort.abort();
    await this.#server.finished;
  }
}
