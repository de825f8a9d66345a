/** The one error class of `wire/`. @module */

/** What was wrong with bytes from the network. */
export type WireErrorCode = "malformed" | "too_large" | "too_many";

/** Thrown by every decoder of this layer, and nothing else is. */
export class WireError extends Error {
  /** Stable, for programs. */
  readonly code: WireErrorCode;

  /** A `WireError` of the given kind. */
  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WireError";
    this.code = code;
  }
}
