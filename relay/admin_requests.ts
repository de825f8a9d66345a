/** What can be asked over the admin socket; anything else is refused. @module */
import * as v from "valibot";

/** Longest request, in bytes. */
export const MAX_REQUEST = 65_536;

const YEAR_MS = 365 * 86_400_000;
const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));
const sentence = v.pipe(text(400), v.check((given) => !/\p{Cc}/u.test(given)));
const milliseconds = v.pipe(v.number(), v.minValue(1), v.maxValue(10 * YEAR_MS));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER));

/** What the relay stores of a password, in base64: the password itself stays with whoever asks. */
const KEYS = v.strictObject({
  salt: text(128),
  iterations: count,
  storedKey: text(64),
  serverKey: text(64),
});

const REQUEST = v.variant("command", [
  v.strictObject({ command: v.literal("status") }),
  v.strictObject({ command: v.literal("tokens") }),
  v.strictObject({
    command: v.literal("token-create"),
    name: text(64),
    ttlMs: v.optional(milliseconds),
    ip: v.optional(text(64)),
    uses: v.optional(count),
  }),
  v.strictObject({ command: v.literal("token-revoke"), token: text(64) }),
  v.strictObject({ command: v.literal("bans") }),
  v.strictObject({
    command: v.literal("ban"),
    cidr: text(64),
    reason: v.optional(sentence),
    forMs: v.optional(milliseconds),
  }),
  v.strictObject({ command: v.literal("unban"), cidr: text(64) }),
  v.strictObject({ command: v.literal("rooms") }),
  v.strictObject({ command: v.literal("close-room"), id: text(64) }),
  v.strictObject({ command: v.literal("connections") }),
  v.strictObject({ command: v.literal("cut"), id: v.optional(count), cidr: v.optional(text(64)) }),
  v.strictObject({
    command: v.literal("drain"),
    sentence: v.optional(sentence),
    off: v.optional(v.boolean()),
  }),
  v.strictObject({ command: v.literal("accounts") }),
  v.strictObject({ command: v.literal("account-disable"), name: text(32), disabled: v.boolean() }),
  v.strictObject({ command: v.literal("account-remove"), name: text(32) }),
  v.strictObject({ command: v.literal("account-reset"), name: text(32), keys: KEYS }),
  v.strictObject({
    command: v.literal("account-add"),
    name: text(32),
    keys: KEYS,
    operator: v.optional(v.boolean()),
  }),
]);

/** A request. */
export type AdminRequest = v.InferOutput<typeof REQUEST>;

/** Why a request was not done. Its message is a sentence for a person. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  /** A word for programs. */
  readonly code: string;

  /** An error with a word and a sentence. */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Reads a line. @throws {AdminError} When it is no request; it never says what was in it. */
export function readRequest(line: string): AdminRequest {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch {
    throw new AdminError("bad_request", "Cannot read the request: it is not JSON");
  }
  const result = v.safeParse(REQUEST, given);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const where = path === null ? "it has the wrong form" : `its field ${path} is wrong`;
  throw new AdminError("bad_request", `Cannot read the request: ${where}`);
}
