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
import type { ClientFrame, JoinMode, TablePart } from "../wire/frame.ts";
import type { Joined, Place, Returned } from "./coming_back.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { Welcome } from "./greeting.ts";
import type { Keeping, LinkEvents } from "./link_events.ts";
import { LinkIntake } from "./link_intake.ts";
import { isFinal } from "./endings.ts";
import type { Clock } from "./options.ts";
import { LinkDesk } from "./link_desk.ts";
import { lastingOptions, LinkReturn } from "./link_return.ts";
import { PacedSends } from "./paced_sends.ts";
import { Timers } from "./timers.ts";

export type { Deliver, Joined } from "./coming_back.ts";
export type { Welcome } from "./greeting.ts";

export { type Back, type Keeping, LINK_LIMITS, type LinkEvents } from "./link_events.ts";

/** How long who leaves waits for the relay to close the connection, in milliseconds. */
const GOODBYE_MS = 1_000;

/** A line to a relay. */
export class RelayLink {
  readonly #url: string;
  readonly #options: LinkOptions;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #sends: PacedSends;
  readonly #return: LinkReturn;
  readonly #intake: LinkIntake;
  readonly #online: (() => void)[] = [];
  /** What is asked of the relay about the room. */
  readonly desk: LinkDesk = new LinkDesk({
    connection: () => this.#connection,
    returns: () => this.#keeping !== null,
    online: () => this.online(),
    write: (frame) => this.#write(frame),
  });
  #connection: Connection;
  #connected = true;
  #place: Place | null = null;
  #keeping: Keeping | null = null;
  #closed: ClientError | null = null;
  #leaving: Promise<void> | null = null;

  private constructor(url: string, connection: Connection, options: LinkOptions) {
    const { clock } = options;
    this.#url = url;
    this.#options = lastingOptions(options);
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#return = new LinkReturn(url, this.#options);
    this.#connection = connection;
    this.#sends = new PacedSends({
      clock,
      timers: this.#timers,
      closed: () => this.#closed,
      online: () => this.online(),
      write: (frame) => {
        if (this.#connected) this.#connection.writeEncoded(frame);
      },
      paused: (ms) => this.#intake.events?.paused(ms),
    }, connection.welcome);
    this.#intake = new LinkIntake({
      clock,
      timers: this.#timers,
      sends: this.#sends,
      connection: () => this.#connection,
      place: () => this.#place,
      returns: () => this.#keeping !== null,
      used: () => this.#return.use(),
      end: (error) => this.#end(error),
    });
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
    this.#intake.listen(events);
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
    return this.#sends.spare;
  }

  /** Resolves when the relay has got what was sent, or the connection has ended. */
  reached(): Promise<void> {
    return this.#connected ? this.#connection.reached() : Promise.resolve();
  }

  /** Frames that the relay has not taken yet. */
  get unacked(): number {
    return this.#sends.unacked;
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
    return this.#sends.send(payload, { here: false });
  }

  /** As {@linkcode RelayLink.send}, for what means nothing in another place than the present one. */
  sendHere(payload: Uint8Array): number {
    return this.#sends.send(payload, { here: true });
  }

  /** Sends to the room what may be dropped. */
  sendDroppable(payload: Uint8Array): void {
    if (this.#connected && this.#sends.take()) {
      this.#write({ type: "send", sendId: 0, droppable: true, payload });
    }
  }

  /** Sends `common ‖ bytes` to each of the listed peers. */
  sendTable(common: Uint8Array, parts: TablePart[]): number {
    return this.#sends.sendTable(common, parts);
  }

  /** As {@linkcode RelayLink.sendTable}, for what may be dropped. */
  sendTableDroppable(common: Uint8Array, parts: TablePart[]): void {
    this.#write({ type: "send_table", sendId: 0, droppable: true, common, parts });
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
    return connected ? goneOrLate(connection, this.#clock) : Promise.resolve();
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
    this.#return.now();
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
  slot(): Promise<void> {
    return this.#sends.slot();
  }

  #attach(connection: Connection): void {
    connection.onFrame = (frame) => this.#intake.take(frame);
    connection.onEnd = (error) => this.#lost(error);
  }

  #write(frame: ClientFrame): void {
    if (this.#connected) this.#connection.write(frame);
  }

  #lost(error: ClientError): void {
    this.#connected = false;
    if (this.#closed !== null) return;
    if (this.#keeping === null || this.#place === null || isFinal(error)) return this.#end(error);
    const keeping = this.#keeping;
    this.#return.begin(error.message, {
      keeping,
      place: () => this.#place as Place,
      returned: (connection, returned) => this.#returned(connection, returned, keeping),
      failed: (error) => this.#end(error),
    });
  }

  #returned(connection: Connection, { joined, present, held }: Returned, keeping: Keeping): void {
    const { roomEpoch, token, seq } = joined;
    const lastSeq = present === null ? this.#place?.lastSeq ?? 0 : seq;
    this.#place = { roomEpoch, token, lastSeq };
    const dropped = this.#sends.renew(present);
    this.#connection = connection;
    this.#connected = true;
    this.#attach(connection);
    this.#sends.resend();
    keeping.back({ joined, present, dropped });
    for (const frame of held) this.#intake.take(frame);
    // What has just been read may have ended it all again.
    if (!this.connected) return;
    for (const go of this.#online.splice(0)) go();
  }

  #end(error: ClientError): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#connected = false;
    this.#timers.dispose();
    this.#return.dispose();
    this.#sends.clear();
    this.#intake.clear();
    this.#connection.end(error);
    for (const go of this.#online.splice(0)) go();
    this.#intake.events?.closed(error);
  }
}

/** What a link is made with. */
export type LinkOptions = ConnectionOptions;

/** Resolves when the connection is gone, or that takes too long. */
function goneOrLate(connection: Connection, clock: Clock): Promise<void> {
  return new Promise<void>((resolve) => {
    const timer = clock.setTimer(resolve, GOODBYE_MS);
    void connection.gone.then(() => {
      clock.clearTimer(timer);
      resolve();
    });
  });
}
