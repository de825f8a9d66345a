/** Whether a code is one of a room's own. @module */
import type { SessionEvent } from "../client/events.ts";
import { formatSpoken } from "../crypto/spoken_code.ts";
import { parseCode, type ParsedCode } from "../crypto/codes.ts";
import { CryptoError } from "../crypto/errors.ts";

/** A room's codes, as it tells them. */
export type RoomCodes = Pick<Extract<SessionEvent, { type: "invite" }>, "invite" | "code" | "name">;

/**
 * Whether a code leads into the room that has these codes. An invite that is no longer valid does: it names the room.
 *
 * @param code What was typed; a spoken code or a name is meant for the room's relay.
 * @param codes What the room says of itself.
 */
export function isSameRoom(code: ParsedCode, codes: RoomCodes): boolean {
  switch (code.kind) {
    case "invite": {
      const own = read(codes.invite);
      return own?.kind === "invite" && own.roomId.toHex() === code.roomId.toHex();
    }
    case "spoken":
      return codes.code === formatSpoken(code);
    case "named": {
      const own = codes.name === null ? undefined : read(codes.name);
      return own?.kind === "named" && own.name === code.name;
    }
  }
}

function read(text: string): ParsedCode | undefined {
  try {
    return parseCode(text);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    return undefined;
  }
}
