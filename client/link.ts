/**
 * One connection to a relay (SPEC §11): greeting, batches, acknowledgements, pacing and the heartbeat.
 *
 * Frames to the room are paced under the relay's announced rate, so that a well-behaved client is never
 * refused; if it is all the same, what was refused is sent again after the relay's `retryAfter`, in order.
 *
 * @module
 */
import { unpackBatch } from "../wire/batch.ts";
import { ErrorCode } from "../wire/error_codes.ts";
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
import { greet, type Welcome } from "./greeting.ts";
import type { Clock, Connect, Socket } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { lost, refusal, unreachable } from "./refusals.ts";
import { Timers } from "./timers.ts";
import { TokenBucket } from "./token_bucket.ts";

export type { Welcome } from "./greeting.ts";
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
  answerMs: 9_000,
  /** Most bytes that wait for an acknowledgement or for the pace. */
  maxUnackedBytes: 64 * 1_048_576,
  /** Most frames from the relay held while nobody listens yet. */
  maxHeld: 4_096,
} as const;

/** How often it is looked whether the relay has taken what waits, in milliseconds. */
const FULL_MS = 50;

/** From how long a wait for the pace on it is told, in milliseconds. */
const TELL_WAIT_MS = 1_000;

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
  readonly #outbox: Outbox;
  #nextSendId = 1;
  #pausedUntil = 0;
  #waiter: ((frame: RelayFrame) => boolean) | null = null;
  #failWaiter: ((error: ClientError) => void) | null = null;
  readonly #askLater: (() => void)[] = [];
  #closed: ClientError | null = null;
  #heard: number;
  readonly #timers: Timers;

  private constructor(socket: Socket, welcome: Welcome, clock: Clock) {
    this.#socket = socket;
    this.welcome = welcome;
    this.#clock = clock;
    this.#heard = clock.now();
    this.#timers = new Timers(clock);
    this.#outbox = new Outbox(socket, welcome.maxPayload);
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
      () => deadline.abort(unreachable(url, "it did not answer within 9 s")),
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
    this.#outbox.write(encodeClientFrame({ type: "send", sendId: 0, droppable: true, payload }));
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
    this.#outbox.write(encodeClientFrame({ type: "door", action: "drop", doorId }));
  }

  /** Tells the relay that a knocker has become a member. */
  admit(peerId: number): void {
    this.#outbox.write(encodeClientFrame({ type: "admit", peerId }));
  }

  /** Steps back from a door: the connection stays, and may knock again. */
  stepBack(): void {
    this.#outbox.write(encodeClientFrame({ type: "leave" }));
  }

  /** Leaves the room at the relay and closes. */
  leave(): void {
    if (this.#closed !== null) return;
    this.#outbox.write(encodeClientFrame({ type: "leave" }));
    this.#outbox.flush();
    this.close();
  }

  /** Closes without a word. */
  close(): void {
    this.#end(new ClientError("closed", "Cannot go on: the connection was closed", { status: 3 }));
  }

  #attach(): void {
    this.#socket.onMessage = (bytes) => this.#receive(bytes);
    this.#socket.onClose = ({ reason }) => {
      this.#end(lost(reason === "" ? "the connection was cut" : reason));
    };
    this.#beat();
  }

  /** Pings at the relay's interval; a relay that says nothing for the timeout is gone. */
  #beat(): void {
    const { heartbeatIntervalMs, heartbeatTimeoutMs } = this.welcome;
    this.#timers.after(Math.max(100, heartbeatIntervalMs), () => {
      if (this.#clock.now() - this.#heard > heartbeatTimeoutMs) {
        this.#end(lost(`it was silent for ${Math.round(heartbeatTimeoutMs / 1000)} s`));
        return;
      }
      this.#outbox.write(encodeClientFrame({ type: "ping", opaque: this.#clock.now() >>> 0 }));
      this.#beat();
    });
  }

  #receive(bytes: Uint8Array): void {
    this.#heard = this.#clock.now();
    let frames: RelayFrame[];
    try {
      frames = unpackBatch(bytes, { maxBytes: 64 * 1_048_576, maxFrames: 65_536 }).map(decodeRelayFrame);
    } catch (cause) {
      this.#end(lost("it sent something that is not Sotto", { cause }));
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
    this.#timers.after(wait, () => {
      for (const sent of this.#unacked) this.#outbox.write(sent.frame);
    });
  }

  /** Waits until the relay's rate allows one more frame to the room, and takes that place. */
  async slot(): Promise<void> {
    for (;;) {
      if (this.#closed !== null) throw this.#closed;
      const full = this.#unackedBytes > LINK_LIMITS.maxUnackedBytes / 2 ? FULL_MS : 0;
      const wait = Math.max(this.#pausedUntil - this.#clock.now(), this.#bucket.wait(), full);
      if (wait <= 0 && this.#bucket.take()) return;
      if (wait >= TELL_WAIT_MS) this.#events?.paused(wait);
      await new Promise<void>((resolve) => this.#timers.after(Math.max(1, wait), resolve, resolve));
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
    if (this.#pausedUntil <= this.#clock.now()) this.#outbox.write(frame);
    return sendId;
  }

  #ask<T>(frames: readonly ClientFrame[], pick: (frame: RelayFrame) => T | undefined): Promise<T> {
    // One question at a time: the answers do not say what they answer.
    if (this.#waiter === null) return this.#askNow(frames, pick);
    return new Promise<void>((resolve) => this.#askLater.push(resolve)).then(() => this.#ask(frames, pick));
  }

  #askNow<T>(frames: readonly ClientFrame[], pick: (frame: RelayFrame) => T | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== null) return reject(this.#closed);
      const done = (): void => {
        this.#waiter = null;
        this.#failWaiter = null;
        stop();
        for (const next of this.#askLater.splice(0)) next();
      };
      const stop = this.#timers.after(LINK_LIMITS.answerMs, () => {
        done();
        reject(
          new ClientError("unreachable", "Cannot go on: the relay did not answer within 9 s", { status: 3 }),
        );
      });
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
      for (const frame of frames) this.#outbox.write(encodeClientFrame(frame));
    });
  }

  #end(error: ClientError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#timers.dispose();
    this.#unacked.length = 0;
    this.#outbox.close();
    this.#held = [];
    this.#failWaiter?.(error);
    this.#socket.close();
    this.#events?.closed(error);
  }
}
