/** Holds members of a room: real sessions over real sockets, with their bytes counted and their words timed. @module */
import { cpuUsage } from "node:process";
import {
  type Connect,
  createRoom,
  joinRoom,
  platformConnect,
  type RoomSession,
  type SessionEvent,
} from "../client/mod.ts";
import { PayloadKind } from "../client/payload.ts";
import { unpackBatch } from "../wire/mod.ts";
import { pause } from "./report.ts";

/** What the bench asks of a host. */
export type Order =
  | { order: "enter"; index: number; relay: string; code: string | null; askFirst?: boolean }
  | { order: "say"; index: number; text: string; times?: number }
  | { order: "kick"; index: number; nick: string; text: string }
  | { order: "state"; id: number }
  | { order: "end" };

/** What a host reports. */
export type Answer =
  | { answer: "entered"; index: number; ms: number; tries: number }
  | { answer: "refused"; index: number; message: string }
  | { answer: "invite"; invite: string }
  | { answer: "state"; id: number; members: MemberState[]; problems: Record<string, number>; cpuMs: number };

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
  /** When it was told to say which text, in milliseconds since the epoch. */
  said: Record<string, number>;
  /** When the relay last took a message of its own, in milliseconds since the epoch. */
  sentAt: number;
  /** When it read which text, in milliseconds since the epoch; of one said many times, the last time. */
  read: Record<string, number>;
  /** How many messages it has read. */
  reads: number;
}

interface Member extends Omit<MemberState, "confirmed"> {
  known: Set<string>;
  session: RoomSession | null;
}

/** Notices that say what somebody on the way in waits for: on a machine that has no time for it, that is so. */
const WAITS: readonly string[] = ["knocking", "slow_relay"];

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
function isProblem(event: SessionEvent): boolean {
  if (event.type === "notice" && WAITS.includes(event.code)) return false;
  if (event.type === "connection") return event.state === "reconnecting";
  return PROBLEMS.includes(event.type) && !(event.type === "ended" && event.code === "left");
}

/** First byte of a `deliver` frame, and how many come before its payload. */
const DELIVER = 0x85;
const HEADER = 13;
/** How often a member tries to come in. */
const MAX_TRIES = 6;

/** Members that share a thread. */
export class MemberHost {
  readonly #say: (answer: Answer) => void;
  readonly #members = new Map<number, Member>();
  readonly #problems: Record<string, number> = {};

  /** Answers through `say`. */
  constructor(say: (answer: Answer) => void) {
    this.#say = say;
  }

  /** Does as told. */
  handle(order: Order): void {
    const member = "index" in order ? this.#members.get(order.index) : undefined;
    switch (order.order) {
      case "enter":
        return void this.#enter(order);
      case "say":
        return this.#speak(member, order.text, order.times);
      case "kick":
        // Both in one turn, so that the text is the first thing said after the removal.
        this.#run(member, { command: "kick", member: order.nick });
        return this.#speak(member, order.text);
      case "state":
        return this.#report(order.id);
      case "end":
        for (const { session } of this.#members.values()) session?.abort();
    }
  }

  #run(member: Member | undefined, command: Parameters<RoomSession["run"]>[0]): void {
    member?.session?.run(command).catch(() => this.#problem(`refused:${command.command}`));
  }

  #speak(member: Member | undefined, text: string, times = 1): void {
    if (member === undefined) return;
    member.said[text] = now();
    for (let i = 0; i < times; i++) this.#run(member, { command: "send", text });
  }

  async #enter({ index, relay, code, askFirst }: Extract<Order, { order: "enter" }>): Promise<void> {
    const member: Member = {
      index,
      known: new Set(),
      changedAt: 0,
      bytesIn: 0,
      bytesOut: 0,
      haveIn: 0,
      said: {},
      sentAt: 0,
      read: {},
      reads: 0,
      session: null,
    };
    this.#members.set(index, member);
    const options: Parameters<typeof createRoom>[0] = {
      relay,
      nick: `m${index}`,
      connect: counting(member),
      onEvent: (event) => {
        if (event.type === "member_confirmed" || (code === null && event.type === "member_joined")) {
          member.known.add(event.id);
          member.changedAt = now();
        } else if (event.type === "member_left") member.known.delete(event.id);
        else if (event.type === "sent") member.sentAt = now();
        else if (event.type === "message") {
          member.read[event.text] = now();
          member.reads++;
        } else if (event.type === "invite") this.#say({ answer: "invite", invite: event.invite });
        else if (isProblem(event)) {
          this.#problem("code" in event ? `${event.type}:${event.code}` : event.type);
        }
      },
    };
    // The one to be asked is drawn from those that have been there longest: a draw of 0 is the founder.
    if (askFirst === true) Math.random = () => 0;
    for (let tries = 1;; tries++) {
      const began = performance.now();
      try {
        member.session = code === null ? await createRoom(options) : await joinRoom({ ...options, code });
        return this.#say({ answer: "entered", index, ms: performance.now() - began, tries });
      } catch (error) {
        if (tries >= MAX_TRIES) return this.#say({ answer: "refused", index, message: String(error) });
        await pause(500 * tries);
      }
    }
  }

  #problem(name: string): void {
    this.#problems[name] = (this.#problems[name] ?? 0) + 1;
  }

  #report(id: number): void {
    const members = [...this.#members.values()].map(({ known, session: _, ...rest }) => ({
      ...rest,
      confirmed: known.size,
    }));
    const { user, system } = cpuUsage();
    this.#say({ answer: "state", id, members, problems: this.#problems, cpuMs: (user + system) / 1_000 });
  }
}

/** Milliseconds since the epoch, the same in all processes of a machine. */
function now(): number {
  return performance.timeOrigin + performance.now();
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
