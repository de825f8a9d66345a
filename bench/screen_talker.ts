/** Somebody who talks to a client on the full screen. @module */
import { createRoom } from "../client/mod.ts";
import { startRelay } from "./processes.ts";
import { within } from "./report.ts";

const PATIENCE_MS = 120_000;
/** Messages that are under way at the same time. */
const BURST = 200;

/** A room with one member that talks. */
export interface Talker {
  /** Where the relay is. */
  relay: string;
  /** Leads into the room. */
  code: string;
  /** Settles when somebody has come in. */
  there: Promise<void>;
  /** Sends a text, or the message of that number; resolves when it is in the room. */
  say: (what: number | string) => Promise<void>;
  /** Sends this many, as fast as they go. */
  burst: (count: number) => Promise<void>;
  /** Sends at a pace. */
  talk: (pace: { perSecond: number; seconds: number }) => Promise<void>;
}

/**
 * Opens a relay and a room, for as long as it is used.
 *
 * @param flags For the relay.
 */
export async function withTalker(
  use: (talker: Talker) => Promise<void>,
  flags: string[] = [],
): Promise<void> {
  const relay = await startRelay(...flags);
  await using _relay = relay.program;
  let code = "";
  const there = Promise.withResolvers<void>();
  const session = await createRoom({
    relay: relay.url,
    nick: "talker",
    onEvent: (event) => {
      if (event.type === "invite") code = event.invite;
      if (event.type === "member_joined") there.resolve();
    },
  });
  const say = (what: number | string): Promise<void> => {
    const text = typeof what === "string"
      ? what
      : `message ${what}: the quick fox jumps over **lazy** dogs, größer 漢字 👍🏽`;
    return session.run({ command: "send", text });
  };
  try {
    await use({
      relay: relay.url,
      code,
      there: within(PATIENCE_MS, "coming in", there.promise),
      say,
      burst: async (count) => {
        for (let sent = 0; sent < count; sent += BURST) {
          const some = Array.from({ length: Math.min(BURST, count - sent) }, (_, i) => say(sent + i));
          await within(PATIENCE_MS, "sending", Promise.all(some));
        }
      },
      talk: async ({ perSecond, seconds }) => {
        const began = performance.now();
        const pending: Promise<void>[] = [];
        for (let i = 0; i < perSecond * seconds; i++) {
          const ahead = i * 1_000 / perSecond - (performance.now() - began);
          if (ahead > 1) await wait(ahead);
          pending.push(say(i));
        }
        await Promise.all(pending);
      },
    });
  } finally {
    session.abort();
  }
}

/** Lets this many milliseconds pass. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
