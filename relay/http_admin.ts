/** What the HTTP routes for operators need of whoever keeps passwords and tokens. @module */
import type { NewToken, TokenInfo } from "./access_tokens.ts";
import { HttpProblem, problem } from "./http_answers.ts";

/** What proves an operator. */
export interface AdminCredentials {
  /** `admin` for the relay's password, else the name of the operator's account. */
  name: string;
  /** What proves it. */
  password: string;
}

/** Checks operators, and makes, revokes and lists tokens. */
export interface HttpAdmin {
  /** Tokens in force. */
  readonly size: number;
  /** Checks credentials sent from `ip`; too many wrong ones must wait. */
  check(credentials: AdminCredentials, ip: string): Promise<"ok" | "wrong" | { retryAfterMs: number }>;
  /** Makes a token. A `RangeError` says why it cannot, in words for the operator. */
  create(wish: NewToken): { token: string; id: string; name: string; expiresAt: number };
  /** Voids a token by itself or its id; false when there is none. */
  revoke(idOrToken: string): boolean;
  /** All tokens in force. */
  list(): readonly TokenInfo[];
}

/** Longest header of credentials that is read. */
const MAX_BASIC = 2_048;

/**
 * Reads HTTP Basic credentials (RFC 7617).
 *
 * @returns `undefined` without the header. Throws the one 401 for all that cannot be read.
 */
export function readBasic(header: string | null): AdminCredentials | undefined {
  if (header === null) return undefined;
  const [, encoded] = /^basic +([a-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  if (encoded === undefined || encoded.length > MAX_BASIC) throw unauthorized();
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    const pair = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const colon = pair.indexOf(":");
    if (colon > 0) return { name: pair.slice(0, colon), password: pair.slice(colon + 1) };
  } catch {
    // Neither base64 nor UTF-8: the same answer as for a wrong password.
  }
  throw unauthorized();
}

/** The one answer to whatever does not prove an operator; it never says which half was wrong. */
export function unauthorized(): HttpProblem {
  return new HttpProblem(problem(401, "unauthorized", {
    message: "The admin password is missing or wrong. Send admin_password, or HTTP Basic as user admin.",
    headers: { "www-authenticate": 'Basic realm="Sotto relay", charset="UTF-8"' },
  }));
}
