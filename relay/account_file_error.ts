/** What can be wrong with an account file. @module */

/** Stable reasons, for programs. */
export type AccountFileErrorCode =
  | "locked" // another relay uses it
  | "permissions" // others may read it
  | "unreadable" // the system does not let us
  | "foreign" // it is no account file
  | "version" // a later program wrote it
  | "torn" // it is cut short or has grown
  | "sealed" // the password is wrong, or it was changed
  | "changed" // somebody else wrote it while it was in use
  | "unsaved" // it could not be written; the old one is whole
  | "closed"; // it is not in use any more

/** Why an account file is refused; its message is a sentence for the operator and holds no secret. */
export class AccountFileError extends Error {
  /** Always `AccountFileError`. */
  override readonly name = "AccountFileError";
  /** Stable, for programs. */
  readonly code: AccountFileErrorCode;

  /** Makes an error; `message` reads `Cannot <do what>: <why>`. */
  constructor(code: AccountFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
