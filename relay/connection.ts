/** One connection to the relay: reads frames, answers, and is closed for cause. @module */
import {
  checkBatch,
  type ClientFrame,
  clientFrameAt,
  CLOSE_SENTENCES,
  CloseCode,
  closeName,
  type ErrorFrame,
  errorName,
  frameEnd,
  type HelloFrame,
  type RelayFrame,
  WIRE_VERSION,
  WireError,
} from "../wire/mod.ts";
import type { Guest, Login } from "./access.ts";
import type { Address } from "./addresses.ts";
import type { Debtor } from "./backlog.ts";
import { TokenBucket } from "./rate_limit.ts";
import type { RelayCore } from "./relay.ts";
import { refusal } from "./refusal.ts";
import { Meter } from "./meter.ts";
import { answerRequest, authenticate } from "./requests.ts";
import { keepsPlace, type Place, type Room } from "./room.ts";
import { takeSend } from "./sends.ts";
import type { RelayConnection, RelaySocket } from "./socket.ts";
import { type Direct, Outlet, type Reader, type SharedBytes } from "./turn.ts";
import { tellDraining, welcome } from "./welcome.ts";

type State = "new" | "ready" | "closing" | "closed";

/** A connection. Its place in a room, if any, outlives it. */
export class Connection implements Reader, Debtor, RelayConnection {
  /** Its number. */
  readonly id: number;
  /** When it was opened. */
  readonly since: number;
  /** What it reads that others do not. */
  readonly outlet: Outlet = new Outlet();
  /** Where it comes from. */
  readonly address: Address;
  /** Who it is, as far as the relay can see. */
  readonly guest: Guest;
  /** Where it sits; undefined outside of rooms. */
  place: Place | undefined;
  /** When anything was last heard from it. */
  heardAt: number;
  #state: State = "new";
  #stalled = false;
  #control: TokenBucket | undefined;
  readonly #meter: Meter;
  readonly #login: Login;
  readonly #socket: RelaySocket;
  readonly #core: RelayCore;

  /** A connection that has not said `hello`. */
  constructor(
    socket: RelaySocket,
    { id, guest, address }: { id: number; guest: Guest; address: Address },
    core: RelayCore,
  ) {
    this.id = id;
    this.#socket = socket;
    this.#core = core;
    this.guest = guest;
    this.address = address;
    this.#login = core.access.begin(guest, (code) => this.close(code));
    this.since = core.clock.now();
    this.heardAt = this.since;
    this.#meter = new Meter({ socket, backlog: core.backlog, most: core.limits.maxBuffered });
    socket.onMessage = (bytes) => this.#receive(bytes);
    socket.onClose = () => this.#gone();
  }

  /** The room whose turn it reads: a member's. */
  get room(): Room | undefined {
    return this.place !== undefined && this.place.knock === undefined ? this.place.room : undefined;
  }

  /** True when droppable payloads are left out for it. */
  get congested(): boolean {
    return this.#meter.congested;
  }

  /** Unsent bytes, as measured last. */
  get buffered(): number {
    return this.#meter.buffered;
  }

  /** Looks at what is unsent. */
  measure(): void {
    this.#meter.measure();
  }

  /** True once it has said `hello`, and until it is closed. */
  get ready(): boolean {
    return this.#state === "ready";
  }

  /** True once it is being closed. */
  get closing(): boolean {
    return this.#state === "closing" || this.#state === "closed";
  }

  /** Closes it when it has been silent for too long; measures what may have left since. */
  check(now: number): void {
    this.#meter.check();
    const { helloTimeoutMs, heartbeatTimeoutMs } = this.#core.limits;
    const silent = now - this.heardAt;
    if (
      this.#state === "new"
        ? silent >= helloTimeoutMs
        : this.#state === "ready" && silent >= heartbeatTimeoutMs
    ) {
      this.close(CloseCode.deadline);
    }
  }

  /** Sends a frame to it alone, in order with everything else that it gets. */
  answer(frame: RelayFrame): void {
    if (this.#state === "closed") return;
    this.outlet.insert(this.room?.turn.entries.length ?? 0, frame);
    this.#core.outflow.mark(this);
  }

  /** Tells it that something is not done, and why. */
  refuse(refused: ErrorFrame): void {
    this.#core.counters.refused(refused);
    this.answer(refused);
  }

  /** Delivers a payload to it alone, in order with everything else. */
  deliver(direct: Direct): void {
    this.outlet.direct(this.room?.turn.entries.length ?? 0, direct);
    this.#core.outflow.mark(this);
  }

  /** Acknowledges everything up to `sendId`, at the end of the turn. */
  acknowledge(sendId: number, seq: number): void {
    this.outlet.acknowledge(sendId, seq);
    this.#core.outflow.mark(this);
  }

  /** Sends packed bytes; closes the connection if it reads too slowly. */
  write(bytes: Uint8Array, common: SharedBytes | undefined): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    const socket = this.#socket;
    socket.send(socket.retains ? (common?.copy ?? bytes.slice()) : bytes);
    this.#core.counters.bytesOut += bytes.length;
    if (this.#meter.sent(bytes.length)) this.#core.outflow.slow(this);
  }

  /** Says why, sends what is waiting, closes. The place stays for its resume window unless the peer broke the rules. */
  close(code: number, error?: ErrorFrame): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    const sentence = CLOSE_SENTENCES[closeName(code) ?? "refused"];
    this.#core.counters.closed(code);
    if (error !== undefined) {
      this.refuse(error);
      this.#core.audit.record({ type: "refused", ip: this.guest.ip, reason: errorName(error.code) ?? "" });
    }
    if (code === CloseCode.tooSlow) {
      this.#stalled = true;
      this.address.stalled++;
    } else {
      this.answer({ type: "bye", code, sentence });
      this.#core.outflow.settle(this);
    }
    this.#state = "closing";
    this.#meter.close();
    // When everybody goes, nobody needs to be told of the others.
    if (code !== CloseCode.relayClosing) this.#detach(code);
    this.#socket.close(code, sentence);
  }

  /** Closes it because a newer connection took its place, which stays as it is. */
  supersede(): void {
    const place = this.place;
    this.answer({ type: "bye", code: CloseCode.superseded, sentence: CLOSE_SENTENCES.superseded });
    this.#core.outflow.settle(this);
    this.place = undefined;
    if (place !== undefined) place.connection = undefined;
    this.#state = "closing";
    this.#meter.close();
    this.#socket.close(CloseCode.superseded, CLOSE_SENTENCES.superseded);
  }

  #detach(code: number): void {
    this.#core.outflow.drop(this);
    this.outlet.clear();
    if (this.place === undefined) return;
    if (keepsPlace(code)) this.#core.lobby.lose(this.place);
    else this.#core.lobby.leave(this.place, "closed");
  }

  #gone(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#meter.end();
    if (this.#stalled) this.address.stalled--;
    this.#detach(CloseCode.ok);
    this.#login.ended();
    this.#core.left(this);
  }

  #receive(bytes: Uint8Array | undefined): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    const { outflow, counters } = this.#core;
    const now = outflow.came();
    this.heardAt = now;
    try {
      if (bytes === undefined) throw new WireError("malformed", "Cannot read a message: it is not binary");
      const frames = checkBatch(bytes, this.#core.bounds);
      if (this.place !== undefined && this.place.previousToken !== "") {
        this.#core.lobby.tokens.settle(this.place);
      }
      counters.bytesIn += bytes.length;
      counters.framesIn += frames;
      for (let at = 0; at < bytes.length;) { // no views of frames: they would be a good part of a message's cost
        const end = frameEnd(bytes, at);
        this.#take(clientFrameAt(bytes, at + 4, end), now);
        if ((this.#state as State) === "closing") return;
        at = end;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof WireError)) return this.close(CloseCode.refused); // a bug of ours, kept to one connection
    if (error.code === "malformed") this.close(CloseCode.malformed, refusal("malformed"));
    else this.close(CloseCode.tooLarge, refusal("tooLarge"));
  }

  #take(frame: ClientFrame, now: number): void {
    if (this.#state === "new") {
      if (frame.type === "hello") return this.#hello(frame);
      return this.close(CloseCode.malformed, refusal("expectedHello"));
    }
    if (this.place !== undefined && frame.type !== "ping") this.place.unheard = false;
    if (frame.type === "send" || frame.type === "send_table") {
      const { place } = this;
      if (place === undefined) return this.refuse(refusal("notInRoom", { sendId: frame.sendId }));
      const refused = takeSend(place, frame, this.#core);
      return refused === undefined ? undefined : this.refuse(refused);
    }
    const wait = this.#controlWait(now);
    if (wait > 0) return this.refuse(refusal("rateLimited", { retryAfterMs: wait }));
    answerRequest(this, frame, { core: this.#core, login: this.#login, now });
  }

  /** Takes the allowance of a frame that is no send, or returns milliseconds to wait. */
  #controlWait(now: number): number {
    const { controlBurst, controlRate } = this.#core.limits;
    return (this.#control ??= new TokenBucket(controlBurst, controlRate, now)).take(now);
  }

  #hello(frame: HelloFrame): void {
    if (frame.version !== WIRE_VERSION) return this.close(CloseCode.version, refusal("version"));
    this.#state = "ready";
    const { access, limits, random, lobby } = this.#core;
    this.answer(welcome(limits, random(16), access.challenge));
    if (lobby.draining) this.answer(tellDraining());
    if (frame.auth.length > 0) {
      authenticate(this, frame.auth, { core: this.#core, login: this.#login, now: this.heardAt });
    }
  }
}
