/** Error codes of `error` frames and close codes of the connection (SPEC, "Errors"). @module */

/** Codes carried by an `error` frame. They are stable: programs may depend on them. */
export const ErrorCode = {
  version: 1001,
  malformed: 1002,
  tooLarge: 1003,
  expectedHello: 1004,
  noSuchDoor: 1101,
  doorExists: 1102,
  doorTaken: 1103,
  roomFull: 1104,
  relayFull: 1105,
  rateLimited: 1106,
  outOfOrder: 1107,
  notAMember: 1108,
  knockQuota: 1109,
  tooManyDoors: 1110,
  badToken: 1111,
  notInRoom: 1112,
  draining: 1113,
  publicForbidden: 1114,
  roomClosed: 1115,
  authRequired: 1201,
  authFailed: 1202,
  accountTaken: 1203,
  registrationClosed: 1204,
  accountRequired: 1205,
  banned: 1206,
  methodUnknown: 1207,
  accountNotSaved: 1208,
} as const;

/** The name of an {@linkcode ErrorCode}. */
export type ErrorName = keyof typeof ErrorCode;

/** Close codes of the WebSocket connection, also carried by `bye`. A listener may close with 1009 for `tooLarge`. */
export const CloseCode = {
  ok: 4000,
  version: 4001,
  malformed: 4002,
  tooLarge: 4003,
  deadline: 4004,
  superseded: 4005,
  tooSlow: 4008,
  rateLimited: 4009,
  relayClosing: 4010,
  refused: 4011,
  banned: 4012,
  loggedOut: 4013,
  cut: 4014,
  roomClosed: 4015,
} as const;

/** The name of a {@linkcode CloseCode}. */
export type CloseName = keyof typeof CloseCode;

/** What an `error` frame says to a person where the relay has nothing more exact to say. */
export const ERROR_SENTENCES: Readonly<Record<ErrorName, string>> = {
  version: "This relay speaks another version of the protocol; update the client or choose another relay.",
  malformed: "The relay could not read what was sent and closed this connection.",
  tooLarge: "This is larger than the relay allows; send it in smaller parts.",
  expectedHello: "A connection must begin with hello.",
  noSuchDoor: "Nobody is there yet: the relay knows no room with this code.",
  doorExists: "A room with this code exists already; join it instead.",
  doorTaken: "This code leads to another room already; choose another one.",
  roomFull: "The room is full; try again when somebody has left.",
  relayFull: "The relay is full; try again later or choose another relay.",
  rateLimited: "Too much at once; wait a moment and try again.",
  outOfOrder: "A frame is missing before this one; send again from the number named.",
  notAMember: "Only members of the room may do this.",
  knockQuota: "Too much was sent before being let in; leave and try again.",
  tooManyDoors: "The room has as many doors as it may have; drop one first.",
  badToken: "The place in the room is gone; join again.",
  notInRoom: "This connection is not in the room that this needs.",
  draining: "The relay is shutting down and takes no new rooms; try again in a moment.",
  publicForbidden: "This relay does not list rooms.",
  roomClosed: "The relay's operator has closed this room.",
  authRequired: "This relay lets in only those who log in.",
  authFailed: "The login was refused.",
  accountTaken: "This account name is taken; choose another one.",
  registrationClosed: "This relay does not take new accounts from you; ask its operator for one.",
  accountRequired: "This relay lets in only those who have an account; log in, or register one.",
  banned: "The relay's operator does not let this address in.",
  methodUnknown: "This relay does not know this way to log in.",
  accountNotSaved:
    "This relay cannot save new accounts now, so none was made; try again later, or tell its operator.",
};

/** What a closed connection says to a person. */
export const CLOSE_SENTENCES: Readonly<Record<CloseName, string>> = {
  ok: "Goodbye.",
  version: ERROR_SENTENCES.version,
  malformed: ERROR_SENTENCES.malformed,
  tooLarge: ERROR_SENTENCES.tooLarge,
  deadline: "Nothing was heard from this connection for too long.",
  superseded: "This place in the room was taken over by a newer connection.",
  tooSlow: "This connection reads too slowly.",
  rateLimited: "Too many connections from this address; wait a moment and try again.",
  relayClosing: "The relay is shutting down.",
  refused: "The relay refused this connection.",
  banned: "The relay's operator does not let this address in.",
  loggedOut: "The login that this connection came in by is no longer valid.",
  cut: "The relay's operator ended this connection.",
  roomClosed: "The relay's operator has closed this room.",
};

const errorNames = new Map<number, ErrorName>(
  (Object.keys(ErrorCode) as ErrorName[]).map((name) => [ErrorCode[name], name]),
);
const closeNames = new Map<number, CloseName>(
  (Object.keys(CloseCode) as CloseName[]).map((name) => [CloseCode[name], name]),
);

/** Name of an error code, or `undefined` for one of a later version. */
export function errorName(code: number): ErrorName | undefined {
  return errorNames.get(code);
}

/** Name of a close code, or `undefined` for one that is not Sotto's. */
export function closeName(code: number): CloseName | undefined {
  return closeNames.get(code);
}
