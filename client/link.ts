/**
 * One connection to a relay (SPEC §3): greeting, batches, acknowledgements, pacing and the heartbeat.
 *
 * Frames to the room are paced under the relay's announced rate, so that a well-behaved client is never
 * refused; if it is all the same, what was refused is sent again after the relay's `retryAfter`, in order.
 *
 * @module
 */
import { packBatch, unpackBatch } from "../wire/batch.ts";
import { ERROR_SENTENCES, ErrorCode, errorName } from "../wire/error_codes.ts";
import {
  type ClientFrame,
  decodeRelayFrame,
  encodeClientFrame,
  type JoinMode,
  type PeerOutReason,
  type RelayFrame,
  type TablePart,
} from "../wire/frame.ts";
import { ClientError } from "./errors.ts";
import type { Clock, Connect, Socket } from "./options.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What the relay said of itself. */
export type Welcome = Extract<RelayFrame, { type: "welcome" }>;
/** What the relay said when it let us into a room. */
export type Joined = Extract<RelayFrame, { type: "joined" }>;
/** A frame that another peer sent. */
export type Deliver = Extract<RelayFrame, { type: "deliver" }>;

/** What a link tells the one that holds it. */
export interface LinkEvents {
  /** Something from another peer. */
  deliver(frame: Deliver): void;
  /** A member's connection appeared. */
  peerIn(peerId: number): void;
  /** A member's connection is gone. */
  peerOut(peerId: number, reason: PeerOutReason): void;
  /** The relay took everything sent up to this id. */
  acked(sendId: number): void;
  /** The relay now counts us among the members. */
  admitted(): void;
  /** The relay says to slow down: nothing is lost, it is sent again after `ms`. */
  paused(ms: number): void;
  /** The connection is gone, for the reason in the error. */
  closed(error: ClientError): void;
}

/** Bounds of a link. */
export const LINK_LIMITS = {
  /** How long connecting and each answer of the relay may take, in milliseconds. */
  answerMs: 10_000,
  /** Most bytes that wait for an acknowledgement or for the pace. */
  maxUnackedBytes: 64 * 1_048_576,
  /** Most frames from the relay held while nobody listens yet. */
  maxHeld: 4_096,
} as const;

interface Sent {
  sendId: number;
  frame: Uint8Array;
}

/** A connection that has been greeted by the relay. */
export class RelayLink {
  /** The relay's announced limits and nonce. */
  readonly welcome: Welcome;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #unacked: Sent[] = [];
  #unackedBytes = 0;
  #events: LinkEvents | null = null;
  #held: RelayFrame[] = [];
  #pending: Uint8Array[] = [];
  #flushing = false;
  #nextSendId = 1;
  #pausedUntil = 0;
  #waiter: ((frame: RelayFrame) => boolean) | null = null;
  #failWaiter: ((error: ClientError) => void) | null = null;
  #closed: ClientError | null = null;
  #heard: number;
  readonly #timers = new Set<unknown>();

  private constructor(socket: Socket, welcome: Welcome, clock: Clock) {
    this.#socket = socket;
    this.welcome = welcome;
    this.#clock = clock;
    this.#heard = clock.now();
    this.#bucket = new TokenBucket(clock, {
      capacity: Math.max(1, welcome.rateCount - 2),
      perMs: Math.max(1, welcome.rateCount - 2) / Math.max(1, welcome.rateWindowMs),
    });
  }

  /** Connects and greets. Rejects with a `ClientError` of status 3 that names the address. */
  static async open(
    url: string,
    options: { connect: Connect; clock: Clock; signal?: AbortSignal },
  ): Promise<RelayLink> {
    const { connect, clock } = options;
    const deadline = new AbortController();
    const timer = clock.setTimer(
      () => deadline.abort(unreachable(url, "it did not answer within 10 s")),
      LINK_LIMITS.answerMs,
    );
    const signal = options.signal === undefined
      ? deadline.signal
      : AbortSignal.any([deadline.signal, options.signal]);
    try {
      const socket = await connect(url, { signal });
      const welcome = await greet(socket, url, signal);
      const link = new RelayLink(socket, welcome, clock);
      link.#attach();
      return link;
    } finally {
      clock.clearTimer(timer);
    }
  }

  /** Starts telling; what came before is told first. */
  listen(events: LinkEvents): void {
    this.#events = events;
    const held = this.#held;
    this.#held = [];
    for (const frame of held) this.#dispatch(frame);
    if (this.#closed !== null) events.closed(this.#closed);
  }

  /** Whether the connection is gone. */
  get closed(): boolean {
    return this.#closed !== null;
  }

  /** Highest send id given out so far. */
  get lastSendId(): number {
    return this.#nextSendId - 1;
  }

  /** Enters a room by a door; rejects with the relay's refusal, whose code is the wire code's name. */
  join(doorId: Uint8Array, mode: JoinMode): Promise<Joined> {
    return this.#ask(
      [{ type: "join", doorId, mode }],
      (frame) => frame.type === "joined" ? frame : undefined,
    );
  }

  /** Sends to the room; gives the send id under which the relay will acknowledge it. Take a slot first. */
  send(payload: Uint8Array): number {
    return this.#reliable((sendId) => ({ type: "send", sendId, droppable: false, payload }));
  }

  /** Sends to the room what may be dropped. */
  sendDroppable(payload: Uint8Array): void {
    if (!this.#bucket.take()) return;
    this.#write(encodeClientFrame({ type: "send", sendId: 0, droppable: true, payload }));
  }

  /** Sends `common ‖ bytes` to each of the listed peers. */
  sendTable(common: Uint8Array, parts: TablePart[]): number {
    return this.#reliable((sendId) => ({ type: "send_table", sendId, droppable: false, common, parts }));
  }

  /** Opens a door of the room at the relay; rejects with `door_taken` when it leads elsewhere already. */
  async openDoor(doorId: Uint8Array): Promise<void> {
    // The relay says nothing when it has opened a door: what comes before the answer to a ping is about the door.
    const opaque = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const frames: ClientFrame[] = [{ type: "door", action: "add", doorId }, { type: "ping", opaque }];
    await this.#ask(frames, (frame) => frame.type === "pong" && frame.opaque === opaque ? frame : undefined);
  }

  /** Shuts a door of the room at the relay. */
  shutDoor(doorId: Uint8Array): void {
    this.#write(encodeClientFrame({ type: "door", action: "drop", doorId }));
  }

  /** Tells the relay that a knocker has become a member. */
  admit(peerId: number): void {
    this.#write(encodeClientFrame({ type: "admit", peerId }));
  }

  /** Steps back from a door: the connection stays, and may knock again. */
  stepBack(): void {
    this.#write(encodeClientFrame({ type: "leave" }));
  }

  /** Leaves the room at the relay and closes. */
  leave(): void {
    if (this.#closed !== null) return;
    this.#write(encodeClientFrame({ type: "leave" }));
    this.#flush();
    this.close();
  }

  /** Closes without a word. */
  close(): void {
    this.#end(new ClientError("closed", "Cannot go on: the connection was closed", { status: 3 }));
  }

  #attach(): void {
    this.#socket.onMessage = (bytes) => this.#receive(bytes);
    this.#socket.onClose = ({ reason }) => {
      const why = reason === "" ? "the connection was cut" : reason;
      this.#end(
        new ClientError("connection_lost", `Lost the connection to the relay: ${why}`, { status: 3 }),
      );
    };
    this.#beat();
  }

  /** Pings at the relay's interval; a relay that says nothing for the timeout is gone. */
  #beat(): void {
    const { heartbeatIntervalMs, heartbeatTimeoutMs } = this.welcome;
    this.#later(() => {
      if (this.#clock.now() - this.#heard > heartbeatTimeoutMs) {
        const silent = Math.round(heartbeatTimeoutMs / 1000);
        this.#end(
          new ClientError(
            "connection_lost",
            `Lost the connection to the relay: it was silent for ${silent} s`,
            { status: 3 },
          ),
        );
        return;
      }
      this.#write(encodeClientFrame({ type: "ping", opaque: this.#clock.now() >>> 0 }));
      this.#beat();
    }, Math.max(100, heartbeatIntervalMs));
  }

  #receive(bytes: Uint8Array): void {
    this.#heard = this.#clock.now();
    let frames: RelayFrame[];
    try {
      frames = unpackBatch(bytes, { maxBytes: 64 * 1_048_576, maxFrames: 65_536 }).map(decodeRelayFrame);
    } catch (cause) {
      this.#end(
        new ClientError(
          "connection_lost",
          "Lost the connection to the relay: it sent something that is not Sotto",
          {
            status: 3,
            cause,
          },
        ),
      );
      return;
    }
    for (const frame of frames) {
      if (this.#closed !== null) return;
      if (this.#waiter?.(frame) === true) continue;
      if (this.#events === null) this.#hold(frame);
      else this.#dispatch(frame);
    }
  }

  #hold(frame: RelayFrame): void {
    if (frame.type === "ack" || frame.type === "error") this.#dispatch(frame);
    else if (this.#held.length < LINK_LIMITS.maxHeld) this.#held.push(frame);
  }

  #dispatch(frame: RelayFrame): void {
    switch (frame.type) {
      case "deliver":
        return this.#events?.deliver(frame);
      case "peer_in":
        return this.#events?.peerIn(frame.peerId);
      case "peer_out":
        return this.#events?.peerOut(frame.peerId, frame.reason);
      case "admitted":
        return this.#events?.admitted();
      case "ack":
        return this.#ack(frame.sendId);
      case "error":
        return this.#refused(frame);
      case "bye":
        return this.#end(
          new ClientError("relay_closed", `The relay ended the connection: ${frame.sentence}`, { status: 3 }),
        );
    }
  }

  #ack(sendId: number): void {
    while (this.#unacked.length > 0 && (this.#unacked[0] as Sent).sendId <= sendId) {
      this.#unackedBytes -= (this.#unacked.shift() as Sent).frame.length;
    }
    this.#events?.acked(sendId);
  }

  /** A refused send is kept and sent again, with all that came after it, when the relay says so. */
  #refused(frame: Extract<RelayFrame, { type: "error" }>): void {
    if (frame.sendId === 0 || frame.code === ErrorCode.outOfOrder) return;
    if (frame.code !== ErrorCode.rateLimited) return this.#end(refusal(frame));
    const wait = Math.max(100, frame.retryAfterMs);
    this.#pausedUntil = this.#clock.now() + wait;
    this.#events?.paused(wait);
    this.#later(() => {
      for (const sent of this.#unacked) this.#write(sent.frame);
    }, wait);
  }

  /** Waits until the relay's rate allows one more frame to the room, and takes that place. */
  async slot(): Promise<void> {
    for (;;) {
      if (this.#closed !== null) throw this.#closed;
      const wait = Math.max(this.#pausedUntil - this.#clock.now(), this.#bucket.wait());
      if (wait <= 0 && this.#bucket.take()) return;
      await new Promise<void>((resolve) => this.#later(resolve, Math.max(1, wait), resolve));
    }
  }

  #reliable(make: (sendId: number) => ClientFrame): number {
    if (this.#closed !== null) throw this.#closed;
    const sendId = this.#nextSendId;
    const frame = encodeClientFrame(make(sendId));
    if (this.#unackedBytes + frame.length > LINK_LIMITS.maxUnackedBytes) {
      throw new ClientError("too_much", "Cannot send: the relay has not taken what was sent before");
    }
    this.#nextSendId++;
    this.#unacked.push({ sendId, frame });
    this.#unackedBytes += frame.length;
    if (this.#pausedUntil <= this.#clock.now()) this.#write(frame);
    return sendId;
  }

  #write(frame: Uint8Array): void {
    if (this.#closed !== null) return;
    this.#pending.push(frame);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#pending.length === 0 || this.#closed !== null) return;
    const frames = this.#pending;
    this.#pending = [];
    const limit = this.welcome.maxPayload;
    let batch: Uint8Array[] = [];
    let size = 0;
    for (const frame of frames) {
      if (batch.length > 0 && size + frame.length + 4 > limit) {
        this.#socket.send(packBatch(batch));
        batch = [];
        size = 0;
      }
      batch.push(frame);
      size += frame.length + 4;
    }
    this.#socket.send(packBatch(batch));
  }

  #ask<T>(frames: readonly ClientFrame[], pick: (frame: RelayFrame) => T | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== null) return reject(this.#closed);
      const done = (): void => {
        this.#waiter = null;
        this.#failWaiter = null;
        this.#cancel(timer);
      };
      const timer = this.#later(() => {
        done();
        reject(
          new ClientError("unreachable", "Cannot go on: the relay did not answer within 10 s", { status: 3 }),
        );
      }, LINK_LIMITS.answerMs);
      this.#failWaiter = (error) => {
        done();
        reject(error);
      };
      this.#waiter = (answer) => {
        const picked = pick(answer);
        if (picked !== undefined) {
          done();
          resolve(picked);
          return true;
        }
        if (answer.type !== "error" || answer.sendId !== 0) return false;
        done();
        reject(refusal(answer));
        return true;
      };
      for (const frame of frames) this.#write(encodeClientFrame(frame));
    });
  }

  #later(run: () => void, ms: number, onEnd?: () => void): unknown {
    const entry: { timer: unknown; onEnd: (() => void) | undefined } = { timer: null, onEnd };
    entry.timer = this.#clock.setTimer(() => {
      this.#timers.delete(entry);
      run();
    }, ms);
    this.#timers.add(entry);
    return entry;
  }

  #cancel(entry: unknown): void {
    if (!this.#timers.delete(entry)) return;
    this.#clock.clearTimer((entry as { timer: unknown }).timer);
  }

  #end(error: ClientError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    for (const entry of [...this.#timers] as { timer: unknown; onEnd?: () => void }[]) {
      this.#clock.clearTimer(entry.timer);
      entry.onEnd?.();
    }
    this.#timers.clear();
    this.#unacked.length = 0;
    this.#pending = [];
    this.#held = [];
    this.#failWaiter?.(error);
    this.#socket.close();
    this.#events?.closed(error);
  }
}

/** Sends hello and waits for welcome, before anything else is set up. */
function greet(socket: Socket, url: string, signal: AbortSignal): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      socket.onMessage = () => {};
      socket.onClose = () => {};
      socket.close();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) return fail(signal.reason);
    signal.addEventListener("abort", onAbort);
    socket.onClose = ({ reason }) =>
      fail(unreachable(url, reason === "" ? "it closed the connection" : reason));
    socket.onMessage = (bytes) => {
      try {
        const frames = unpackBatch(bytes, { maxBytes: 65_536, maxFrames: 16 }).map(decodeRelayFrame);
        const welcome = frames.find((frame) => frame.type === "welcome");
        const error = frames.find((frame) => frame.type === "error");
        if (welcome?.type === "welcome") {
          signal.removeEventListener("abort", onAbort);
          resolve(welcome);
        } else if (error?.type === "error") fail(refusal(error));
      } catch (cause) {
        fail(
          new ClientError("not_a_relay", `Cannot use ${url}: what answers there is not a Sotto relay`, {
            status: 3,
            cause,
          }),
        );
      }
    };
    socket.send(packBatch([encodeClientFrame({ type: "hello", version: 1, auth: new Uint8Array(0) })]));
  });
}

function unreachable(url: string, why: string): ClientError {
  return new ClientError("unreachable", `Cannot reach the relay at ${url}: ${why}`, { status: 3 });
}

/** The relay's refusal as an error of ours; its code is the wire code's name. */
function refusal(frame: Extract<RelayFrame, { type: "error" }>): ClientError {
  const name = errorName(frame.code);
  const wait = frame.retryAfterMs > 0 ? ` Try again in ${Math.ceil(frame.retryAfterMs / 1000)} s.` : "";
  const sentence = name === undefined ? "it did not say why." : ERROR_SENTENCES[name];
  const code = (name ?? "refused").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new ClientError(code, `The relay refused: ${sentence}${wait}`, {
    status: name === "version" ? 3 : 1,
  });
}
