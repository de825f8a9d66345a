/** What an operator may want to read later: who came and went and what was decided, never what was said. @module */

/** The kinds of events. */
export type AuditType =
  | "start"
  | "stop"
  | "login"
  | "login_refused"
  | "refused"
  | "ban"
  | "unban"
  | "token_created"
  | "token_revoked"
  | "account_registered"
  | "account_changed"
  | "certificate"
  | "room_closed"
  | "cut"
  | "drain";

/** Something that happened. It has no place for payloads or rooms. */
export interface AuditEvent {
  /** What kind it is. */
  type: AuditType;
  /** The IP address that it came from; it is hashed unless the operator wants it plain. */
  ip?: string;
  /** Name of an account or a token, where it is known to be one. */
  name?: string;
  /** Why, in a word of a closed list or a sentence of the operator's. */
  reason?: string;
  /** The short id of a token. */
  tokenId?: string;
  /** How somebody logged in, or asked. */
  method?: string;
}

/** Takes events. */
export interface Audit {
  /** Notes an event; never throws and never waits. */
  record(event: AuditEvent): void;
}

/** Keeps nothing. */
export const NO_AUDIT: Audit = { record: () => {} };
