/** What people type and paste: codes, names, links. */
import { ok } from "node:assert/strict";
import fc from "fast-check";
import { randomBytes } from "../../crypto/bytes.ts";
import { formatInvite, formatSpoken, newSpokenCode, parseCode } from "../../crypto/codes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { checkNickname, nicknameSkeleton } from "../../crypto/nickname.ts";
import { quickest, RUNS } from "./hostile_bytes.ts";

const invite = formatInvite({
  relay: "wss://relay.example:4443/ws",
  roomId: randomBytes(16),
  secret: randomBytes(16),
  clientHash: randomBytes(32),
  certHash: randomBytes(32),
});
const samples = [invite, formatSpoken(newSpokenCode()), "https://relay.example/#", "lobby", "zo\u00eb"];

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)), // lone surrogates too
  fc.stringMatching(/^(https?|wss?):\/\/[^ ]{0,60}$/),
  fc.stringMatching(/^[0-9]{1,8}[- ]([a-z]{2,8}[- ]){0,6}[a-z]{0,8}$/),
);

const changedText = fc.record({
  sample: fc.constantFrom(...samples),
  at: fc.nat(400),
  cut: fc.nat(4),
  insert: fc.oneof(fc.constant(""), fc.string({ unit: "binary", maxLength: 5 })),
}).map(({ sample, at, cut, insert }) => {
  const place = at % (sample.length + 1);
  return sample.slice(0, place) + insert + sample.slice(place + cut);
});

/** Whether `read` gave a value; fails for any error but that of a code that cannot be used. */
function reads(read: (text: string) => unknown, text: string): boolean {
  const started = performance.now();
  try {
    read(text);
    return true;
  } catch (error) {
    ok(error instanceof CryptoError && error.code === "bad_code", `${JSON.stringify(text)}: ${error}`);
    return false;
  } finally {
    ok(
      performance.now() - started < 1_000 || quickest(() => read(text)) < 1_000,
      `${JSON.stringify(text)} took too long`,
    );
  }
}

for (const [name, read] of Object.entries({ parseCode, checkNickname })) {
  Deno.test(`${name}() gives a value or says what is wrong, whatever is typed`, () => {
    let refused = 0;
    const check = (text: string): void => {
      if (!reads(read, text)) refused++;
    };
    ok(reads(read, "lobby"));
    fc.assert(fc.property(anyText, check), { numRuns: RUNS });
    fc.assert(fc.property(changedText, check), { numRuns: RUNS });
    ok(refused > 0, "some were refused");
  });
}

Deno.test("parseCode() takes an invite with a mistake in its payload for no other room", () => {
  const right = parseCode(invite);
  const payload = invite.indexOf("#") + 1;
  fc.assert(
    fc.property(
      fc.integer({ min: payload, max: invite.length - 1 }),
      fc.constantFrom(..."ABCabc019-_"),
      (at, char) => {
        const typo = invite.slice(0, at) + char + invite.slice(at + 1);
        reads((text) => {
          const code = parseCode(text);
          ok(code.kind === "invite" && right.kind === "invite");
          ok(code.roomId.every((byte, i) => byte === right.roomId[i]), "another room");
          ok(code.secret.every((byte, i) => byte === right.secret[i]), "another secret");
        }, typo);
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("nicknameSkeleton() gives the same twice, whatever it reads", () => {
  fc.assert(fc.property(anyText, (text) => ok(nicknameSkeleton(text) === nicknameSkeleton(text))), {
    numRuns: RUNS,
  });
});
