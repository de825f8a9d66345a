/** The one error class of `crypto/`. Messages never carry a key, a plaintext, a token or a code. @module */

/** What went wrong, stable across versions. */
export type CryptoErrorCode =
  | "decode" // the bytes are not a well-formed structure of the expected kind
  | "bad_key" // a public key is malformed, off its curve or otherwise unusable
  | "bad_signature" // a signature does not verify
  | "open_failed" // authenticated decryption failed
  | "wrong_code" // the other side of a join does not know the same code
  | "bad_code" // what the user typed is not a code
  | "replayed" // a counter that was opened before, or whose key is gone
  | "too_far" // a counter beyond the bounds of its chain
  | "spent" // a chain or a single-use object has been used up
  | "disposed" // the object's secrets have been wiped
  | "limit"; // something is larger than the protocol allows

/** The base class of every failure in `crypto/`. */
export class CryptoError extends Error {
  /** Always `CryptoError`. */
  override readonly name = "CryptoError";
  /** Stable machine-readable reason. */
  readonly code: CryptoErrorCode;

  /** Makes an error; `message` reads `Cannot <do what>: <why>`. */
  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
