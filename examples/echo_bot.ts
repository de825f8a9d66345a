/**
 * A bot that says again what the others say.
 *
 *     deno run --allow-net examples/echo_bot.ts ws://127.0.0.1:4443/ws                  founds a room
 *     deno run --allow-net examples/echo_bot.ts ws://127.0.0.1:4443/ws lobby hunter2    enters one
 *
 * A project of its own imports from "@sotto/sotto" instead of "../mod.ts".
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what a program does
import { createRoom, joinRoom, type RoomSession, type SessionEvent, type SessionOptions } from "../mod.ts";

/** Which room the bot is for; without a code it founds one. */
interface Where {
  relay: string;
  code?: string | undefined;
  password?: string | undefined;
}

/** Starts the bot; `tell` hears how others get in. */
export async function echoBot(
  { relay, code, password }: Where,
  tell: (invite: string) => void,
): Promise<RoomSession> {
  const answer = (event: SessionEvent): void => {
    if (event.type === "invite") tell(event.invite);
    if (event.type !== "message" || event.kind !== "text") return;
    const text = `${event.from.nick} says: ${event.text}`;
    // What cannot be said, since the room has ended meanwhile, is no reason to end.
    session.run({ command: "send", text }).catch((error) => console.error(error.message));
  };
  const options: SessionOptions = { relay, nick: "echo", onEvent: answer };
  const session: RoomSession = code === undefined
    ? await createRoom(options)
    : await joinRoom({ ...options, code, ...(password === undefined ? {} : { password }) });
  return session;
}

if (import.meta.main) {
  const [relay = "ws://127.0.0.1:4443/ws", code, password] = Deno.args;
  const session = await echoBot({ relay, code, password }, (invite) => console.log(invite));
  Deno.addSignalListener("SIGINT", () => session.leave());
  const { status, message } = await session.ended;
  console.error(message);
  Deno.exit(status);
}
