/**
 * Time that a test owns: everything that happens is an event in one line, also what the platform's cryptography
 * has worked out. Between two events everything that can run has run, so that a seed gives the same course again.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Clock } from "../../client/mod.ts";
import type { RelayClock } from "../../relay/mod.ts";

/** Something that will happen. */
export interface Happening {
  at: number;
  readonly order: number;
  run: (() => void | Promise<void>) | null;
}

/** When the model's time begins, in milliseconds since the epoch. */
const BEGINNING = 1_700_000_000_000;

/** The line of events. */
export class ModelTime {
  #now = BEGINNING;
  #order = 0;
  #heap: Happening[] = [];

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** Has `run` happen in `ms`, rounded up; of two at one time the one that was asked for first comes first. */
  in(ms: number, run: () => void | Promise<void>): Happening {
    const happening: Happening = { at: this.#now + Math.max(0, Math.ceil(ms)), order: this.#order++, run };
    this.#push(happening);
    return happening;
  }

  /** It does not happen. */
  cancel(happening: Happening): void {
    happening.run = null;
  }

  /** Lets time pass until `done` holds or `end` has come; true when `done` held. */
  async until(done: () => boolean, end: number): Promise<boolean> {
    await turn();
    while (!done()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > end) {
        this.#now = Math.max(this.#now, end);
        return false;
      }
      this.#pop();
      if (next.run === null) continue;
      this.#now = Math.max(this.#now, next.at);
      const { run } = next;
      next.run = null;
      await run();
      await turn();
    }
    return true;
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    await this.until(() => false, this.#now + Math.ceil(ms));
  }

  /** Lets time pass until `work` is done, at most `ms`. */
  async during<T>(work: Promise<T>, ms = 120_000): Promise<T> {
    let done = false;
    const stop = (): void => void (done = true);
    work.then(stop, stop);
    if (!(await this.until(() => done, this.#now + ms))) throw new Error("nothing came of it in time");
    return await work;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let i = heap.push(happening) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (before(heap[up] as Happening, happening)) break;
      heap[i] = heap[up] as Happening;
      i = up;
    }
    heap[i] = happening;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && before(heap[down + 1] as Happening, heap[down] as Happening)) down++;
      if (before(last, heap[down] as Happening)) break;
      heap[i] = heap[down] as Happening;
      i = down;
    }
    heap[i] = last;
  }
}

function before(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Everything that is ready runs. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Timer {
  readonly run: () => void;
  due: number;
  happening: Happening | null;
}

/** A computer: its clock and timers stand still while it sleeps, and are gone when it is switched off. */
export class Machine {
  readonly #time: ModelTime;
  readonly #timers = new Set<Timer>();
  #sleepsSince: number | null = null;
  #off = false;
  #held: (() => void)[] = [];

  /** One that is awake. */
  constructor(time: ModelTime) {
    this.#time = time;
  }

  /** What a session or a relay on it knows of time. */
  readonly clock: Clock & RelayClock = {
    now: () => this.#sleepsSince ?? this.#time.now,
    setTimer: (run, ms) => this.#set(run, ms),
    clearTimer: (timer) => this.#clear(timer as Timer),
    setTurn: (run) => this.#set(run, 0),
    clearTurn: (timer) => this.#clear(timer as Timer),
  };

  /** Whether it sleeps. */
  get asleep(): boolean {
    return this.#sleepsSince !== null;
  }

  /** Its timers stand still, and what reaches it waits. */
  sleep(): void {
    if (this.#sleepsSince !== null) return;
    this.#sleepsSince = this.#time.now;
    for (const timer of this.#timers) {
      if (timer.happening !== null) this.#time.cancel(timer.happening);
      timer.happening = null;
    }
  }

  /** Its clock jumps. Its timers go on from where they were, or, with `overdue`, run when they were due. */
  wake({ overdue }: { overdue: boolean }): void {
    if (this.#sleepsSince === null) return;
    const slept = this.#time.now - this.#sleepsSince;
    this.#sleepsSince = null;
    for (const timer of [...this.#timers].toSorted((a, b) => a.due - b.due)) {
      if (!overdue) timer.due += slept;
      this.#arm(timer);
    }
    for (const run of this.#held.splice(0)) run();
  }

  /** Runs now, or when it wakes. */
  whenAwake(run: () => void): void {
    if (this.#sleepsSince === null) run();
    else this.#held.push(run);
  }

  /** Nothing on it goes on. */
  switchOff(): void {
    this.#off = true;
    for (const timer of [...this.#timers]) this.#clear(timer);
  }

  #set(run: () => void, ms: number): Timer {
    const timer: Timer = { run, due: (this.#sleepsSince ?? this.#time.now) + ms, happening: null };
    if (this.#off) return timer;
    this.#timers.add(timer);
    if (this.#sleepsSince === null) this.#arm(timer);
    return timer;
  }

  #arm(timer: Timer): void {
    timer.happening = this.#time.in(timer.due - this.#time.now, () => {
      this.#timers.delete(timer);
      timer.run();
    });
  }

  #clear(timer: Timer): void {
    if (!this.#timers.delete(timer) || timer.happening === null) return;
    this.#time.cancel(timer.happening);
  }
}
