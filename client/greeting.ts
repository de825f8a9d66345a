/** The first words with a relay: hello, its welcome, and a login where it asks for one (SPEC §11.1). @module */
import { decodeChallenge } from "../wire/login.ts";
import type { RelayFrame } from "../wire/frame.ts";
import { logIn, type LoginUse } from "./logging_in.ts";
import type { Socket } from "./options.ts";
import { Talk } from "./talk.ts";

/** What the relay said of itself. */
export type Welcome = Extract<RelayFrame, { type: "welcome" }>;

/** What greeting takes beside the socket. */
export interface GreetOptions extends LoginUse {
  /** The relay's address. */
  url: string;
  signal: AbortSignal;
}

/** Says hello, waits for welcome and logs in, before anything else is set up. */
export function greet(socket: Socket, options: GreetOptions): Promise<Welcome> {
  return greetAnd(socket, options, async (talk, welcome) => {
    await logIn(talk, decodeChallenge(welcome.challenge), options);
  });
}

/** Says hello, waits for welcome, and does `next` before the connection is anybody else's. */
export async function greetAnd(
  socket: Socket,
  { url, signal }: { url: string; signal: AbortSignal },
  next: (talk: Talk, welcome: Welcome) => Promise<void>,
): Promise<Welcome> {
  const talk = new Talk(socket, { url, signal });
  try {
    talk.say({ type: "hello", version: 1, auth: new Uint8Array(0) });
    const welcome = await talk.hear("welcome");
    await next(talk, welcome);
    talk.release();
    return welcome;
  } catch (error) {
    talk.fail(error);
    throw error;
  }
}
