/** What comes while we knock: for the exchanges under way, and for the session that begins with them. @module */
import { equalBytes } from "../crypto/bytes.ts";
import { ClientError } from "./errors.ts";
import { Held, HELD_BEFORE, tooMuch } from "./held.ts";
import type { LateAnswers } from "./late_answers.ts";
import type { Deliver, RelayLink } from "./link.ts";
import type { Clock } from "./options.ts";
import { payloadId, PayloadKind, payloadKind } from "./payload.ts";

/** What arrives while we knock: the exchange's own payloads, and what belongs to the room later. */
export class JoinInbox {
  readonly #clock: Clock;
  #waiting: { take: (frame: Deliver) => boolean; fail: (error: ClientError) => void } | null = null;
  readonly #held = new Held<Deliver>();
  readonly #mine = new Held<Deliver>();
  readonly #link: RelayLink;
  readonly #late: LateAnswers;
  #out: number[] = [];
  #admitted = false;
  #failed: ClientError | null = null;

  /** Listens to `link`. Answers that come while nobody waits for them are shown to `late`. */
  constructor(link: RelayLink, clock: Clock, late: LateAnswers) {
    this.#clock = clock;
    this.#link = link;
    this.#late = late;
    link.listen({
      deliver: (frame) => this.#deliver(frame),
      peerIn: () => {},
      peerOut: (peerId) => {
        if (this.#out.push(peerId) > HELD_BEFORE.frames) link.fail(tooMuch("come in"));
      },
      acked: () => {},
      admitted: () => this.#admitted = true,
      paused: () => {},
      closed: (error) => {
        this.#failed = error;
        late.dispose();
        this.#waiting?.fail(error);
      },
    });
  }

  /** What belongs to the room. */
  finish(): { admitted: boolean; held: Deliver[]; peersOut: number[] } {
    return { admitted: this.#admitted, held: this.#held.frames, peersOut: this.#out };
  }

  /** The next payload of `kinds` in any of these exchanges; `undefined` after `ms`. */
  next(
    exchanges: readonly { peerId: number; exchangeId: Uint8Array }[],
    options: { kinds: readonly number[]; ms: number; signal?: AbortSignal },
  ): Promise<Deliver | undefined> {
    const fits = ({ from, payload }: Deliver): boolean =>
      options.kinds.includes(payloadKind(payload) ?? 0) && payload.length >= 18 &&
      exchanges.some(({ peerId, exchangeId }) =>
        from === peerId && equalBytes(payloadId(payload), exchangeId)
      );
    return new Promise((resolve, reject) => {
      if (this.#failed !== null) return reject(this.#failed);
      if (options.signal?.aborted === true) return reject(aborted());
      const early = this.#mine.pull(fits);
      if (early !== undefined) return resolve(early);
      const done = (): void => {
        this.#waiting = null;
        this.#clock.clearTimer(timer);
        options.signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: ClientError): void => {
        done();
        reject(error);
      };
      const onAbort = (): void => fail(aborted());
      const timer = this.#clock.setTimer(() => {
        done();
        resolve(undefined);
      }, options.ms);
      options.signal?.addEventListener("abort", onAbort);
      this.#waiting = {
        fail,
        take: (frame) => {
          if (!fits(frame)) return false;
          done();
          resolve(frame);
          return true;
        },
      };
    });
  }

  #deliver(frame: Deliver): void {
    if (this.#waiting?.take(frame) === true || this.#late.came(frame)) return;
    const kind = payloadKind(frame.payload);
    const ours = kind === PayloadKind.answer || kind === PayloadKind.welcome || kind === PayloadKind.refused;
    if (!(ours ? this.#mine : this.#held).add(frame)) this.#link.fail(tooMuch("come in"));
  }
}

function aborted(): ClientError {
  return new ClientError("aborted", "Cannot join: stopped");
}
