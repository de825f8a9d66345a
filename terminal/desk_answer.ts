/** Asks a relay's desk for what was typed, and words its answer. @module */
import type { SessionEvent } from "../client/events.ts";
import type { JoinWords } from "./join_words.ts";
import type { LineAction } from "./line_action.ts";
import type { RelayDesk } from "./relay_desk.ts";
import { roomsText } from "./rooms_wording.ts";

/** What is asked of a relay over a connection apart: its public rooms, an account, a login. */
export type DeskAction = Extract<LineAction, { kind: "list" | "register" | "login" }>;

/**
 * Asks, and gives what to say then.
 *
 * @param desk The relay's.
 * @param action What was typed.
 * @param options.told Hears what happens meanwhile.
 * @param options.inRoom Whether there is a room, whose connection stays as it is.
 * @throws {ClientError} When it is refused, which changes nothing.
 */
export async function deskAnswer(
  desk: Pick<RelayDesk, "list" | "login" | "register" | "place">,
  action: DeskAction,
  { told, inRoom }: { told: (event: SessionEvent) => void; inRoom: () => boolean },
): Promise<string> {
  if (action.kind === "list") {
    const rooms = await desk.list(told);
    const how = rooms.length === 1 ? "/join #1 enters it." : "/join #1 enters the first of them.";
    return roomsText(rooms, desk.place, { how });
  }
  const { kind, name, password } = action;
  const done = await desk[kind]({ name, password }, told);
  const here = inRoom() ? " This room's connection stays as it is." : "";
  return `${done}. New connections to this relay use it, until you quit.${here}`;
}

/**
 * How to join a room of the relay's last list that was named by its number or its name there.
 *
 * @returns Undefined for words that name none.
 * @throws {ClientError} When it cannot be told which room is meant.
 */
export function listedRoom(
  desk: Pick<RelayDesk, "invite">,
  { code, password }: JoinWords,
): JoinWords | undefined {
  const invite = desk.invite(password === undefined ? code : `${code} ${password}`);
  return invite === undefined ? undefined : { code: invite };
}
