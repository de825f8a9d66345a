/** The greeting of a relay with small limits, for tests of what a client makes of it. @module */
import type { RelayFrame } from "../wire/mod.ts";

/** Says what this relay allows. */
export const WELCOME: Extract<RelayFrame, { type: "welcome" }> = {
  type: "welcome",
  version: 1,
  maxPayload: 4_096,
  maxMessage: 1_000,
  rateCount: 12,
  rateWindowMs: 10_000,
  heartbeatIntervalMs: 30_000,
  heartbeatTimeoutMs: 60_000,
  nonce: new Uint8Array(16),
  challenge: new Uint8Array(0),
};
