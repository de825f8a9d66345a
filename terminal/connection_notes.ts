/** Tells of a lost connection without filling the screen: hiccups not at all, longer losses now and then. @module */
import type { SessionEvent } from "../client/events.ts";
import type { Clock } from "../client/options.ts";
import { durationText } from "./duration.ts";
import type { UnderWay } from "./under_way.ts";

/** What {@linkcode ConnectionNotes} is given. */
export interface ConnectionNotesOptions {
  /** Time. */
  clock: Clock;
  /** Prints a sentence. */
  say: (text: string) => void;
  /** What waits, and for how long; it has heard of an event first. */
  underWay: Pick<UnderWay, "unsent" | "nextTry">;
  /** After how long a loss the session ends, in milliseconds; never, when left out. */
  giveUpMs?: number | undefined;
}

/** A loss that heals within this is not told, in milliseconds. */
const HICCUP_MS = 1_000;
/** Nothing is told again before this has passed, in milliseconds; each time, twice as long. */
const FIRST_PAUSE_MS = 60_000;
const LAST_PAUSE_MS = 960_000;
/** Unless the wait has become this many times longer than what was told, and is worth mentioning, in milliseconds. */
const MUCH_LONGER = 5;
const LONG_WAIT_MS = 10_000;
/** From how long an absence its length is told on return, in milliseconds. */
const LONG_LOSS_MS = 60_000;

/** A loss that is not over. */
interface Loss {
  since: number;
  reason: string;
  retryAt: number;
  unsent: number;
}

/** Watches the connection and finds words for it. */
export class ConnectionNotes {
  readonly #options: ConnectionNotesOptions;
  #loss: Loss | null = null;
  /** What was told of the present loss, or of the last one. */
  #told: { at: number; waitMs: number; pauseMs: number } | null = null;
  #timer: unknown;
  /** In a room; on the way there, a connection that is there again is news by itself. */
  #inRoom = false;

  /** Begins with a connection that is there. */
  constructor(options: ConnectionNotesOptions) {
    this.#options = options;
  }

  /** Whether the user knows of the present loss, or knew of the last one. */
  get told(): boolean {
    return this.#told !== null;
  }

  /** Takes note of what happens to the connection. */
  observe(event: SessionEvent): void {
    if (event.type === "ended" || event.type === "joined") {
      this.#over();
      this.#inRoom = event.type === "joined";
    }
    if (event.type !== "connection") return;
    if (event.state === "reconnecting") this.#lost(event);
    else if (event.state === "online" && (event.back === true || !this.#inRoom)) this.#back();
  }

  /** Tells of the loss now, if there is one that the user does not know of. */
  tellNow(): void {
    if (this.#loss !== null && this.#told === null) this.#tell(this.#loss);
  }

  /** Tells nothing any more. */
  dispose(): void {
    this.#over();
  }

  #lost({ reason, retryMs, unsent }: Extract<SessionEvent, { state: "reconnecting" }>): void {
    const { clock } = this.#options;
    const now = clock.now();
    const loss: Loss = { since: this.#loss?.since ?? now, reason, retryAt: now + retryMs, unsent };
    if (this.#loss === null) {
      this.#told = null;
      this.#timer = clock.setTimer(() => this.tellNow(), HICCUP_MS);
    }
    this.#loss = loss;
    const told = this.#told;
    if (told === null) return;
    const muchLonger = retryMs >= Math.max(LONG_WAIT_MS, told.waitMs * MUCH_LONGER);
    const due = now - told.at >= told.pauseMs;
    if (due) told.pauseMs = Math.min(told.pauseMs * 2, LAST_PAUSE_MS);
    if (due || muchLonger) this.#tell(loss);
  }

  #tell(loss: Loss): void {
    const { clock, say, underWay, giveUpMs } = this.#options;
    const now = clock.now();
    const waits = Math.max(loss.unsent, underWay.unsent);
    const facts = [
      shortReason(loss.reason),
      underWay.nextTry,
      giveUpMs === undefined ? "" : `giving up in ${durationText(loss.since + giveUpMs - now)}`,
      waits === 0 ? "" : waits === 1 ? "1 message waits" : `${waits.toLocaleString("en")} messages wait`,
    ].filter((fact) => fact !== "").join("; ");
    const again = this.#told !== null;
    const pauseMs = this.#told?.pauseMs ?? FIRST_PAUSE_MS;
    this.#told = { at: now, waitMs: Math.max(1_000, loss.retryAt - now), pauseMs };
    say(
      again
        ? `Still reconnecting after ${durationText(now - loss.since)}… (${facts}). /reconnect tries now.`
        : `Reconnecting… (${facts})`,
    );
  }

  #back(): void {
    const loss = this.#loss;
    this.#over();
    if (loss === null || this.#told === null) return;
    const ms = this.#options.clock.now() - loss.since;
    this.#options.say(ms > LONG_LOSS_MS ? `Back after ${durationText(ms)}.` : "Back.");
  }

  #over(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#loss = null;
  }
}

/**
 * The heart of a reason: of `Cannot reach the relay at h:1: nothing listens there; start one`, `nothing listens there`.
 * When it is tried again is said beside it, and may be later than a relay has asked for.
 */
function shortReason(reason: string): string {
  const heart = /^(?:Cannot|Lost) .*?: (.+)$/.exec(reason)?.[1] ?? reason;
  const said = heart.replace(/ Try again in \d+ s\.?$/, "");
  return (said.split(";")[0] ?? "").replace(/[.!]$/, "");
}
