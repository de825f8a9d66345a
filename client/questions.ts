/** What a connection asks of its relay: one question at a time, as the answers do not say what they answer. @module */
import type { ClientFrame, RelayFrame } from "../wire/frame.ts";
import { ClientError } from "./errors.ts";
import { refusal } from "./refusals.ts";
import type { Timers } from "./timers.ts";

/** How long each answer of the relay may take, in milliseconds. */
export const ANSWER_MS = 9_000;

/** What {@linkcode Questions} needs of the connection. */
export interface Asking {
  timers: Timers;
  /** Sends a frame at the end of this turn. */
  write(frame: ClientFrame): void;
  /** Why the connection has ended; `null` while it has not. */
  ended(): ClientError | null;
}

interface Question {
  /** True when the frame was the answer. */
  take: (frame: RelayFrame) => boolean;
  fail: (error: ClientError) => void;
}

/** The questions of one connection. */
export class Questions {
  readonly #connection: Asking;
  readonly #later: (() => void)[] = [];
  #question: Question | null = null;

  /** Nothing has been asked. */
  constructor(connection: Asking) {
    this.#connection = connection;
  }

  /** Asks; rejects with the relay's refusal, whose code is the wire code's name, or when no answer comes. */
  ask<T>(frames: readonly ClientFrame[], pick: (frame: RelayFrame) => T | undefined): Promise<T> {
    if (this.#question === null) return this.#askNow(frames, pick);
    return new Promise<void>((resolve) => this.#later.push(resolve)).then(() => this.ask(frames, pick));
  }

  /** Takes a frame; true when it is the answer to what has been asked. */
  take(frame: RelayFrame): boolean {
    return this.#question?.take(frame) === true;
  }

  /** The connection has ended: nothing will be answered. */
  fail(error: ClientError): void {
    this.#question?.fail(error);
    for (const next of this.#later.splice(0)) next();
  }

  #askNow<T>(frames: readonly ClientFrame[], pick: (frame: RelayFrame) => T | undefined): Promise<T> {
    const { timers, write, ended } = this.#connection;
    return new Promise<T>((resolve, reject) => {
      const error = ended();
      if (error !== null) return reject(error);
      const done = (): void => {
        this.#question = null;
        stop();
        for (const next of this.#later.splice(0)) next();
      };
      const fail = (error: ClientError): void => {
        done();
        reject(error);
      };
      const stop = timers.after(ANSWER_MS, () =>
        fail(
          new ClientError("unreachable", "Cannot go on: the relay did not answer within 9 s", { status: 3 }),
        ));
      this.#question = {
        fail,
        take: (answer) => {
          const picked = pick(answer);
          if (picked === undefined && (answer.type !== "error" || answer.sendId !== 0)) return false;
          done();
          if (picked !== undefined) resolve(picked);
          else if (answer.type === "error") reject(refusal(answer));
          return true;
        },
      };
      for (const frame of frames) write(frame);
    });
  }
}
