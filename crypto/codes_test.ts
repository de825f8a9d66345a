import assert from "node:assert/strict";
import fc from "fast-check";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { canonicalName, formatSpoken, newSpokenCode, parseCode } from "./codes.ts";
import { CryptoError } from "./errors.ts";

function message(text: string): string {
  try {
    parseCode(text);
  } catch (error) {
    assert.ok(error instanceof CryptoError);
    assert.equal(error.code, "bad_code");
    return error.message;
  }
  return assert.fail(`${text} was taken`);
}

const spoken = fc.record({
  number: fc.integer({ min: 10_000, max: 99_999 }),
  words: fc.array(fc.constantFrom(...wordlist), { minLength: 4, maxLength: 4 }),
});

Deno.test("parseCode() reads every spoken code that formatSpoken() writes", () => {
  fc.assert(fc.property(spoken, (code) => {
    assert.deepEqual(parseCode(formatSpoken(code)), { kind: "spoken", ...code });
  }));
});

Deno.test("parseCode() forgives case, spaces, full width and dashes in a spoken code", () => {
  const expected = { kind: "spoken", number: 41793, words: ["copper", "lemon", "orbit", "walnut"] };
  const ways = [
    " 41793-copper-lemon-orbit-walnut\n",
    "41793 Copper Lemon ORBIT walnut",
    "41793 - copper - lemon - orbit - walnut",
    "41793–copper—lemon‑orbit-walnut",
    "４１７９３－copper－lemon－orbit－walnut",
  ];
  for (const way of ways) assert.deepEqual(parseCode(way), expected, way);
});

Deno.test("parseCode() suggests the nearest word and echoes no other", () => {
  const cases: [string, string, string][] = [
    ["41793-copper-lemmon-orbit-walnut", "lemmon", "lemon"],
    ["41793-coper-lemon-orbit-walnut", "coper", "copper"],
    ["41793-copper-lemon-obrit-walnut", "obrit", "orbit"],
    ["41793-copper-lemon-orbit-walnuts", "walnuts", "walnut"],
    ["41793 lemonades copper orbit walnut", "lemonades", "lemon"],
    ["41793-copper-lemon-orbit-twelf", "twelf", "twelve"], // not "tell", which is as near
  ];
  for (const [text, wrong, right] of cases) {
    const expected = `Cannot use this code: "${wrong}" is not one of its words; did you mean "${right}"?`;
    assert.equal(message(text), expected);
  }
  const noIdea = message("41793-copper-xxxxxxxxxxxx-orbit-walnut");
  assert.match(noIdea, /"xxxxxxxxxxxx" is not one of its words; check its spelling/);
  assert.ok(message("41793-copper-" + "z".repeat(100) + "-orbit-walnut").length < 120);
});

Deno.test("parseCode() refuses a spoken code with a wrong count or number", () => {
  assert.match(message("41793-copper-lemon-orbit"), /needs 4 words after the number, and has 3$/);
  assert.match(message("41793-copper-lemon-orbit-walnut-zoo"), /and has 5$/);
  assert.match(message("41793-copper"), /and has 1$/);
  assert.match(message("4179-copper-lemon-orbit-walnut"), /five digits/);
  assert.match(message("417933-copper-lemon-orbit-walnut"), /five digits/);
  assert.match(message("04179-copper-lemon-orbit-walnut"), /five digits/);
});

Deno.test("parseCode() takes everything else as a name", () => {
  const names: [string, string][] = [
    ["lobby", "lobby"],
    ["  My   Room\t1 ", "my room 1"],
    ["SECRET123", "secret123"],
    ["2024", "2024"],
    ["2024 party", "2024 party"],
    ["12345 hi-everyone", "12345 hi-everyone"],
    ["room #5", "room #5"],
    ["Ｌｏｂｂｙ", "lobby"],
    ["👩‍💻", "👩‍💻"],
  ];
  for (const [text, name] of names) assert.deepEqual(parseCode(text), { kind: "named", name });
});

Deno.test("parseCode() refuses empty, long and invisible names", () => {
  for (const text of ["", "  \n", "\ufeff"]) assert.match(message(text), /it is empty/);
  assert.match(message("a".repeat(129)), /longer than 128 bytes/);
  assert.match(message("李".repeat(43)), /longer than 128 bytes/);
  assert.match(message("a".repeat(100_000)), /longer than 128 bytes/);
  for (const text of ["lob\u200bby", "lob\u202eby", "lob\u001b[1mby", "lob\ud83dby"]) {
    assert.match(message(text), /cannot be seen/);
  }
  assert.equal(canonicalName("a".repeat(128)).length, 128);
});

Deno.test("parseCode() is total, and canonicalName() idempotent", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("https://", "h/#", "41793-", "-zoo", " "),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
    try {
      const code = parseCode(pieces.join(""));
      if (code.kind === "named") assert.equal(canonicalName(code.name), code.name);
    } catch (error) {
      assert.ok(error instanceof CryptoError && error.code === "bad_code", String(error));
    }
  }));
});

Deno.test("newSpokenCode() spans the whole range and rejects to stay uniform", () => {
  const from = (...values: number[]) => () => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, values.shift() ?? 0);
    return new Uint8Array(view.buffer);
  };
  assert.deepEqual(newSpokenCode(from(0, 2047, 2048, 1, 89_999)), {
    words: ["abandon", "zoo", "abandon", "ability"],
    number: 99_999,
  });
  // 2^32-1 lies in the last, incomplete stretch of 90,000.
  assert.equal(newSpokenCode(from(0, 0, 0, 0, 2 ** 32 - 1, 5)).number, 10_005);
  fc.assert(fc.property(fc.constant(0), () => {
    const code = newSpokenCode();
    assert.deepEqual(parseCode(formatSpoken(code)), { kind: "spoken", ...code });
  }));
});
