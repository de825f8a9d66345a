/** Refusals: what an `error` frame tells. @module */
import { ERROR_SENTENCES, ErrorCode, type ErrorFrame, type ErrorName } from "../wire/mod.ts";

/** Details of a refusal. */
export interface RefusalOptions {
  /** The send refused; it and all later ones are to be sent again. @default 0 */
  sendId?: number;
  /** Milliseconds until it may work; `Infinity` or 0 for never. @default 0 */
  retryAfterMs?: number;
  /** What to tell a person, where the usual sentence of the code does not fit. */
  sentence?: string;
}

/** The `error` frame of a refusal. */
export function refusal(name: ErrorName, options: RefusalOptions = {}): ErrorFrame {
  const { sendId = 0, retryAfterMs = 0, sentence = ERROR_SENTENCES[name] } = options;
  const retry = Number.isFinite(retryAfterMs) ? Math.min(Math.ceil(retryAfterMs), 0xffffffff) : 0;
  return { type: "error", code: ErrorCode[name], sendId, retryAfterMs: retry, sentence };
}

/** The refusal of an address from which something has come too often. */
export function tooOften(what: string, retryAfterMs: number): ErrorFrame {
  const seconds = Math.ceil(Math.min(retryAfterMs, 86_400_000) / 1_000);
  const sentence = `Too many ${what} from this address; try again in ${seconds} second${
    seconds === 1 ? "" : "s"
  }.`;
  return refusal("rateLimited", { retryAfterMs, sentence });
}
