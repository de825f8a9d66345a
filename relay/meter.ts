/** How much of what was sent to one reader has not left. @module */
import type { Backlog } from "./backlog.ts";

/** Bytes after which `bufferedAmount`, which costs a call into the runtime, is looked at again. */
const MEASURE_EVERY = 65_536;
/** Bytes after which it is looked at again when time has passed. */
const MEASURE_LATER = 4_096;

/** What a meter needs. */
export interface MeterOptions {
  socket: { readonly bufferedAmount: number };
  backlog: Backlog;
  /** Unsent bytes that one reader may have. */
  most: number;
}

/** The meter of one connection; it keeps the sum over all of them right. */
export class Meter {
  /** Unsent bytes, as measured last. */
  buffered = 0;
  /** True while more than half of what may be unsent is. */
  congested = false;
  #unmeasured = 0;
  #closing = false;
  readonly #options: MeterOptions;

  /** Nothing sent. */
  constructor(options: MeterOptions) {
    this.#options = options;
  }

  /** Notes bytes that were sent; true when too much has not left. */
  sent(bytes: number): boolean {
    this.#unmeasured += bytes;
    if (this.#unmeasured < MEASURE_EVERY && !this.congested) return false;
    this.measure();
    return this.buffered > this.#options.most;
  }

  /** Looks again, where something may have changed. */
  check(): void {
    if (this.buffered > 0 || this.#unmeasured >= MEASURE_LATER) this.measure();
  }

  /** Looks at what is unsent. */
  measure(): void {
    const { socket, most } = this.#options;
    this.#unmeasured = 0;
    this.#set(socket.bufferedAmount);
    this.congested = this.buffered > most / 2;
  }

  /** The connection is being closed: what is unsent stays in memory until it has gone, whatever the relay does. */
  close(): void {
    if (this.#closing) return;
    const { buffered } = this;
    this.#set(0);
    this.#closing = true;
    this.#set(buffered);
  }

  /** The connection has gone, and what was unsent with it. */
  end(): void {
    this.#set(0);
  }

  #set(buffered: number): void {
    const { backlog } = this.#options;
    const change = buffered - this.buffered;
    if (this.#closing) backlog.closing += change;
    else backlog.open += change;
    this.buffered = buffered;
  }
}
