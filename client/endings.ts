/** How a relay ends a connection for good: after these there is no coming back by oneself. @module */
import { CLOSE_SENTENCES, CloseCode, closeName } from "../wire/error_codes.ts";
import { ClientError } from "./errors.ts";

/** Longest sentence of a relay that is passed on. */
const MAX_SENTENCE = 300;

const FINAL_CLOSES: ReadonlySet<number> = new Set([
  CloseCode.banned,
  CloseCode.loggedOut,
  CloseCode.cut,
  CloseCode.roomClosed,
]);

/** Codes of errors after which trying again would only give the same answer, or is not wanted by the relay. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  "banned",
  "logged_out",
  "cut",
  "room_closed",
  "version",
  "auth_required",
  "auth_failed",
  "account_required",
  "method_unknown",
  "relay_not_proven",
  "insecure_token",
]);

/**
 * Codes of errors that a person has to mend: the relay has another certificate now, or somebody else answers in its place,
 * who may be gone again in an hour.
 */
const RARE_CODES: ReadonlySet<string> = new Set(["other_certificate", "bad_certificate", "old_tls"]);

/** Codes of errors of who has come to the room's door, where nobody is just now who could let it in. */
const DOOR_CODES: ReadonlySet<string> = new Set(["nobody_there", "not_admitted"]);

/** The error of a connection that the relay's operator has ended; `undefined` for any other close code. */
export function finalClose(code: number, sentence: string): ClientError | undefined {
  const name = closeName(code);
  if (name === undefined || !FINAL_CLOSES.has(code)) return undefined;
  const said = sentence.slice(0, MAX_SENTENCE) || CLOSE_SENTENCES[name];
  return new ClientError(
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    `The relay ended the connection: ${said}`,
  );
}

/** Whether an error is the end, so that nothing is tried again. */
export function isFinal({ code }: ClientError): boolean {
  return FINAL_CODES.has(code);
}

/** Whether trying again is of little use for now, and is to be rare. */
export function isRare({ code }: ClientError): boolean {
  return RARE_CODES.has(code);
}

/** Whether the relay is there, and the room; others who are on their way back may be there in a moment. */
export function isAtDoor({ code }: ClientError): boolean {
  return DOOR_CODES.has(code);
}
