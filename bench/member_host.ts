/** A worker that holds many members of a room: real sessions over real sockets, with their bytes counted. @module */
import { type Connect, createRoom, joinRoom, platformConnect, type RoomSession } from "../client/mod.ts";
import { PayloadKind } from "../client/payload.ts";
import { unpackBatch } from "../wire/mod.ts";
import { pause } from "./report.ts";

/** What the bench asks of a host. */
export type Order =
  | { order: "enter"; index: number; relay: string; code: string | null }
  | { order: "say"; index: number; text: string }
  | { order: "kick"; index: number; nick: string; text: string }
  | { order: "state"; id: number }
  | { order: "end" };

/** What a host reports. */
export type Answer =
  | { answer: "entered"; index: number; ms: number; tries: number }
  | { answer: "refused"; index: number; message: string }
  | { answer: "invite"; invite: string }
  | { answer: "state"; id: number; members: MemberState[]; problems: Record<string, number> };

/** One member, as its host sees it. */
export interface MemberState {
  index: number;
  /** How many others have been confirmed, or come in, as this member was told. */
  confirmed: number;
  /** When that last changed, in milliseconds since the epoch. */
  changedAt: number;
  bytesIn: number;
  bytesOut: number;
  /** Those of `bytesIn` that came as `have`: everybody says it now and then, whatever else happens. */
  haveIn: number;
  /** When the relay last took a message of its own, in milliseconds since the epoch. */
  sentAt: number;
  /** When it read which text, in milliseconds since the epoch. */
  read: Record<string, number>;
}

interface Member extends Omit<MemberState, "confirmed"> {
  known: Set<string>;
  session: RoomSession | null;
}

/** Problems that an honest room must not have. */
const PROBLEMS = [
  "notice",
  "error",
  "lost",
  "equivocation",
  "split_view",
  "knock_failed",
  "member_away",
  "ended",
];
/** First byte of a `deliver` frame, and how many come before its payload. */
const DELIVER = 0x85;
const HEADER = 13;
/** How often a member tries to come in. */
const MAX_TRIES = 6;

/** What a worker has and the compiler, set up for the main thread, does not know of. */
const scope = self as unknown as {
  postMessage(answer: Answer): void;
  onmessage: (event: MessageEvent<Order>) => void;
  close(): void;
};
const members = new Map<number, Member>();
const problems: Record<string, number> = {};

function say(answer: Answer): void {
  scope.postMessage(answer);
}

function counting(member: Member): Connect {
  return async (url, options) => {
    const socket = await platformConnect(url, options);
    const send = socket.send;
    socket.send = (bytes) => {
      member.bytesOut += bytes.length;
      send(bytes);
    };
    return new Proxy(socket, {
      set(target, key, value) {
        if (key === "onMessage") {
          target.onMessage = (bytes) => {
            member.bytesIn += bytes.length;
            member.haveIn += haveBytes(bytes);
            value(bytes);
          };
        } else Reflect.set(target, key, value);
        return true;
      },
    });
  };
}

function haveBytes(batch: Uint8Array): number {
  let bytes = 0;
  for (const frame of unpackBatch(batch, { maxBytes: Infinity, maxFrames: Infinity })) {
    if (frame[0] === DELIVER && frame[HEADER + 1] === PayloadKind.side) bytes += frame.length;
  }
  return bytes;
}

async function enter(index: number, relay: string, code: string | null): Promise<void> {
  const member: Member = {
    index,
    known: new Set(),
    changedAt: 0,
    bytesIn: 0,
    bytesOut: 0,
    haveIn: 0,
    sentAt: 0,
    read: {},
    session: null,
  };
  members.set(index, member);
  const options: Parameters<typeof createRoom>[0] = {
    relay,
    nick: `m${index}`,
    connect: counting(member),
    onEvent: (event) => {
      const now = performance.timeOrigin + performance.now();
      if (event.type === "member_confirmed" || (code === null && event.type === "member_joined")) {
        member.known.add(event.id);
        member.changedAt = now;
      } else if (event.type === "member_left") member.known.delete(event.id);
      else if (event.type === "sent") member.sentAt = now;
      else if (event.type === "message") member.read[event.text] = now;
      else if (event.type === "invite") say({ answer: "invite", invite: event.invite });
      else if (PROBLEMS.includes(event.type) && !(event.type === "ended" && event.code === "left")) {
        const name = "code" in event ? `${event.type}:${event.code}` : event.type;
        problems[name] = (problems[name] ?? 0) + 1;
      }
    },
  };
  for (let tries = 1;; tries++) {
    const began = performance.now();
    try {
      member.session = code === null ? await createRoom(options) : await joinRoom({ ...options, code });
      return say({ answer: "entered", index, ms: performance.now() - began, tries });
    } catch (error) {
      if (tries >= MAX_TRIES) return say({ answer: "refused", index, message: String(error) });
      await pause(500 * tries);
    }
  }
}

function report(id: number): void {
  const states = [...members.values()].map(({ known, session: _, ...rest }) => ({
    ...rest,
    confirmed: known.size,
  }));
  say({ answer: "state", id, members: states, problems });
}

scope.onmessage = ({ data }: MessageEvent<Order>): void => {
  const session = "index" in data ? members.get(data.index)?.session : undefined;
  switch (data.order) {
    case "enter":
      return void enter(data.index, data.relay, data.code);
    case "say":
      return void session?.run({ command: "send", text: data.text });
    case "kick":
      // Both in one turn, so that the text is the first thing said after the removal.
      void session?.run({ command: "kick", member: data.nick });
      return void session?.run({ command: "send", text: data.text });
    case "state":
      return report(data.id);
    case "end":
      for (const member of members.values()) member.session?.abort();
      return scope.close();
  }
};
