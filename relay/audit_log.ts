/** The audit log: events as JSON lines. It holds no payloads and no rooms. @module */
import { createHmac } from "node:crypto";
import { addressKey } from "./addresses.ts";
import type { Audit, AuditEvent, AuditType } from "./audit.ts";
import { LineFile } from "./audit_file.ts";
import { type RelayClock, systemClock } from "./clock.ts";
import { TokenBucket } from "./rate_limit.ts";

export { type Audit, type AuditEvent, type AuditType, NO_AUDIT } from "./audit.ts";

/** Refusals that have lines of their own at once; beyond them they are counted. */
const REFUSAL_BURST = 100;
/** Such lines per second thereafter. */
const REFUSAL_RATE = 1;
/** How often the counted ones are written, one line for each kind. */
const SUMMARY_MS = 60_000;
/** Kinds of refusals counted apart. */
const MAX_KINDS = 64;
/** Lines that wait for the disk; beyond them they are lost, and counted. */
const MAX_WAITING = 10_000;
/** Lines written in one go. */
const LINES_AT_ONCE = 64;
/** How long the end waits for a pipe to be read, in milliseconds. */
const CLOSE_MS = 1_000;
/** Longest text of a field, in characters. */
const MAX_TEXT = 200;
const DAY_MS = 86_400_000;
const REFUSALS: readonly AuditType[] = ["refused", "login_refused"];

/** Settings of an audit log. */
export interface AuditLogOptions {
  /** The file; `-` prints. */
  path: string;
  /** Prints a line, for `-`; resolves when it has gone. */
  print: (line: string) => unknown;
  /** Told once, in a sentence, that the log cannot be written. */
  complain: (sentence: string) => void;
  /** Whether IP addresses are written as they are. @default false */
  ips?: boolean;
  /** Length at which a new file begins. @default 10 MiB */
  maxBytes?: number;
  /** Old files kept, so that the log takes at most `maxBytes` times one more than these. @default 5 */
  keep?: number;
  /** The time of day. @default `Date.now` */
  now?: () => number;
  /** Timers. @default the machine's */
  clock?: RelayClock;
  /** Random bytes for the salt of each day. @default `crypto.getRandomValues` */
  random?: (length: number) => Uint8Array;
}

/** Writes events. It never stops the relay: what cannot be written is lost. */
export class AuditLog implements Audit {
  readonly #options: Required<AuditLogOptions>;
  readonly #file: LineFile | undefined;
  readonly #refusals: TokenBucket;
  readonly #counted = new Map<string, { event: AuditEvent; count: number }>();
  readonly #waiting: string[] = [];
  #lost = 0;
  #writing: Promise<void> | undefined;
  #timer: unknown;
  #told = false;
  #closed = false;
  #day = -1;
  #salt = new Uint8Array(0);

  /** Opens the file. @throws {Error} With a sentence, when it cannot be. */
  constructor(options: AuditLogOptions) {
    this.#options = {
      ips: false,
      maxBytes: 10_485_760,
      keep: 5,
      now: Date.now,
      clock: systemClock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      ...options,
    };
    const { path, maxBytes, keep, clock } = this.#options;
    this.#refusals = new TokenBucket(REFUSAL_BURST, REFUSAL_RATE, clock.now());
    if (path === "-") return;
    try {
      this.#file = new LineFile({ path, maxBytes, keep });
    } catch (error) {
      throw new Error(`Cannot write the audit log ${path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Notes an event. Refusals beyond 100, and one more a second, are counted and written once a minute. */
  record(event: AuditEvent): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    if (!REFUSALS.includes(event.type) || this.#refusals.take(clock.now()) === 0) return this.#line(event);
    const { type, method = "", reason = "" } = event;
    let key = `${type} ${method} ${reason}`;
    if (!this.#counted.has(key) && this.#counted.size >= MAX_KINDS) key = type;
    const kind = this.#counted.get(key) ?? {
      event: key === type ? { type } : { type, ...(method && { method }), ...(reason && { reason }) },
      count: 0,
    };
    kind.count++;
    this.#counted.set(key, kind);
    this.#timer ??= clock.setTimer(() => this.#summarize(), SUMMARY_MS);
  }

  /** Writes what waits, and closes the file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#summarize();
    this.#closed = true;
    await (this.#file === undefined ? this.#within(CLOSE_MS) : this.#writing);
    this.#file?.close();
  }

  /** Waits for what is being written: whoever reads it may have stalled. */
  async #within(ms: number): Promise<void> {
    const { clock } = this.#options;
    const late = Promise.withResolvers<void>();
    const timer = clock.setTimer(late.resolve, ms);
    await Promise.race([this.#writing, late.promise]);
    clock.clearTimer(timer);
  }

  #summarize(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    for (const { event, count } of this.#counted.values()) this.#line(event, count);
    this.#counted.clear();
  }

  #line({ type, ip, name, reason, tokenId, method }: AuditEvent, count?: number): void {
    const { ips } = this.#options;
    const line = JSON.stringify({
      time: new Date(this.#options.now()).toISOString(),
      type,
      ...(ip === undefined ? {} : ips ? { ip } : { ipHash: this.#hash(ip) }),
      method: short(method),
      name: short(name),
      tokenId: short(tokenId),
      reason: short(reason),
      count,
    });
    if (this.#waiting.length >= MAX_WAITING) this.#lost++;
    else this.#waiting.push(line);
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.splice(0, LINES_AT_ONCE);
      const lost = this.#lost;
      const written = lost === 0 ? lines : [this.#lostLine(lost), ...lines];
      try {
        if (this.#file === undefined) await this.#options.print(written.join("\n"));
        else await this.#file.write(written.join("\n"));
        this.#lost -= lost;
      } catch (error) {
        this.#lost += lines.length;
        this.#complain(error);
      }
    }
    this.#writing = undefined;
  }

  /** What could not be written is at least counted, where writing goes on. */
  #lostLine(count: number): string {
    return JSON.stringify({ time: new Date(this.#options.now()).toISOString(), type: "lost", count });
  }

  #complain(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const { path, complain } = this.#options;
    complain(
      `Warning: cannot write the audit log ${path}: ${reasonOf(error)}. The relay goes on without it.`,
    );
  }

  /** The same for one address all day (IPv6: one /64), and nothing to compare it with after that. */
  #hash(ip: string): string {
    const day = Math.floor(this.#options.now() / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#salt = new Uint8Array(this.#options.random(32));
    }
    return createHmac("sha256", this.#salt).update(addressKey(ip)).digest("hex").slice(0, 16);
  }
}

function short(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TEXT);
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such directory";
  if (error instanceof Deno.errors.PermissionDenied) return "the system does not allow it";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return error instanceof Error ? error.message : "it failed";
}
