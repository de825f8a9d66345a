/** Answers over plain HTTP that any server can give. @module */

/** An answer. */
export interface HttpAnswer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

/** What every answer says: nothing of it is a page, and nothing is to be kept or packed. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  "cache-control": "no-store, no-transform",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/** An answer of plain text. */
export function text(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  const type = { "content-type": "text/plain; charset=utf-8" };
  return { status, body: `${body}\n`, headers: { ...SAFE_HEADERS, ...type, ...headers } };
}

/** An answer of JSON, on one line. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer {
  const type = { "content-type": "application/json" };
  return {
    status,
    body: `${JSON.stringify(value)}\n`,
    headers: { ...SAFE_HEADERS, ...type, ...headers },
  };
}

/** A refusal: `{"error":{"code","message"}}`. */
export function problem(
  status: number,
  code: string,
  { message, headers = {} }: { message: string; headers?: Record<string, string> },
): HttpAnswer {
  return json(status, { error: { code, message } }, headers);
}

/** A refusal on its way out of whatever found it. */
export class HttpProblem extends Error {
  /** What the client is told. */
  readonly answer: HttpAnswer;

  /** Wraps an answer. */
  constructor(answer: HttpAnswer) {
    super(`HTTP ${answer.status}`);
    this.name = "HttpProblem";
    this.answer = answer;
  }
}

/** Seconds for `Retry-After`. */
export function retryAfter(ms: number): Record<string, string> {
  return { "retry-after": String(Math.max(1, Math.ceil(Math.min(ms, 86_400_000) / 1_000))) };
}
