/**
 * Back into the room on a new connection (SPEC §5.6, §11.5): by the resume token if the place is still there, else
 * by the room's own door and a signed word to a member, which admits us. No code is proven again, and nothing is
 * founded: members know each other by their keys.
 *
 * @module
 */
import type { Bytes } from "../crypto/bytes.ts";
import type { RelayFrame } from "../wire/frame.ts";
import type { Connection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { Clock } from "./options.ts";
import { encodeComingBack } from "./payload.ts";
import { Timers } from "./timers.ts";

/** What the relay said when it let us into a room. */
export type Joined = Extract<RelayFrame, { type: "joined" }>;

/** A frame that another peer sent. */
export type Deliver = Extract<RelayFrame, { type: "deliver" }>;

/** Our place in a room at the relay. */
export interface Place {
  roomEpoch: Uint8Array;
  /** Proves that the place is ours; `null` once somebody else has used it. */
  token: Uint8Array | null;
  /** Up to where we have seen the room. */
  lastSeq: number;
}

/** How a session gets in again when its place is gone. */
export interface WayBack {
  /** The door at which members meet. */
  doorId: Uint8Array;
  /** A `present` that shows to members that this connection is ours. */
  claim(joined: Joined): Promise<Bytes>;
  /** A member says something instead of letting us in. */
  told(frame: Deliver): void;
}

/** What a return gives. `held` came after it and is still to be read. */
export interface Returned {
  joined: Joined;
  /** Our word on the new place; `null` when the place is the old one. */
  present: Bytes | null;
  held: RelayFrame[];
}

/** When which members are asked to admit us, in milliseconds; a knocker has few frames. */
const ASK_AT: readonly { ms: number; count: number }[] = [
  { ms: 0, count: 1 },
  { ms: 700, count: 2 },
  { ms: 2_000, count: 4 },
];
/** How long members may take to admit us, in milliseconds. */
export const ADMIT_MS = 5_000;
/** Most that is held on the way in. A relay has never so much to give before it has let us in. */
export const HELD_LIMITS = { frames: 65_536, bytes: 64 * 1_048_576 } as const;

/** Takes up `place` again, or enters anew. Frames that come meanwhile are held in order. */
export async function comeBack(
  connection: Connection,
  place: Place,
  { way, clock }: { way: WayBack; clock: Clock },
): Promise<Returned> {
  const held: RelayFrame[] = [];
  let heldBytes = 0;
  let knocking = false;
  const admission = Promise.withResolvers<void>();
  admission.promise.catch(() => {});
  connection.onEnd = admission.reject;
  connection.onFrame = (frame) => {
    if (frame.type === "deliver" && knocking) return way.told(frame);
    if (frame.type === "admitted") {
      knocking = false;
      admission.resolve();
    }
    if (frame.type === "deliver") heldBytes += frame.payload.length;
    if (held.length < HELD_LIMITS.frames && heldBytes <= HELD_LIMITS.bytes) held.push(frame);
    else connection.end(new ClientError("too_much", "Cannot come back: the relay sends too much at once"));
  };
  const joined = await resume(connection, place);
  if (joined !== null) return { joined, present: null, held };
  const entered = await connection.ask(
    [{ type: "join", doorId: way.doorId, mode: "any" }],
    (frame) => {
      if (frame.type !== "joined") return undefined;
      knocking = !frame.member;
      return frame;
    },
  );
  const present = await way.claim(entered);
  if (!entered.member) {
    await askMembers(connection, entered.peers, {
      bytes: encodeComingBack(present),
      clock,
      until: admission.promise,
    });
  }
  return { joined: entered, present, held };
}

async function resume(connection: Connection, { token, roomEpoch, lastSeq }: Place): Promise<Joined | null> {
  if (token === null) return null;
  try {
    return await connection.ask(
      [{ type: "resume", token, roomEpoch, lastSeq }],
      (frame) => frame.type === "joined" ? frame : undefined,
    );
  } catch (error) {
    if (error instanceof ClientError && error.code === "bad_token") return null;
    throw error;
  }
}

async function askMembers(
  connection: Connection,
  members: readonly number[],
  { bytes, clock, until }: { bytes: Bytes; clock: Clock; until: Promise<void> },
): Promise<void> {
  if (members.length === 0) {
    throw new ClientError("nobody_there", "the others are not connected yet");
  }
  const peers = shuffled(members);
  const timers = new Timers(clock);
  try {
    await new Promise<void>((resolve, reject) => {
      for (const { ms, count } of ASK_AT) {
        timers.after(ms, () => {
          for (const peerId of peers.splice(0, count)) {
            const parts = [{ peerId, bytes }];
            connection.write({ type: "send_table", sendId: 0, droppable: true, common: NOTHING, parts });
          }
        });
      }
      timers.after(ADMIT_MS, () => reject(notAdmitted()));
      until.then(resolve, reject);
    });
  } finally {
    timers.dispose();
  }
}

const NOTHING = new Uint8Array(0);

function notAdmitted(): ClientError {
  return new ClientError("not_admitted", "nobody who is connected has let us in again yet");
}

function shuffled<T>(items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
