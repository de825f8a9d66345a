/** What people in attack tests get to see, and how it is waited for. @module */
import { fail } from "node:assert/strict";
import type { SessionEvent, Socket } from "../../client/mod.ts";
import type { Id } from "../../client/ids.ts";
import { Room } from "../../client/room.ts";

/** How long a test waits for something before it has failed, in milliseconds. */
const DEADLINE_MS = 60_000;
/** How long it waits between two looks. */
export const LOOK_MS = 4;

/** What of a kind of event. */
export type EventOf<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;

/** Waits until `test` gives something other than `false` or `undefined`; fails with `what` at the deadline. */
export async function until<T>(
  what: string,
  test: () => T | false | undefined,
  { withinMs = DEADLINE_MS }: { withinMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const result = test();
    if (result !== false && result !== undefined) return result;
    if (performance.now() > deadline) fail(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Somebody with a session. */
export class Somebody {
  readonly events: SessionEvent[] = [];
  #room: Room | null = null;

  /** Goes by `name`. */
  constructor(readonly name: string) {}

  /** The session, with its insides. */
  get room(): Room {
    return this.#room ?? fail(`${this.name} is not in a room`);
  }

  set room(room: Room) {
    this.#room = room;
  }

  /** Whether there is a session. */
  get isIn(): boolean {
    return this.#room !== null;
  }

  /** Member id. */
  get id(): Id {
    return this.room.me;
  }

  /** The events of one type. */
  of<T extends SessionEvent["type"]>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** The texts shown so far. */
  get texts(): string[] {
    return this.of("message").map((event) => event.text);
  }

  /** Codes of the notices shown so far. */
  get notices(): string[] {
    return this.of("notice").map((event) => event.code);
  }

  /** Says something. */
  say(text: string): Promise<void> {
    return this.room.run({ command: "send", text });
  }
}

/** A socket that tells when it is closed, and lets `seen` read along. */
export function watched(
  inner: Socket,
  seen: (bytes: Uint8Array) => void = () => {},
): { socket: Socket; closed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket: Socket = {
    send: (bytes) => inner.send(bytes),
    close: () => inner.close(),
    get bufferedAmount() {
      return inner.bufferedAmount;
    },
    onMessage: () => {},
    onClose: () => {},
  };
  inner.onMessage = (bytes) => {
    seen(bytes);
    socket.onMessage(bytes);
  };
  inner.onClose = (info) => {
    resolve();
    socket.onClose(info);
  };
  return { socket, closed: promise };
}

/** The session with its insides. */
export function asRoom(session: unknown): Room {
  return session instanceof Room ? session : fail("a session is not a Room");
}
