/** The one error class of `client/`. @module */

/** What a {@linkcode ClientError} may carry. */
export interface ClientErrorOptions extends ErrorOptions {
  /** Exit status that fits. @default 1 */
  status?: 1 | 2 | 3;
  /** When to try again, in milliseconds. @default 0 */
  retryAfterMs?: number;
  /** Ways to log in that the relay takes, for `auth_required`. @default none */
  methods?: readonly LoginMethod[];
}

/** A way to be let in by a relay. */
export type LoginMethod = "password" | "token" | "account";

/** A refusal or failure with a sentence for the user and, where the session cannot go on, an exit status. */
export class ClientError extends Error {
  /** Always `ClientError`. */
  override readonly name = "ClientError";
  /** Stable machine-readable reason, such as `wrong_code`, `nick_taken`, `too_long`, `unreachable`. */
  readonly code: string;
  /** Exit status that fits: 1 refused, 2 wrong usage, 3 relay not reachable or lost. */
  readonly status: 1 | 2 | 3;
  /** When it makes sense to try again, in milliseconds; 0 where nobody has said. */
  readonly retryAfterMs: number;
  /** For `auth_required` and `account_required`: the ways to log in that the relay takes. */
  readonly methods: readonly LoginMethod[];

  /** Makes an error; `message` reads `Cannot <do what>: <why>`. */
  constructor(code: string, message: string, options: ClientErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.status = options.status ?? 1;
    this.retryAfterMs = options.retryAfterMs ?? 0;
    this.methods = options.methods ?? [];
  }
}

/** What is refused because it would have to be said after the end. */
export function sendingOver(): ClientError {
  return new ClientError("ended", "Cannot send: the session has ended");
}
