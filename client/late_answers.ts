/**
 * Answers that come once they are needed no more (SPEC §5.2). Each counts as a wrong guess at the sponsor that gave it,
 * until that one has seen that we know the code: so who is in by another's answer says so to those that were slower.
 *
 * @module
 */
import type { Bytes } from "../crypto/bytes.ts";
import { equalBytes } from "../crypto/bytes.ts";
import type { Door } from "../crypto/doors.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { JoinerExchange } from "../crypto/join_handshake.ts";
import type { Deliver, RelayLink } from "./link.ts";
import type { Clock } from "./options.ts";
import { encodeFailed, payloadId, PayloadKind, payloadKind } from "./payload.ts";
import { Timers } from "./timers.ts";

/** How long an answer may wait for another's welcome, in milliseconds: less than a sponsor waits for a proof. */
export const WAIT_MS = 10_000;
/** How long after we are in an answer is still looked at, in milliseconds. */
export const KEPT_MS = 120_000;

/** An exchange that has begun and has not been answered yet. */
export interface Asked {
  peerId: number;
  exchangeId: Bytes;
  exchange: JoinerExchange;
}

/** What {@linkcode LateAnswers} needs. */
export interface LateOptions {
  link: RelayLink;
  clock: Clock;
  door: Door;
  /** The room that the code is for, where it says so. */
  roomId?: Uint8Array;
}

/** The exchanges of one user action that have not been answered, and what becomes of those answered too late. */
export class LateAnswers {
  readonly #options: LateOptions;
  readonly #timers: Timers;
  readonly #open: Asked[] = [];
  /** Answers that wait: whoever lets us in first may fail yet. */
  readonly #waiting = new Map<Asked, { answer: Uint8Array; stop: () => void }>();
  #isIn = false;
  #wrong = false;
  #tellWrong: () => void = () => {};

  /** Nobody has been asked. */
  constructor(options: LateOptions) {
    this.#options = options;
    this.#timers = new Timers(options.clock);
  }

  /** Those that have not answered yet. */
  get open(): readonly Asked[] {
    return this.#open;
  }

  /** Whether somebody that does not know our code has answered late. At an invite, which cannot be guessed, never. */
  get wrong(): boolean {
    return this.#wrong;
  }

  /** Somebody has been asked. */
  add(asked: Asked): void {
    this.#open.push(asked);
  }

  /** This answer is gone on with: it is not late. Whoever takes it disposes of the exchange. */
  use({ from, payload }: Deliver): Asked {
    const asked = this.#open.find((one) => isOf(one, from, payload)) as Asked;
    this.#take(asked);
    return asked;
  }

  /** Something has come for which nobody waits; true if it was an answer that is dealt with. */
  came({ from, payload }: Pick<Deliver, "from" | "payload">): boolean {
    if (payloadKind(payload) !== PayloadKind.answer || payload.length < 18) return false;
    const asked = this.#open.find((one) => isOf(one, from, payload));
    if (asked === undefined) return false;
    if (this.#isIn) {
      this.#withdraw(asked, payload);
      return true;
    }
    if (this.#waiting.has(asked)) return false;
    const stop = this.#timers.after(WAIT_MS, () => this.#withdraw(asked, payload));
    this.#waiting.set(asked, { answer: payload, stop });
    return false;
  }

  /** No answer is needed any more, as one was enough: those that wait, and those that come from now on, are withdrawn. */
  settle(): void {
    this.#isIn = true;
    for (const [asked, { answer }] of [...this.#waiting]) this.#withdraw(asked, answer);
  }

  /** `tell` is called once, should anybody that does not know our code answer late. */
  onWrong(tell: () => void): void {
    this.#tellWrong = tell;
    if (this.#wrong) tell();
  }

  /** Wipes all exchanges. */
  dispose(): void {
    this.#timers.dispose();
    this.#waiting.clear();
    for (const { exchange } of this.#open.splice(0)) exchange.dispose();
  }

  #take(asked: Asked): void {
    this.#waiting.get(asked)?.stop();
    this.#waiting.delete(asked);
    this.#open.splice(this.#open.indexOf(asked), 1);
  }

  #withdraw(asked: Asked, answer: Uint8Array): void {
    const { link, door, roomId } = this.#options;
    const { peerId, exchangeId, exchange } = asked;
    if (!this.#open.includes(asked) || link.closed) return; // another's was wrong, or nobody would hear of it
    this.#take(asked);
    let bytes: Bytes | undefined;
    let wrong = false;
    try {
      bytes = exchange.withdraw(answer, roomId === undefined ? {} : { expectedRoomId: roomId });
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
      wrong = error.code === "wrong_code";
      bytes = encodeFailed(exchangeId);
    } finally {
      exchange.dispose();
    }
    link.sendTable(new Uint8Array(0), [{ peerId, bytes }]);
    if (!wrong || door.kind === "invite") return;
    // Whoever answered has had its guess at our code: nobody gets another one.
    this.#wrong = true;
    this.dispose();
    this.#tellWrong();
  }
}

function isOf({ peerId, exchangeId }: Asked, from: number, payload: Uint8Array): boolean {
  return from === peerId && equalBytes(payloadId(payload), exchangeId);
}
