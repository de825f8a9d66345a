/** What a connection is told first. @module */
import {
  ERROR_SENTENCES,
  ErrorCode,
  type Limits,
  type RelayFrame,
  type WelcomeFrame,
  WIRE_VERSION,
} from "../wire/mod.ts";

/** The answer to `hello`: the limits that a client keeps, and how one logs in. */
export function welcome(limits: Limits, nonce: Uint8Array, challenge: Uint8Array): WelcomeFrame {
  return {
    type: "welcome",
    version: WIRE_VERSION,
    maxPayload: limits.maxPayload,
    maxMessage: limits.maxMessage,
    rateCount: limits.rateCount,
    rateWindowMs: limits.rateWindowMs,
    heartbeatIntervalMs: limits.heartbeatIntervalMs,
    heartbeatTimeoutMs: limits.heartbeatTimeoutMs,
    nonce,
    challenge,
  };
}

/** Tells that the relay takes no new rooms. */
export function tellDraining(sentence: string = ERROR_SENTENCES.draining): RelayFrame {
  return { type: "tell", code: ErrorCode.draining, sentence };
}
