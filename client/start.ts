/** What founding and joining begin with, and how either gets over a connection that is lost meanwhile. @module */
import { CryptoError } from "../crypto/errors.ts";
import { Identity } from "../crypto/identity.ts";
import { readNick } from "./command_run.ts";
import { CONNECTION_LIMITS } from "./connection.ts";
import { ClientError } from "./errors.ts";
import { KeyRing } from "./key_ring.ts";
import { RelayLink } from "./link.ts";
import { LoginBook } from "./login.ts";
import type { Clock, PinOptions, SessionOptions } from "./options.ts";
import { untilUnreachable, withPatience } from "./patience.ts";
import { platformClock, platformConnect } from "./platform.ts";
import { delayBefore } from "./reconnecting.ts";

/** How long a join tries to get a lost connection back unless told otherwise, in milliseconds. */
const GIVE_UP_MS = 60_000;
/** How long a relay that is shutting down is left alone at least, in milliseconds. */
const DRAIN_MS = 1_000;

/** Whether the connection is what failed, and not the join. */
export function isLoss(error: unknown): error is ClientError {
  return error instanceof ClientError &&
    ["connection_lost", "relay_closed", "unreachable"].includes(error.code);
}

/** Whether the relay is shutting down: another one may be there in a moment. */
export function isDraining(error: unknown): error is ClientError {
  return error instanceof ClientError && error.code === "draining";
}

/** Waits as long as the relay says, and tries its successor. */
export async function outlast(start: Start, options: SessionOptions, error: ClientError): Promise<void> {
  const now = start.clock.now();
  start.drainsUntil ??= now + (options.giveUpMs ?? GIVE_UP_MS);
  if (now >= start.drainsUntil) throw error;
  const { code, message } = error;
  const retryAfterMs = Math.max(error.retryAfterMs, DRAIN_MS);
  await connectAgain(start, options, new ClientError(code, message, { retryAfterMs }));
}

/** Makes the connection anew, with the same identity: somebody may have let us in already. */
export async function connectAgain(start: Start, options: SessionOptions, error: ClientError): Promise<void> {
  const { clock, relay } = start;
  const until = clock.now() + (options.giveUpMs ?? GIVE_UP_MS);
  start.link.close();
  for (let attempt = 1, last = error;; attempt++) {
    const retryMs = Math.round(Math.max(last.retryAfterMs, delayBefore(attempt, Math.random())));
    const reason = last.message;
    options.onEvent?.({ type: "connection", state: "reconnecting", reason, attempt, retryMs, unsent: 0 });
    await pause(clock, retryMs, options.signal);
    try {
      start.link = await openLink({ ...options, relay, login: start.login, ...pinOf(start) }, clock);
      options.onEvent?.({ type: "connection", state: "online" });
      return;
    } catch (again) {
      const passes = isLoss(again) || (again instanceof ClientError && again.code === "rate_limited");
      if (!passes || clock.now() > until) throw again;
      last = again;
    }
  }
}

function openLink(options: SessionOptions, clock: Clock): Promise<RelayLink> {
  const connect = options.connect ?? platformConnect;
  return RelayLink.open(options.relay, { ...options, connect, clock });
}

/** What invites say of the relay, where that is known; the certificate is asked for as well. */
export function pinOf({ certHash, clientHash }: PinOptions): PinOptions {
  return { ...(certHash && { certHash }), ...(clientHash && { clientHash }) };
}

/** A beginning: a connection, and an identity that stays the same over further ones. */
export interface Start extends PinOptions {
  /** The connection in use; a join that loses it goes on with another. */
  link: RelayLink;
  clock: Clock;
  identity: Identity;
  keys: KeyRing;
  relay: string;
  login: LoginBook;
  /** Until when a relay that is shutting down is waited for; set when one is met. */
  drainsUntil?: number;
  /** Runs `work`; if it fails, closes and wipes, and gives a `ClientError`. */
  guard<T>(work: () => Promise<T>): Promise<T>;
}

/** Connects, and makes what a session needs. */
export async function begin(options: SessionOptions): Promise<Start> {
  const nick = readNick(options.nick);
  const clock = options.clock ?? platformClock;
  options.onEvent?.({ type: "connection", state: "connecting" });
  const login = LoginBook.of(options.login);
  const opening = withPatience(
    { clock, tell: (message) => options.onEvent?.({ type: "notice", code: "slow_relay", message }) },
    openLink({ ...options, login }, clock),
    { until: clock.now() + CONNECTION_LIMITS.answerMs, words: untilUnreachable },
  );
  const [link, identity] = await Promise.all([opening, Identity.generate()]);
  const keys = await KeyRing.create(identity, { nick, clock });
  options.onEvent?.({ type: "connection", state: "online" });
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const left = start.link.leave();
      keys.dispose();
      identity.dispose();
      login.wipe();
      await left;
      throw asClientError(error);
    }
  };
  const start: Start = { link, clock, identity, keys, relay: options.relay, ...pinOf(options), login, guard };
  return start;
}

function asClientError(error: unknown): unknown {
  if (!(error instanceof CryptoError)) return error;
  return new ClientError(error.code, error.message, { cause: error });
}

/** Waits; rejects when it is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clock.clearTimer(timer);
      reject(new ClientError("aborted", "Cannot join: stopped"));
    };
    const timer = clock.setTimer(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
