/** The way in (SPEC §5): from a code to a welcome that has been verified. @module */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, concat, equalBytes } from "../crypto/bytes.ts";
import type { Door, DoorKind } from "../crypto/doors.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { Identity } from "../crypto/identity.ts";
import { JoinerExchange } from "../crypto/join_handshake.ts";
import { ClientError } from "./errors.ts";
import { Held, HELD_BEFORE, tooMuch } from "./held.ts";
import type { Deliver, Joined, RelayLink } from "./link.ts";
import type { Clock } from "./options.ts";
import { decodeRefused, encodeFailed, payloadId, PayloadKind, payloadKind, RefusedCode } from "./payload.ts";
import { decodeRefusal, decodeWelcome, MAX_WELCOME, type Refusal, type WelcomeContent } from "./welcome.ts";

/** How long a sponsor may take to answer a knock, in milliseconds. */
export const ANSWER_MS = 5_000;
/** How long each part of the welcome may take, in milliseconds. */
export const WELCOME_MS = 20_000;
/** Most exchanges of one user action: each gives whoever answers one guess at our code. */
export const MAX_EXCHANGES = 3;
/** Among how many of the longest-standing members a newcomer chooses whom to ask first. */
const SPREAD = 16;

/** What {@linkcode knockAtRoom} needs. */
export interface KnockOptions {
  link: RelayLink;
  clock: Clock;
  joined: Joined;
  door: Door;
  identity: Identity;
  bundle: Bundle;
  /** How many more exchanges this user action may make; counts down. @default 3 */
  budget?: { left: number };
  /** The room that the code is for, where it says so. */
  roomId?: Uint8Array;
  signal?: AbortSignal;
}

/** What a successful knock gives. `held` is what others sent meanwhile. */
export interface Knocked {
  roomId: Bytes;
  /** Member id of the one that let us in. */
  sponsor: Bytes;
  welcome: WelcomeContent;
  admitted: boolean;
  held: Deliver[];
  peersOut: number[];
}

/** Asks the members one after the other until one lets us in. */
export async function knockAtRoom(options: KnockOptions): Promise<Knocked> {
  const inbox = new Inbox(options.link, options.clock);
  const budget = options.budget ?? { left: MAX_EXCHANGES };
  let last: ClientError | null = null;
  for (const peerId of inTurn(options.joined.peers)) {
    if (budget.left <= 0) break;
    const exchange = await JoinerExchange.start(options.door, options.identity);
    try {
      budget.left--;
      const outcome = await askOne(exchange, peerId, inbox, options);
      if (outcome === "no_such_door") budget.left++;
      else if (outcome === "not_sponsor") {
        budget.left++;
        last ??= new ClientError(
          "no_sponsor",
          "Cannot join: whoever may let you in is not connected. Try again when they are",
        );
      } else if (outcome instanceof ClientError) last = outcome;
      else return { ...outcome, ...inbox.finish() };
    } finally {
      exchange.dispose();
    }
  }
  throw last ??
    new ClientError("nobody_answers", "Cannot join: nobody in the room answers. Try again in a moment");
}

/** The peers in order, beginning with any of the first few: so that newcomers spread over the sponsors. */
function inTurn(peers: readonly number[]): number[] {
  const first = Math.floor(Math.random() * Math.min(peers.length, SPREAD));
  return [...peers.slice(first), ...peers.slice(0, first)];
}

async function askOne(
  exchange: JoinerExchange,
  peerId: number,
  inbox: Inbox,
  options: KnockOptions,
): Promise<Omit<Knocked, "admitted" | "held" | "peersOut"> | NotNow | ClientError> {
  const send = (bytes: Uint8Array): void => {
    options.link.sendTable(new Uint8Array(0), [{ peerId, bytes }]);
  };
  const next = (kinds: number[], ms: number): Promise<Uint8Array | undefined> =>
    inbox.next(peerId, exchange.exchangeId, {
      kinds,
      ms,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  send(exchange.knock);
  const answer = await next([PayloadKind.answer, PayloadKind.refused], ANSWER_MS);
  if (answer === undefined) {
    return new ClientError("nobody_answers", "Cannot join: the members do not answer. Try again in a moment");
  }
  let proof: { prove: Bytes; roomId: Bytes };
  try {
    if (payloadKind(answer) === PayloadKind.refused) return refusedBy(answer);
    proof = await exchange.readAnswer(answer, {
      bundle: options.bundle,
      ...(options.roomId === undefined ? {} : { expectedRoomId: options.roomId }),
    });
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    send(encodeFailed(exchange.exchangeId));
    // An invite cannot be guessed, so that asking another member costs nothing: this one may have been put out.
    if (error.code === "wrong_code" && options.door.kind === "invite") return wrongCode("invite");
    if (error.code === "wrong_code") throw wrongCode(options.door.kind);
    return new ClientError("bad_answer", "Cannot join: a member's answer was not understood", {
      cause: error,
    });
  }
  send(proof.prove);
  const read = await readWelcome(exchange, options.clock, (ms) => next([PayloadKind.welcome], ms));
  if (read === undefined) {
    return new ClientError("nobody_answers", "Cannot join: the member that answered went away. Try again");
  }
  try {
    return { roomId: proof.roomId, sponsor: read.sponsor, welcome: decodeWelcome(read.bytes) };
  } catch (cause) {
    throw new ClientError("bad_welcome", "Cannot join: the welcome was not understood", { cause });
  }
}

async function readWelcome(
  exchange: JoinerExchange,
  clock: Clock,
  next: (ms: number) => Promise<Uint8Array | undefined>,
): Promise<{ bytes: Bytes; sponsor: Bytes } | undefined> {
  const chunks: Bytes[] = [];
  let size = 0;
  let deadline = clock.now() + WELCOME_MS;
  for (;;) {
    const payload = await next(deadline - clock.now()); // what does not open buys no time
    if (payload === undefined) return undefined;
    const chunk = await exchange.readWelcome(payload).catch(() => undefined);
    if (chunk === undefined || chunk.index !== chunks.length) continue; // not of this welcome: changed or out of order
    if (chunk.type === "refusal") throw refusal(decodeRefusal(chunk.bytes));
    chunks.push(chunk.bytes);
    size += chunk.bytes.length;
    if (size > MAX_WELCOME) throw new ClientError("bad_welcome", "Cannot join: the welcome is too large");
    if (chunk.last) return { bytes: concat(...chunks), sponsor: chunk.sponsor };
    deadline = clock.now() + WELCOME_MS;
  }
}

/** What arrives while we knock: the exchange's own payloads, and what belongs to the room later. */
class Inbox {
  readonly #clock: Clock;
  #waiting: { take: (frame: Deliver) => boolean; fail: (error: ClientError) => void } | null = null;
  readonly #held = new Held<Deliver>();
  readonly #mine = new Held<Deliver>();
  readonly #link: RelayLink;
  #out: number[] = [];
  #admitted = false;
  #failed: ClientError | null = null;

  constructor(link: RelayLink, clock: Clock) {
    this.#clock = clock;
    this.#link = link;
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
        this.#waiting?.fail(error);
      },
    });
  }

  finish(): { admitted: boolean; held: Deliver[]; peersOut: number[] } {
    return { admitted: this.#admitted, held: this.#held.frames, peersOut: this.#out };
  }

  /** The next payload of `kinds` from `peerId` in this exchange; `undefined` after `ms`. */
  next(
    peerId: number,
    exchangeId: Uint8Array,
    options: { kinds: number[]; ms: number; signal?: AbortSignal },
  ): Promise<Uint8Array | undefined> {
    const fits = ({ from, payload }: Deliver): boolean =>
      from === peerId && options.kinds.includes(payloadKind(payload) ?? 0) && payload.length >= 18 &&
      equalBytes(payloadId(payload), exchangeId);
    return new Promise((resolve, reject) => {
      if (this.#failed !== null) return reject(this.#failed);
      if (options.signal?.aborted === true) return reject(aborted());
      const early = this.#mine.pull(fits);
      if (early !== undefined) return resolve(early.payload);
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
          resolve(frame.payload);
          return true;
        },
      };
    });
  }

  #deliver(frame: Deliver): void {
    if (this.#waiting?.take(frame) === true) return;
    const kind = payloadKind(frame.payload);
    const ours = kind === PayloadKind.answer || kind === PayloadKind.welcome || kind === PayloadKind.refused;
    if (!(ours ? this.#mine : this.#held).add(frame)) this.#link.fail(tooMuch("come in"));
  }
}

/** A member that cannot help; the next one may. */
type NotNow = "no_such_door" | "not_sponsor";

function refusedBy(payload: Uint8Array): NotNow | ClientError {
  const { code, retryAfterSeconds } = decodeRefused(payload);
  if (code === RefusedCode.noSuchDoor) return "no_such_door";
  if (code === RefusedCode.notSponsor) return "not_sponsor";
  if (code === RefusedCode.usedUp) {
    return new ClientError(
      "code_used_up",
      "Cannot join: this code has been guessed at too often. Ask for a new one",
    );
  }
  return new ClientError(
    code === RefusedCode.busy ? "busy" : "slow_down",
    `Cannot join yet: too many have tried this code. Try again in ${retryAfterSeconds} s`,
  );
}

function refusal(reason: Refusal): ClientError {
  const sentences: Record<Refusal, string> = {
    room_full: "Cannot join: the room is full",
    locked: "Cannot join: the room is locked. Ask somebody inside to /unlock it",
    nick_taken:
      "Cannot join: somebody in the room has this nickname, or one that looks like it. Choose another",
    bad_nick: "Cannot join: the room does not take this nickname. Choose another",
    door_turned: "Cannot join: this code is no longer valid. Ask for a new one",
  };
  return new ClientError(reason, sentences[reason]);
}

function wrongCode(kind: DoorKind): ClientError {
  const what = kind === "named" ? "the password is wrong or missing" : "the code is wrong";
  const check = kind === "named" ? "Check it letter by letter" : "Check it word by word";
  return new ClientError(
    "wrong_code",
    `Cannot join: ${what}, or somebody between you and the room answered in its place. ${check}`,
  );
}

function aborted(): ClientError {
  return new ClientError("aborted", "Cannot join: stopped");
}
