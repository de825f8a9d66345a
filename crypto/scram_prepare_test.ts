import assert from "node:assert/strict";
import fc from "fast-check";
import { fromUtf8, utf8 } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { checkNewPassword, MAX_SCRAM_PASSWORD, preparePassword } from "./scram_prepare.ts";

const prepare = (text: string): string => fromUtf8(preparePassword(text));

Deno.test("preparePassword() gives what RFC 4013 §3 lists", () => {
  assert.equal(prepare("I\u00adX"), "IX");
  assert.equal(prepare("user"), "user");
  assert.equal(prepare("USER"), "USER");
  assert.equal(prepare("\u00aa"), "a");
  assert.equal(prepare("\u2168"), "IX");
  for (const bad of ["\u0007", "\u06271"]) assert.throws(() => preparePassword(bad), CryptoError);
});

Deno.test("preparePassword() makes one password of what looks the same", () => {
  assert.equal(prepare("a\u00a0b\u3000c"), "a b c");
  assert.equal(prepare("zoe\u0308"), prepare("zo\u00eb"));
  assert.equal(prepare("\uff21\u200d\ufe0f"), "A");
  assert.equal(prepare("\u05d0\u05d1 1 \u05d0"), "\u05d0\u05d1 1 \u05d0");
  assert.equal(prepare("\u{1f511} key"), "\u{1f511} key");
});

Deno.test("preparePassword() refuses an empty, overlong or unprintable password without repeating it", () => {
  for (
    const bad of [
      "",
      "\u00ad",
      "a\nb",
      "a\0",
      "\ue000",
      "\ud800",
      "\ufdd0",
      "a\u202eb",
      "\ufffd",
      "\u{e0041}",
      "\u05d0a\u05d0",
      "\u05d01",
      "x".repeat(MAX_SCRAM_PASSWORD + 1),
    ]
  ) {
    assert.throws(() => preparePassword(bad), (error) => {
      assert.ok(error instanceof CryptoError && error.code === "bad_code");
      return bad === "" || !error.message.includes(bad);
    });
  }
});

Deno.test("preparePassword() changes nothing a second time", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
    let once: string;
    try {
      once = prepare(text);
    } catch (error) {
      assert.ok(error instanceof CryptoError);
      return;
    }
    assert.equal(prepare(once), once);
  }));
});

Deno.test("preparePassword() makes the same of a password's bytes as of its text, and leaves them", () => {
  for (
    const text of [
      "pencil",
      " ~!",
      "p\u00e4ss\u00a0w\u00f6rd",
      "\u2163",
      "a\u00adb",
      "x".repeat(MAX_SCRAM_PASSWORD),
    ]
  ) {
    const bytes = utf8(text);
    assert.deepEqual(preparePassword(bytes), preparePassword(text));
    assert.deepEqual(bytes, utf8(text));
  }
  for (
    const bad of [[], [7], [0x7f], [0xff, 0xfe], [0x61, 0xc3], new Array(MAX_SCRAM_PASSWORD + 1).fill(0x61)]
  ) {
    assert.throws(() => preparePassword(Uint8Array.from(bad)), CryptoError);
  }
});

Deno.test("checkNewPassword() asks for 8 characters, as they count", () => {
  for (
    const good of ["hunter22", "\u{1f511}".repeat(8), utf8("zo\u00eb zo\u00eb "), utf8("battery staple")]
  ) {
    checkNewPassword(good);
  }
  const message =
    "Cannot use this password: it has fewer than 8 characters; take a longer one, such as four words";
  for (const bad of ["hunter2", "\u{1f511}".repeat(7), "hunter2\u00ad\u200d", utf8("zo\u00eb zo\u00eb")]) {
    assert.throws(() => checkNewPassword(bad), { code: "bad_code", message });
  }
  assert.throws(() => checkNewPassword(""), { message: "Cannot use this password: it is empty" });
});
