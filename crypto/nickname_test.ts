import assert from "node:assert/strict";
import fc from "fast-check";
import { CryptoError } from "./errors.ts";
import { checkNickname, nicknameSkeleton } from "./nickname.ts";

Deno.test("checkNickname() takes names of many scripts, digits and emoji", () => {
  const good = [
    "ada",
    "Ada.L",
    "x_1-y",
    "Zoë",
    "Жанна",
    "नमस्ते",
    "李雷",
    "🦊",
    "👩‍💻",
    "❤️",
    "fox🦊🏽",
    "a".repeat(32),
    "7",
    "ℹ",
  ];
  for (const nick of good) assert.equal(checkNickname(nick), nick.normalize("NFC"), nick);
});

Deno.test("checkNickname() gives NFC", () => {
  assert.equal(checkNickname("Zoe\u0308"), "Zoë");
});

Deno.test("checkNickname() refuses what could hide, spoof or break a line", () => {
  const bad = [
    "",
    " ",
    "a b",
    "a\tb",
    "a\u00a0b",
    "a\u3000b",
    "a\nb",
    "a\u0000",
    "a\u001b[31m",
    "\u202eabc",
    "a\u2066b",
    "a\u200bb",
    "a\u200db",
    "a\u200cb",
    "\u200d",
    "a\ufe0f",
    "a\ufeffb",
    "a\u00adb",
    "a\u3164",
    "\u115f",
    "\uffa0",
    "a\u{e0100}",
    "a\u034fb",
    "a\u180bb",
    "🦊\u200d",
    "\u200d🦊",
    "-ada",
    ".ada",
    "~ada",
    "#ada",
    "@ada",
    "a/b",
    "a:b",
    "a\u2800",
    "\u0301ada",
    "a\u0316\u0317\u0318\u0319",
    "a".repeat(33),
    "李".repeat(33),
    "\ud83d",
    "a\ud83d",
    "𠀀".repeat(25),
    "a".repeat(100_000),
  ];
  for (const nick of bad) {
    assert.throws(
      () => checkNickname(nick),
      (error) =>
        error instanceof CryptoError && error.code === "bad_code" &&
        error.message.startsWith("Cannot use this nickname: "),
      JSON.stringify(nick),
    );
  }
});

Deno.test("checkNickname() is total, quick and idempotent", () => {
  // Both a letter and a pictograph: an ambiguous pattern would take 2^31 steps here.
  assert.throws(() => checkNickname("ℹ".repeat(31) + "~"), CryptoError);
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
    let nick: string;
    try {
      nick = checkNickname(text);
    } catch (error) {
      assert.ok(error instanceof CryptoError);
      return;
    }
    assert.equal(checkNickname(nick), nick);
    assert.doesNotMatch(nick, /[\s\p{Cc}\p{Bidi_Control}]/u);
  }));
});

Deno.test("nicknameSkeleton() is equal for imitations", () => {
  const pairs: [string, string][] = [
    ["alice", "ALICE"],
    ["alice", "аlice"], // Cyrillic а
    ["alice", "a1ice"],
    ["alice", "aIice"],
    ["alice", "alıce"],
    ["İvan", "ivan"],
    ["bob", "b0b"],
    ["bob", "bоb"],
    ["bob", "bοb"], // Greek ο
    ["paypal", "раураl"],
    ["ada", "ａｄａ"],
    ["ada", "𝐚𝐝𝐚"],
    ["straſse", "strasse"],
    ["mona", "rnona"],
    ["wim", "vvim"],
    ["Zoë", "Zоё"],
    ["ΣΑΣ", "σας"],
    ["❤️", "❤"],
    ["ХЕР", "xep"],
    ["ВОВ", "bob"],
    ["ΝΙΝΑ", "nina"], // Greek capitals
    ["νera", "vera"],
  ];
  for (const [a, b] of pairs) assert.equal(nicknameSkeleton(a), nicknameSkeleton(b), `${a} ${b}`);
});

Deno.test("nicknameSkeleton() keeps different names apart", () => {
  const names = [
    "ada",
    "bob",
    "alice",
    "alicia",
    "zoe",
    "zoë",
    "ana",
    "añа",
    "李雷",
    "🦊",
    "x_y",
    "x.y",
    "x-y",
    "xy",
  ];
  assert.equal(new Set(names.map(nicknameSkeleton)).size, names.length);
});

Deno.test("nicknameSkeleton() is idempotent", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
    const once = nicknameSkeleton(text);
    assert.equal(nicknameSkeleton(once), once);
  }));
});
