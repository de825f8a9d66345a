/** The way in (SPEC §5): from a code to a welcome that has been verified. @module */
import type { Bundle } from "../crypto/bundle.ts";
import { type Bytes, concat } from "../crypto/bytes.ts";
import type { Door, DoorKind } from "../crypto/doors.ts";
import { CryptoError } from "../crypto/errors.ts";
import type { Identity } from "../crypto/identity.ts";
import { JoinerExchange } from "../crypto/join_handshake.ts";
import { ClientError } from "./errors.ts";
import { JoinInbox } from "./join_inbox.ts";
import { untilGivenUp, untilNextAsked, untilWelcomed, withPatience } from "./patience.ts";
import { type Asked, LateAnswers } from "./late_answers.ts";
import type { Deliver, Joined, RelayLink } from "./link.ts";
import type { Clock } from "./options.ts";
import { decodeRefused, encodeFailed, PayloadKind, payloadKind, RefusedCode } from "./payload.ts";
import { decodeRefusal, decodeWelcome, MAX_WELCOME, type Refusal, type WelcomeContent } from "./welcome.ts";

/** How long a sponsor may take to answer a knock before another is asked as well, in milliseconds. */
export const ANSWER_MS = 5_000;
/** How long those that have not answered may still do so when nobody is left to ask, in milliseconds. */
export const LATE_MS = 10_000;
/** How long each part of the welcome may take, in milliseconds. */
export const WELCOME_MS = 20_000;
/** How long the whole of it may take, in milliseconds: a part may be next to nothing. */
export const WHOLE_WELCOME_MS = 300_000;
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
  /** Tells the user what is waited for when that takes its time. */
  tell?: (message: string) => void;
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
  /** Those that have been asked as well, and may answer yet. */
  late: LateAnswers;
}

/** What one exchange gives. */
type Let = Omit<Knocked, "admitted" | "held" | "peersOut" | "late">;

/**
 * Asks the members one after the other until one lets us in. One that is slow is not forgotten while others are asked:
 * whichever answers first is taken.
 */
export async function knockAtRoom(options: KnockOptions): Promise<Knocked> {
  const late = new LateAnswers(options);
  const inbox = new JoinInbox(options.link, options.clock, late);
  try {
    const { sponsor, roomId, welcome } = await askInTurn(options, inbox, late);
    late.settle();
    return { sponsor, roomId, welcome, late, ...inbox.finish() };
  } catch (error) {
    // A wrong code ends it all; else whoever has answered and is not needed is told that we know it.
    if (!(error instanceof ClientError && error.code === "wrong_code")) late.settle();
    late.dispose();
    throw late.wrong ? wrongCode(options.door.kind) : error;
  }
}

async function askInTurn(options: KnockOptions, inbox: JoinInbox, late: LateAnswers): Promise<Let> {
  const budget = options.budget ?? { left: MAX_EXCHANGES };
  const peers = inTurn(options.joined.peers);
  let last: ClientError | null = null;
  for (;;) {
    const peerId = budget.left > 0 ? peers.shift() : undefined;
    if (peerId === undefined && late.open.length === 0) break;
    if (peerId !== undefined) {
      budget.left--;
      late.add(await ask(peerId, options));
    }
    const deadline = options.clock.now() + (peerId === undefined ? LATE_MS : ANSWER_MS);
    for (;;) {
      const more = peerId !== undefined && peers.length > 0 && budget.left > 0;
      const rest = peerId === undefined ? 0 : LATE_MS;
      const wait = more
        ? { until: deadline, words: untilNextAsked }
        : { until: deadline + rest, words: untilGivenUp };
      const frame = await withPatience(options, nextAnswer(inbox, late.open, deadline, options), wait);
      if (frame === undefined) break;
      const one = late.use(frame);
      const outcome = await goOn(one, frame.payload, inbox, options).finally(() => one.exchange.dispose());
      if (!(outcome instanceof ClientError) && typeof outcome !== "string") return outcome;
      if (late.wrong) break;
      if (outcome instanceof ClientError) last = outcome;
      else {
        budget.left++;
        if (outcome === "not_sponsor") last ??= noSponsor();
      }
      if (one.peerId === peerId || late.open.length === 0) break;
    }
    if (peerId === undefined || late.wrong) break;
  }
  if (late.open.length > 0) last ??= silent("the members do not answer. Try again in a moment");
  throw last ?? silent("nobody in the room answers. Try again in a moment");
}

/** The peers in order, beginning with any of the first few: so that newcomers spread over the sponsors. */
function inTurn(peers: readonly number[]): number[] {
  const first = Math.floor(Math.random() * Math.min(peers.length, SPREAD));
  return [...peers.slice(first), ...peers.slice(0, first)];
}

/** Knocks at one member. */
async function ask(peerId: number, { link, door, identity }: KnockOptions): Promise<Asked> {
  const exchange = await JoinerExchange.start(door, identity);
  send(link, peerId, exchange.knock);
  return { peerId, exchangeId: exchange.exchangeId, exchange };
}

/** The first answer of any that have been asked. */
function nextAnswer(
  inbox: JoinInbox,
  asked: readonly Asked[],
  deadline: number,
  { clock, signal }: KnockOptions,
): Promise<Deliver | undefined> {
  const kinds = [PayloadKind.answer, PayloadKind.refused];
  return inbox.next(asked, { kinds, ms: deadline - clock.now(), ...(signal ? { signal } : {}) });
}

/** Takes a member's answer: proves that we know the code, and reads the welcome. */
async function goOn(
  { exchange, exchangeId, peerId }: Asked,
  answer: Uint8Array,
  inbox: JoinInbox,
  options: KnockOptions,
): Promise<Let | NotNow | ClientError> {
  const { link, door, bundle, roomId, clock, signal } = options;
  let proof: { prove: Bytes; roomId: Bytes };
  try {
    if (payloadKind(answer) === PayloadKind.refused) return refusedBy(answer);
    proof = await exchange.readAnswer(answer, {
      bundle,
      ...(roomId === undefined ? {} : { expectedRoomId: roomId }),
    });
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    send(link, peerId, encodeFailed(exchangeId));
    // An invite cannot be guessed, so that asking another member costs nothing: this one may have been put out.
    if (error.code === "wrong_code" && door.kind === "invite") return wrongCode("invite");
    if (error.code === "wrong_code") throw wrongCode(door.kind);
    return new ClientError("bad_answer", "Cannot join: a member's answer was not understood", {
      cause: error,
    });
  }
  send(link, peerId, proof.prove);
  const kinds = [PayloadKind.welcome];
  let { tell } = options;
  const once = tell && ((message: string): void => {
    tell?.(message);
    tell = undefined;
  });
  const read = await readWelcome(exchange, clock, async (ms) => {
    const next = inbox.next([{ peerId, exchangeId }], { kinds, ms, ...(signal ? { signal } : {}) });
    const wait = { until: clock.now() + ms, words: untilWelcomed };
    return (await withPatience({ clock, tell: once }, next, wait))?.payload;
  });
  if (read === undefined) return silent("the member that answered went away. Try again");
  try {
    return { roomId: proof.roomId, sponsor: read.sponsor, welcome: decodeWelcome(read.bytes) };
  } catch (cause) {
    throw new ClientError("bad_welcome", "Cannot join: the welcome was not understood", { cause });
  }
}

function send(link: RelayLink, peerId: number, bytes: Uint8Array): void {
  link.sendTable(new Uint8Array(0), [{ peerId, bytes }]);
}

async function readWelcome(
  exchange: JoinerExchange,
  clock: Clock,
  next: (ms: number) => Promise<Uint8Array | undefined>,
): Promise<{ bytes: Bytes; sponsor: Bytes } | undefined> {
  const chunks: Bytes[] = [];
  let size = 0;
  const latest = clock.now() + WHOLE_WELCOME_MS;
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
    deadline = Math.min(latest, clock.now() + WELCOME_MS);
  }
}

/** A member that cannot help; the next one may. */
type NotNow = "no_such_door" | "not_sponsor";

function silent(why: string): ClientError {
  return new ClientError("nobody_answers", `Cannot join: ${why}`);
}

function noSponsor(): ClientError {
  return new ClientError(
    "no_sponsor",
    "Cannot join: whoever may let you in is not connected. Try again when they are",
  );
}

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
  const [name, why] = code === RefusedCode.busy
    ? ["busy", "too many are coming in at once"]
    : ["slow_down", "the password was wrong too often"];
  return new ClientError(name, `Cannot join yet: ${why}. Try again in ${waitText(retryAfterSeconds)}`);
}

function waitText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
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
