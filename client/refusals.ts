/** What refusals and silences, of a relay or of ours, are called here. @module */
import { CryptoError } from "../crypto/errors.ts";
import { ERROR_SENTENCES, errorName } from "../wire/error_codes.ts";
import type { RelayFrame } from "../wire/frame.ts";
import { ClientError } from "./errors.ts";

/** There is no relay, or it does not answer. */
export function unreachable(url: string, why: string): ClientError {
  const address = url.replace(/^wss?:\/\//, "").replace(/\/ws$/, "");
  return new ClientError("unreachable", `Cannot reach the relay at ${address}: ${why}`, { status: 3 });
}

/** The relay's refusal as an error of ours; its code is the wire code's name. */
export function refusal(frame: Extract<RelayFrame, { type: "error" }>): ClientError {
  const name = errorName(frame.code);
  const wait = frame.retryAfterMs > 0 ? ` Try again in ${Math.ceil(frame.retryAfterMs / 1000)} s.` : "";
  const sentence = name === undefined ? frame.sentence.slice(0, 200) : ERROR_SENTENCES[name];
  const code = (name ?? "refused").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new ClientError(code, `The relay refused: ${sentence}${wait}`, {
    status: name === "version" ? 3 : 1,
    retryAfterMs: frame.retryAfterMs,
  });
}

/** The connection broke. */
export function lost(why: string, options: ErrorOptions = {}): ClientError {
  return new ClientError("connection_lost", `Lost the connection to the relay: ${why}`, {
    status: 3,
    ...options,
  });
}

/** A frame whose author cannot be shown to have signed it. */
export function unsigned(): CryptoError {
  return new CryptoError("bad_signature", "Cannot accept a frame: its author did not sign it");
}
