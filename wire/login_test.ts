import assert from "node:assert/strict";
import fc from "fast-check";
import { WireError } from "./errors.ts";
import {
  ACCOUNT_NAME,
  decodeChallenge,
  decodeLoginAnswer,
  decodeLoginStep,
  encodeChallenge,
  encodeLoginAnswer,
  encodeLoginStep,
  type LoginStep,
  MAX_SCRAM_MESSAGE,
} from "./login.ts";

const flag = fc.boolean();
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const message = fc.string({ unit: "grapheme", maxLength: 60 });

const loginStep: fc.Arbitrary<LoginStep> = fc.oneof(
  fc.record({ method: fc.constantFrom("password" as const, "account" as const), message }),
  fc.record({ method: fc.constant("token" as const), token: fc.uuid() }),
  fc.record({
    method: fc.constant("register" as const),
    name: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,31}$/),
    iterations: fc.nat(0xffffffff),
    salt: fc.uint8Array({ maxLength: 64 }),
    storedKey: key,
    serverKey: key,
  }),
);

/** The code of the one error that reading may end in, or "value". */
function outcome(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    read(bytes);
    return "value";
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    return error.code;
  }
}

Deno.test("a challenge is read as it was written, and none is no bytes", () => {
  fc.assert(
    fc.property(
      fc.record(
        { required: flag, password: flag, token: flag, account: flag, register: flag, accountOnly: flag },
        { noNullPrototype: true },
      ),
      (challenge) => {
        const bytes = encodeChallenge(challenge);
        assert.deepEqual(decodeChallenge(bytes), challenge);
        assert.deepEqual(
          decodeChallenge(new Uint8Array([...bytes, ...(bytes.length > 0 ? [9, 9] : [])])),
          challenge,
        );
        assert.equal(bytes.length === 0, Object.values(challenge).every((set) => !set));
      },
    ),
  );
});

Deno.test("decodeLoginStep() and decodeLoginAnswer() read what was written", () => {
  fc.assert(fc.property(loginStep, (step) => {
    assert.deepEqual({ ...decodeLoginStep(encodeLoginStep(step)) }, { ...step });
  }));
  fc.assert(fc.property(flag, message, (done, text) => {
    assert.deepEqual(decodeLoginAnswer(encodeLoginAnswer({ done, message: text })), { done, message: text });
  }));
});

Deno.test("decodeLoginStep() and decodeLoginAnswer() give a value or WireError for any bytes", () => {
  fc.assert(
    fc.property(fc.nat(6), fc.uint8Array({ maxLength: 200 }), (first, rest) => {
      for (const read of [decodeLoginStep, decodeLoginAnswer]) {
        outcome(read, new Uint8Array([first, ...rest]));
        outcome(read, rest);
      }
      decodeChallenge(rest);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a registration cut short or with bytes behind it is malformed", () => {
  fc.assert(fc.property(loginStep.filter(({ method }) => method === "register"), fc.nat(), (step, at) => {
    const bytes = encodeLoginStep(step);
    assert.equal(outcome(decodeLoginStep, bytes.subarray(0, at % bytes.length)), "malformed");
    assert.equal(outcome(decodeLoginStep, new Uint8Array([...bytes, 0])), "malformed");
  }));
});

Deno.test("a SCRAM message of a byte too many is malformed", () => {
  for (
    const [length, expected] of [[MAX_SCRAM_MESSAGE, "value"], [MAX_SCRAM_MESSAGE + 1, "malformed"]] as const
  ) {
    const text = "a".repeat(length);
    assert.equal(outcome(decodeLoginStep, encodeLoginStep({ method: "account", message: text })), expected);
    assert.equal(outcome(decodeLoginAnswer, encodeLoginAnswer({ done: false, message: text })), expected);
  }
});

Deno.test("encodeLoginStep() throws RangeError for keys of a wrong length", () => {
  const step = { method: "register" as const, name: "ada", iterations: 10_000, salt: new Uint8Array(16) };
  for (const [storedKey, serverKey] of [[31, 32], [32, 33]] as const) {
    const keys = { storedKey: new Uint8Array(storedKey), serverKey: new Uint8Array(serverKey) };
    assert.throws(() => encodeLoginStep({ ...step, ...keys }), RangeError);
  }
});

Deno.test("ACCOUNT_NAME knows the names of accounts", () => {
  for (const good of ["a", "0", "ada.l-2_x", "a".repeat(32)]) assert.ok(ACCOUNT_NAME.test(good), good);
  for (const bad of ["", "A", ".a", "-a", "a b", "\u00e4", "a\n", "a".repeat(33)]) {
    assert.ok(!ACCOUNT_NAME.test(bad), bad);
  }
});
