/** What a person at a terminal is asked who did not say it on the command line. @module */
import { checkNickname } from "../crypto/nickname.ts";
import { parseCode } from "../crypto/codes.ts";
import { failureOf } from "./failure.ts";
import { friendlyName } from "./friendly_name.ts";
import { type JoinWords, joinWords, splitWords } from "./join_words.ts";
import type { LineIo } from "./line_io.ts";
import { sentence } from "./wording.ts";

/**
 * Asks for a nickname until one is allowed.
 *
 * @param io Where to ask.
 * @returns The nickname, or null when the user gave up.
 */
export async function askNick(io: LineIo): Promise<string | null> {
  const proposal = friendlyName();
  return await askUntilGood(io, `Your nickname (Enter for ${proposal}): `, (answer) => {
    const nick = answer.trim();
    return nick === "" ? proposal : checkNickname(nick);
  });
}

/**
 * Asks which room.
 *
 * @param io Where to ask.
 * @returns The code; `"new"` for a new room; null when the user gave up.
 */
export async function askRoom(io: LineIo): Promise<JoinWords | "new" | null> {
  const room = await askUntilGood(io, "Invite, code or room name (Enter for a new room): ", (answer) => {
    if (answer.trim() === "") return "new";
    const words = joinWords(splitWords(answer));
    return { ...words, kind: parseCode(words.code).kind };
  });
  if (room === null || room === "new") return room;
  const { kind, ...words } = room;
  if (kind !== "named" || words.password !== undefined) return words;
  const password = await io.ask("Password (Enter for none): ", { secret: true });
  if (password === null) return null;
  return password === "" ? words : { ...words, password };
}

async function askUntilGood<T>(io: LineIo, question: string, read: (answer: string) => T): Promise<T | null> {
  while (true) {
    const answer = await io.ask(question);
    if (answer === null) return null;
    try {
      return read(answer);
    } catch (error) {
      const failure = failureOf(error);
      if (failure === null) throw error;
      io.print(sentence(failure.message));
    }
  }
}
