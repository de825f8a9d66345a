/** The one error class of `client/`. @module */

/** A refusal or failure with a sentence for the user and, where the session cannot go on, an exit status. */
export class ClientError extends Error {
  /** Always `ClientError`. */
  override readonly name = "ClientError";
  /** Stable machine-readable reason, such as `wrong_code`, `nick_taken`, `too_long`, `unreachable`. */
  readonly code: string;
  /** Exit status that fits: 1 refused, 2 wrong usage, 3 relay not reachable or lost. */
  readonly status: 1 | 2 | 3;

  /** Makes an error; `message` reads `Cannot <do what>: <why>`. */
  constructor(code: string, message: string, options: ErrorOptions & { status?: 1 | 2 | 3 } = {}) {
    super(message, options);
    this.code = code;
    this.status = options.status ?? 1;
  }
}
