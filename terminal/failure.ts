/** Which errors are sentences for the user, and which exit status goes with them. @module */
import { ClientError } from "../client/errors.ts";
import { CryptoError } from "../crypto/errors.ts";

/** An error that a user can be told. */
export interface Failure {
  /** Stable reason. */
  code: string;
  /** A sentence, without its full stop. */
  message: string;
  /** Exit status if nothing can go on. */
  status: 1 | 2 | 3;
}

/**
 * Tells a failure that a user can be told from a fault of the program.
 *
 * @param error What was thrown.
 * @returns The failure; null for a fault, which the caller throws on.
 */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof ClientError) return { code: error.code, message: error.message, status: error.status };
  if (error instanceof CryptoError) {
    return { code: error.code, message: error.message, status: error.code === "bad_code" ? 2 : 1 };
  }
  return null;
}
