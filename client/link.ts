/**
 * A session's line to its relay (SPEC §11): what is sent over it arrives once and in order, whatever becomes of the
 * connections under it. Frames to the room are paced under the relay's announced rate; what is refused all the same
 * is sent again after the relay's `retryAfter`.
 *
 * Until {@linkcode RelayLink.keep} is called a link ends with its connection: a join is the user's own doing and is
 * not repeated behind its back.
 *
 * @module
 */
import { CloseCode, ErrorCode } from "../wire/error_codes.ts";
import {
  type ClientFrame,
  encodeClientFrame,
  type JoinMode,
  type RelayFrame,
  type TablePart,
} from "../wire/frame.ts";
import { comeBack, type Joined, type Place, type Returned } from "./coming_back.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { Welcome } from "./greeting.ts";
import { type Keeping, LINK_LIMITS, type LinkEvents } from "./link_events.ts";
import { Held, tooMuch } from "./held.ts";
import { finalClose, isFinal } from "./endings.ts";
import type { Clock } from "./options.ts";
import { Pace } from "./pace.ts";
import { Lasting, Reconnecting } from "./reconnecting.ts";
import { refusal, unreachable } from "./refusals.ts";
import { Timers } from "./timers.ts";
import { Unacked } from "./unacked.ts";

export type { Deliver, Joined } from "./coming_back.ts";
export type { Welcome } from "./greeting.ts";

export { type Back, type Keeping, LINK_LIMITS, type LinkEvents } from "./link_events.ts";

/** Refusals that say that the relay does not count us among the members. */
const OUTSIDE: ReadonlySet<number> = new Set([
  ErrorCode.notAMember,
  ErrorCode.notInRoom,
  ErrorCode.knockQuota,
]);

/** How long who leaves waits for the relay to close the connection, in milliseconds. */
const GOODBYE_MS = 1_000;

/** How often it is looked whether the relay has taken what waits, in milliseconds. */
const FULL_MS = 50;

/** From how long a wait for the pace on it is told, in milliseconds. */
const TELL_WAIT_MS = 1_000;

/** A line to a relay. */
export class RelayLink {
  readonly #url: string;
  readonly #options: LinkOptions;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #pace: Pace;
  readonly #unacked = new Unacked();
  readonly #online: (() => void)[] = [];
  #connection: Connection;
  #connected = true;
  #place: Place | null = null;
  #keeping: Keeping | null = null;
  readonly #lasting: Lasting;
  #reconnecting: Reconnecting | null = null;
  #events: LinkEvents | null = null;
  readonly #held = new Held<RelayFrame>();
  #superseded = -Infinity;
  #closed: ClientError | null = null;
  #leaving: Promise<void> | null = null;

  private constructor(url: string, connection: Connection, options: LinkOptions) {
    const { connect, clock, certHash, login, insecureToken, onEvent } = options;
    this.#url = url;
    this.#options = {
      connect,
      clock,
      ...(certHash === undefined ? {} : { certHash }),
      ...(login === undefined ? {} : { login }),
      ...(insecureToken === undefined ? {} : { insecureToken }),
      ...(onEvent === undefined ? {} : { onEvent }),
    };
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#lasting = new Lasting(clock);
    this.#connection = connection;
    this.#pace = new Pace(clock, connection.welcome);
    this.#attach(connection);
  }

  /** Connects and greets. Rejects with a `ClientError` of status 3 that names the address. */
  static async open(url: string, options: LinkOptions & { signal?: AbortSignal }): Promise<RelayLink> {
    return new RelayLink(url, await Connection.open(url, options), options);
  }

  /** Opens another link to the same relay, for something apart from this room. */
  beside(): Promise<RelayLink> {
    return RelayLink.open(this.#url, this.#options);
  }

  /** The relay's announced limits and nonce. */
  get welcome(): Welcome {
    return this.#connection.welcome;
  }

  /** Starts telling; what came before is told first. */
  listen(events: LinkEvents): void {
    this.#events = events;
    for (const frame of this.#held.take()) this.#dispatch(frame);
    if (this.#closed !== null) events.closed(this.#closed);
  }

  /** From now on a lost connection comes back. */
  keep(keeping: Keeping): void {
    this.#keeping = keeping;
  }

  /** From now on a lost connection is the end. */
  letGo(): void {
    this.#keeping = null;
    if (!this.#connected) this.close();
  }

  /** Whether the link is gone. */
  get closed(): boolean {
    return this.#closed !== null;
  }

  /** Whether there is a connection, with us in the room. */
  get connected(): boolean {
    return this.#connected && this.#closed === null;
  }

  /** How much of the relay's rate is left, from 0 to 1. */
  get spare(): number {
    return this.#pace.spare;
  }

  /** Resolves when the relay has got what was sent, or the connection has ended. */
  reached(): Promise<void> {
    return this.#connected ? this.#connection.reached() : Promise.resolve();
  }

  /** Frames that the relay has not taken yet. */
  get unacked(): number {
    return this.#unacked.size;
  }

  /** Enters a room by a door; rejects with the relay's refusal, whose code is the wire code's name. */
  async join(doorId: Uint8Array, mode: JoinMode): Promise<Joined> {
    return await this.#connection.ask([{ type: "join", doorId, mode }], (frame) => {
      if (frame.type !== "joined") return undefined;
      this.#place = { roomEpoch: frame.roomEpoch, token: frame.token, lastSeq: frame.seq };
      return frame;
    });
  }

  /** Sends to the room; gives the ticket under which it will be acknowledged. Take a slot first. */
  send(payload: Uint8Array): number {
    return this.#reliable(encodeSend(this.#unacked.nextSendId, payload), { here: false });
  }

  /** As {@linkcode RelayLink.send}, for what means nothing in another place than the present one. */
  sendHere(payload: Uint8Array): number {
    return this.#reliable(encodeSend(this.#unacked.nextSendId, payload), { here: true });
  }

  /** Sends to the room what may be dropped. */
  sendDroppable(payload: Uint8Array): void {
    if (this.#connected && this.#pace.take()) {
      this.#write({ type: "send", sendId: 0, droppable: true, payload });
    }
  }

  /** Sends `common ‖ bytes` to each of the listed peers. */
  sendTable(common: Uint8Array, parts: TablePart[]): number {
    const sendId = this.#unacked.nextSendId;
    const frame = encodeClientFrame({ type: "send_table", sendId, droppable: false, common, parts });
    return this.#reliable(frame, { here: true });
  }

  /** As {@linkcode RelayLink.sendTable}, for what may be dropped. */
  sendTableDroppable(common: Uint8Array, parts: TablePart[]): void {
    this.#write({ type: "send_table", sendId: 0, droppable: true, common, parts });
  }

  /** Opens a door of the room at the relay; rejects with `door_taken` when it leads elsewhere already. */
  async openDoor(doorId: Uint8Array): Promise<void> {
    await this.#done({ type: "door", action: "add", doorId });
  }

  /** Lists the room at the relay for everybody; rejects with `public_forbidden` where it lists none. */
  async publish(listing: { name: string; topic: string; invite: Uint8Array }): Promise<void> {
    await this.#done({ type: "publish", ...listing });
  }

  /** Takes the room off the relay's list. */
  unlist(): void {
    this.#write({ type: "publish", name: "", topic: "", invite: new Uint8Array(0) });
  }

  /** Sends what the relay answers only when it refuses it, and waits until it has not. */
  async #done(frame: ClientFrame): Promise<void> {
    // The relay says nothing when it has done it: what comes before the answer to a ping is about the frame.
    const opaque = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const frames: ClientFrame[] = [frame, { type: "ping", opaque }];
    for (;;) {
      const connection = this.#connection;
      try {
        return void await connection.ask(
          frames,
          (frame) => frame.type === "pong" && frame.opaque === opaque ? frame : undefined,
        );
      } catch (error) {
        if (this.#keeping === null || !(error instanceof ClientError)) throw error;
        // A relay that does not even answer a ping is gone, though nobody has said so yet.
        if (error.code === "unreachable") connection.end(error);
        if (connection.ended === null) throw error;
        await this.online();
      }
    }
  }

  /** Shuts a door of the room at the relay. */
  shutDoor(doorId: Uint8Array): void {
    this.#write({ type: "door", action: "drop", doorId });
  }

  /** Tells the relay that a knocker has become a member. */
  admit(peerId: number): void {
    this.#write({ type: "admit", peerId });
  }

  /** Steps back from a door: the connection stays, and may knock again. */
  stepBack(): void {
    this.#place = null;
    this.#write({ type: "leave" });
  }

  /**
   * Leaves the room at the relay and closes. Resolves when the connection is gone, and so the relay knows, or when that
   * takes too long: a program that exits before would keep its place.
   */
  leave(): Promise<void> {
    return this.#leaving ??= this.#leave();
  }

  #leave(): Promise<void> {
    const connection = this.#connection;
    const connected = this.#connected && this.#closed === null;
    if (connected) {
      connection.write({ type: "leave" });
      connection.flush();
    }
    this.close();
    if (!connected) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(resolve, GOODBYE_MS);
      void connection.gone.then(() => {
        this.#clock.clearTimer(timer);
        resolve();
      });
    });
  }

  /** Ends, for this reason. */
  fail(error: ClientError): void {
    this.#end(error);
  }

  /** Closes without a word. */
  close(): void {
    this.#end(new ClientError("closed", "Cannot go on: the connection was closed", { status: 3 }));
  }

  /** Without a connection: tries now. With one: asks whether it still is one. */
  reconnectNow(): void {
    this.#reconnecting?.now();
    if (this.#connected) this.#connection.probe();
  }

  /** Resolves when there is a connection; rejects when the link is gone. */
  async online(): Promise<void> {
    while (!this.connected) {
      if (this.#closed !== null) throw this.#closed;
      await new Promise<void>((resolve) => this.#online.push(resolve));
    }
  }

  /** Waits until there is a connection and the relay's rate allows one more frame to the room; takes that place. */
  async slot(): Promise<void> {
    for (;;) {
      await this.online();
      const full = this.#unacked.bytes > LINK_LIMITS.maxUnackedBytes / 2 ? FULL_MS : 0;
      const wait = Math.max(this.#pace.wait(), full);
      if (wait <= 0 && this.#pace.take()) return;
      if (wait >= TELL_WAIT_MS) this.#events?.paused(wait);
      await new Promise<void>((resolve) => this.#timers.after(Math.max(1, wait), resolve, resolve));
    }
  }

  #attach(connection: Connection): void {
    connection.onFrame = (frame) => this.#take(frame);
    connection.onEnd = (error) => this.#lost(error);
  }

  #write(frame: ClientFrame): void {
    if (this.#connected) this.#connection.write(frame);
  }

  #reliable(frame: Uint8Array, { here }: { here: boolean }): number {
    if (this.#closed !== null) throw this.#closed;
    if (this.#unacked.bytes + frame.length > LINK_LIMITS.maxUnackedBytes) {
      throw new ClientError("too_much", "Cannot send: the relay has not taken what was sent before");
    }
    const ticket = this.#unacked.add(frame, { here });
    if (this.#connected && !this.#pace.paused) this.#connection.writeEncoded(frame);
    return ticket;
  }

  #take(frame: RelayFrame): void {
    const now = this.#events !== null || frame.type === "ack" || frame.type === "error" ||
      frame.type === "bye";
    // What there is no room for has not been seen: a place that is kept is taken up again from before it.
    if (!now && !this.#held.add(frame)) return this.#connection.end(tooMuch("come in"));
    if (this.#place !== null && (frame.type === "deliver" || frame.type === "ack")) {
      this.#place.lastSeq = Math.max(this.#place.lastSeq, frame.seq);
    }
    if (now) this.#dispatch(frame);
  }

  #dispatch(frame: RelayFrame): void {
    switch (frame.type) {
      case "deliver":
        this.#lasting.use();
        return this.#events?.deliver(frame);
      case "peer_in":
        return this.#events?.peerIn(frame.peerId);
      case "peer_out":
        return this.#events?.peerOut(frame.peerId, frame.reason);
      case "admitted":
        return this.#events?.admitted();
      case "ack": {
        const ticket = this.#unacked.acknowledge(frame.sendId);
        if (ticket === 0) return;
        this.#lasting.use();
        return this.#events?.acked(ticket);
      }
      case "error":
        return this.#refused(frame);
      case "tell":
        return this.#events?.told?.(frame.code, frame.sentence);
      case "bye":
        return this.#bye(frame);
    }
  }

  /** A refused send is kept and sent again, with all that came after it, when the relay says so. */
  #refused(frame: Extract<RelayFrame, { type: "error" }>): void {
    if (frame.sendId === 0 || frame.code === ErrorCode.outOfOrder) return;
    if (OUTSIDE.has(frame.code) && this.#keeping !== null && this.#place !== null) {
      // Whoever let us in could not tell the relay any more, or the relay has shown us out: members let us in again.
      this.#place.token = null;
      return this.#connection.end(refusal(frame));
    }
    if (frame.code !== ErrorCode.rateLimited) return this.#end(refusal(frame));
    const wait = Math.max(100, frame.retryAfterMs);
    this.#pace.pause(wait);
    this.#events?.paused(wait);
    const connection = this.#connection;
    this.#timers.after(wait, () => {
      if (this.#connected && connection === this.#connection) this.#resend();
    });
  }

  #resend(): void {
    for (const frame of this.#unacked.frames()) this.#connection.writeEncoded(frame);
  }

  #bye({ code, sentence }: Extract<RelayFrame, { type: "bye" }>): void {
    const final = finalClose(code, sentence);
    if (final !== undefined) return this.#end(final);
    const ending = new ClientError("relay_closed", `The relay ended the connection: ${sentence}`, {
      status: 3,
    });
    if (code === CloseCode.superseded) {
      // Whoever holds our token has our place, and can do nothing with it: without our keys it is a bystander.
      const again = this.#clock.now() - this.#superseded < LINK_LIMITS.duelMs;
      this.#superseded = this.#clock.now();
      if (this.#place !== null) this.#place.token = null;
      if (again) return this.#end(ending);
    }
    this.#connection.end(ending);
  }

  #lost(error: ClientError): void {
    this.#connected = false;
    if (this.#closed !== null) return;
    if (this.#keeping === null || this.#place === null || isFinal(error)) return this.#end(error);
    this.#reconnect(error.message);
  }

  #reconnect(reason: string): void {
    const keeping = this.#keeping as Keeping;
    this.#reconnecting = new Reconnecting({
      clock: this.#clock,
      giveUpMs: keeping.giveUpMs,
      ...this.#lasting.lost(keeping.steadyMs),
      attempt: (signal) => this.#attempt(keeping, signal),
      waiting: (info) => keeping.waiting(info),
      failed: (error) => this.#end(error),
    }, reason);
  }

  async #attempt(keeping: Keeping, signal: AbortSignal): Promise<void> {
    const connection = await Connection.open(this.#url, { ...this.#options, signal }).catch((error) => {
      throw error instanceof ClientError ? error : unreachable(this.#url, "it does not answer");
    });
    const stop = (): void => connection.end(signal.reason);
    signal.addEventListener("abort", stop);
    try {
      const returned = await comeBack(connection, this.#place as Place, { way: keeping, clock: this.#clock });
      if (connection.ended !== null) throw connection.ended;
      this.#returned(connection, returned, keeping);
    } catch (error) {
      connection.end(error instanceof ClientError ? error : new ClientError("failed", String(error)));
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #returned(connection: Connection, { joined, present, held }: Returned, keeping: Keeping): void {
    const { roomEpoch, token, seq } = joined;
    const lastSeq = present === null ? this.#place?.lastSeq ?? 0 : seq;
    this.#place = { roomEpoch, token, lastSeq };
    // Where we are goes out first: what follows is then known to be ours.
    const first = present === null ? null : encodeSend(1, present);
    const dropped = first === null ? [] : this.#unacked.renumber(first);
    this.#connection = connection;
    this.#connected = true;
    this.#lasting.begin(this.#reconnecting?.attempts ?? 0, this.#reconnecting?.absentMs ?? 0);
    this.#reconnecting = null;
    this.#pace.unpause();
    this.#attach(connection);
    this.#resend();
    keeping.back({ joined, present, dropped });
    for (const frame of held) this.#take(frame);
    // What has just been read may have ended it all again.
    if (!this.connected) return;
    for (const go of this.#online.splice(0)) go();
  }

  #end(error: ClientError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#connected = false;
    this.#timers.dispose();
    this.#reconnecting?.dispose();
    this.#unacked.clear();
    this.#held.take();
    this.#connection.end(error);
    for (const go of this.#online.splice(0)) go();
    this.#events?.closed(error);
  }
}

function encodeSend(sendId: number, payload: Uint8Array): Uint8Array {
  return encodeClientFrame({ type: "send", sendId, droppable: false, payload });
}

/** What a link is made with. */
export type LinkOptions = ConnectionOptions;
