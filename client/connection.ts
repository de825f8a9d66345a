/**
 * One greeted connection to a relay (SPEC §11.1): batches both ways, questions and answers, the heartbeat.
 *
 * A machine that has slept finds its connections dead without being told. So a connection looks at the clock now
 * and then: after a jump it asks the relay at once, and a relay that does not answer is gone.
 *
 * @module
 */
import { unpackBatch } from "../wire/batch.ts";
import { type ClientFrame, decodeRelayFrame, encodeClientFrame, type RelayFrame } from "../wire/frame.ts";
import type { ClientError } from "./errors.ts";
import { finalClose } from "./endings.ts";
import type { SessionEvent } from "./events.ts";
import { greet, type Welcome } from "./greeting.ts";
import { LoginBook } from "./login.ts";
import type { Clock, Connect, LoginOptions, PinOptions, Socket } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { ANSWER_MS, Questions } from "./questions.ts";
import { lost, unreachable } from "./refusals.ts";
import { Timers } from "./timers.ts";

/** Times of a connection, in milliseconds. */
export const CONNECTION_LIMITS = {
  /** How long connecting and each answer of the relay may take. */
  answerMs: ANSWER_MS,
  /** How often the clock is looked at, at most. */
  lookMs: 5_000,
  /** How long a ping may stay without an answer while nothing of ours is on its way. */
  pongMs: 10_000,
  /** The same after the clock has jumped. */
  wakeMs: 3_000,
  /** How long it then takes to read what lies here unread, before silence is believed. */
  graceMs: 250,
  /** So many of them go by in turns of 1 ms each, to see how long one really takes. */
  graceTurns: 20,
  /** What takes longer by this shows a program that is busy. */
  busyMs: 100,
} as const;

/** What a connection is made with. */
export interface ConnectionOptions extends LoginOptions, PinOptions {
  connect: Connect;
  clock: Clock;
  /** Receives notices about logging in. */
  onEvent?: (event: SessionEvent) => void;
}

/** A connection that has been greeted by the relay; it ends once and stays ended. */
export class Connection {
  /** The relay's announced limits and nonce. */
  readonly welcome: Welcome;
  /** Called with each frame that answers no question. */
  onFrame: (frame: RelayFrame) => void = () => {};
  /** Called once, when the connection has ended. */
  onEnd: (error: ClientError) => void = () => {};
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #outbox: Outbox;
  readonly #questions: Questions;
  /** What waits for the answer to a ping of its own. */
  readonly #marks = new Map<number, () => void>();
  readonly #gone = Promise.withResolvers<void>();
  #ended: ClientError | null = null;
  #heard: number;
  #pinged: number;
  /** When the ping was sent that nothing has been heard since; `null` when there is none. */
  #unanswered: number | null = null;
  #patience: number = CONNECTION_LIMITS.pongMs;
  #looks = 0;
  /** Whether what lies here unread is being read. */
  #doubting = false;

  private constructor(socket: Socket, welcome: Welcome, clock: Clock) {
    this.#socket = socket;
    this.welcome = welcome;
    this.#clock = clock;
    this.#heard = this.#pinged = clock.now();
    this.#timers = new Timers(clock);
    this.#outbox = new Outbox(socket, welcome.maxPayload);
    this.#questions = new Questions({
      timers: this.#timers,
      write: (frame) => this.write(frame),
      ended: () => this.#ended,
    });
  }

  /**
   * Connects, greets and logs in. Rejects with a `ClientError` of status 3 that names the address, or with why the
   * relay lets us not in.
   */
  static async open(url: string, options: ConnectionOptions & { signal?: AbortSignal }): Promise<Connection> {
    const { connect, clock, certHash, insecureToken, onEvent } = options;
    const deadline = new AbortController();
    const timer = clock.setTimer(
      () => deadline.abort(unreachable(url, "it did not answer within 9 s")),
      CONNECTION_LIMITS.answerMs,
    );
    const signal = options.signal === undefined
      ? deadline.signal
      : AbortSignal.any([deadline.signal, options.signal]);
    try {
      const socket = await connect(url, { signal, ...(certHash && { certHash }) });
      const welcome = await LoginBook.using(
        options.login,
        (book) => greet(socket, { url, signal, book, insecureToken, onEvent }),
      );
      const connection = new Connection(socket, welcome, clock);
      connection.#attach();
      return connection;
    } finally {
      clock.clearTimer(timer);
    }
  }

  /** Why it has ended; `null` while it has not. */
  get ended(): ClientError | null {
    return this.#ended;
  }

  /**
   * Resolves when the relay has got what was sent, or the connection has ended. What `bufferedAmount` does not count
   * waits in the system's own buffers, which are large, and everything that is said later waits behind it.
   */
  reached(): Promise<void> {
    if (this.#ended !== null) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const opaque = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    this.#marks.set(opaque, resolve);
    this.write({ type: "ping", opaque });
    return promise;
  }

  /** Resolves when its socket is closed, which is after the relay has taken what was sent. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Sends a frame at the end of this turn. */
  write(frame: ClientFrame): void {
    this.#outbox.write(encodeClientFrame(frame));
  }

  /** As {@linkcode Connection.write}, for a frame that is encoded already. */
  writeEncoded(frame: Uint8Array): void {
    this.#outbox.write(frame);
  }

  /** Sends what waits, now. */
  flush(): void {
    this.#outbox.flush();
  }

  /**
   * Asks the relay something: rejects with its refusal, whose code is the wire code's name, or when no answer comes.
   * One question at a time: the answers do not say what they answer.
   */
  ask<T>(frames: readonly ClientFrame[], pick: (frame: RelayFrame) => T | undefined): Promise<T> {
    return this.#questions.ask(frames, pick);
  }

  /** Asks whether the relay is still there; one that does not answer soon is gone. */
  probe(): void {
    if (this.#ended !== null || this.#patience < CONNECTION_LIMITS.pongMs) return;
    this.#patience = CONNECTION_LIMITS.wakeMs;
    this.#unanswered = null;
    this.#ping();
    this.#timers.after(CONNECTION_LIMITS.wakeMs, () => this.#judge());
  }

  /** Ends it. */
  end(error: ClientError): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    this.#timers.dispose();
    this.#outbox.close();
    this.#questions.fail(error);
    for (const reached of this.#marks.values()) reached();
    this.#marks.clear();
    this.#socket.close();
    this.onEnd(error);
  }

  #attach(): void {
    this.#socket.onMessage = (bytes) => this.#receive(bytes);
    this.#socket.onClose = ({ code, reason }) => {
      this.#gone.resolve();
      this.end(finalClose(code, reason) ?? lost(reason === "" ? "the connection was cut" : reason));
    };
    this.#look();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#ended !== null) return;
    this.#heard = this.#clock.now();
    this.#unanswered = null;
    this.#patience = CONNECTION_LIMITS.pongMs;
    // Timers of a page that nobody looks at run once a minute, which is too rare for the relay.
    if (this.#heard - this.#pinged >= this.welcome.heartbeatIntervalMs) this.#ping();
    let frames: RelayFrame[];
    try {
      frames = unpackBatch(bytes, { maxBytes: 64 * 1_048_576, maxFrames: 65_536 }).map(decodeRelayFrame);
    } catch (cause) {
      return this.end(lost("it sent something that is not Sotto", { cause }));
    }
    for (const frame of frames) {
      if (this.#ended !== null) return;
      if (this.#questions.take(frame) || this.#marked(frame)) continue;
      this.onFrame(frame);
    }
  }

  /** Whether a frame answers a ping that somebody waits for. */
  #marked(frame: RelayFrame): boolean {
    const reached = frame.type === "pong" ? this.#marks.get(frame.opaque) : undefined;
    if (frame.type !== "pong" || reached === undefined) return false;
    this.#marks.delete(frame.opaque);
    reached();
    return true;
  }

  /** Looks at the clock, pings when it is time, and calls the relay gone when it has not answered. */
  #look(): void {
    const { heartbeatIntervalMs } = this.welcome;
    const ms = Math.min(CONNECTION_LIMITS.lookMs, Math.max(100, heartbeatIntervalMs));
    const due = this.#clock.now() + ms;
    this.#timers.after(ms, () => {
      this.#looks++;
      const now = this.#clock.now();
      const slept = now - due > CONNECTION_LIMITS.lookMs;
      if (slept) this.probe();
      else if (now - this.#pinged >= heartbeatIntervalMs) this.#ping();
      this.#judge();
      if (this.#ended === null) this.#look();
    });
  }

  #ping(): void {
    const now = this.#clock.now();
    this.#pinged = now;
    if (this.#unanswered === null) {
      this.#unanswered = now;
      this.#looks = 0;
    }
    this.write({ type: "ping", opaque: now >>> 0 });
  }

  /**
   * Nothing heard since a ping: gone, after a while; longer as long as what we send is still on its way. At least one
   * look at the clock lies between, so that an answer that lies here unread counts.
   */
  #judge(): void {
    if (this.#ended === null && this.#isSilent()) this.#doubt();
  }

  #isSilent(): boolean {
    if (this.#unanswered === null) return false;
    const patience = this.#socket.bufferedAmount > 0 ? this.welcome.heartbeatTimeoutMs : this.#patience;
    if (this.#looks === 0 && patience > CONNECTION_LIMITS.wakeMs) return false;
    return this.#clock.now() - this.#unanswered >= patience;
  }

  /**
   * The relay seems to be silent. A program that has much to do reads late what came in time, and sees that its own
   * timers are late too: as long as they are, silence says nothing, up to the longest that the relay itself would wait.
   * Turns that are a little too long each show when there are several.
   */
  #doubt(): void {
    if (this.#doubting) return;
    this.#doubting = true;
    this.#wait(CONNECTION_LIMITS.graceTurns, this.#clock.now());
  }

  #wait(turns: number, since: number): void {
    const { graceMs, graceTurns, busyMs } = CONNECTION_LIMITS;
    this.#timers.after(turns === graceTurns ? graceMs - graceTurns : 1, () => {
      const now = this.#clock.now();
      if (this.#unanswered === null || !this.#isSilent()) {
        this.#doubting = false;
        return;
      }
      const busy = now - since > graceMs + busyMs;
      if (!busy && turns > 0) return this.#wait(turns - 1, since);
      if (busy && now - this.#unanswered < this.welcome.heartbeatTimeoutMs) {
        return this.#wait(graceTurns, now);
      }
      this.end(lost(`it was silent for ${Math.round((now - this.#heard) / 1000)} s`));
    });
  }
}
