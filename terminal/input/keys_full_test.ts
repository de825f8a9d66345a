import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyParser } from "./key_parser.ts";
import { type KeyClock, KeyInput, keyName, type KeyPress } from "./keys_full.ts";
import { MAX_PASTE } from "./paste_collector.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function pressed(...chunks: string[]): KeyPress[] {
  const parser = new KeyParser();
  return chunks.flatMap((chunk) => parser.push(bytes(chunk)));
}

/** Names of all keys in one line. */
function names(...chunks: string[]): string {
  return pressed(...chunks).map((press) => keyName(press) ?? JSON.stringify(press)).join(" ");
}

/** A clock that a test turns. */
class HandClock implements KeyClock {
  timers = new Map<number, { run: () => void; ms: number }>();
  #next = 0;
  setTimer(run: () => void, ms: number): number {
    this.timers.set(++this.#next, { run, ms });
    return this.#next;
  }
  clearTimer(timer: unknown): void {
    this.timers.delete(timer as number);
  }
  /** Lets the one timer run; tells how long it was. */
  ring(): number {
    const [entry, ...more] = this.timers.entries();
    assert.ok(entry !== undefined && more.length === 0);
    this.timers.delete(entry[0]);
    entry[1].run();
    return entry[1].ms;
  }
}

function input(): { clock: HandClock; keys: KeyInput; told: KeyPress[]; push: (text: string) => void } {
  const clock = new HandClock();
  const told: KeyPress[] = [];
  const keys = new KeyInput({ clock, onPress: (press) => told.push(press) });
  return { clock, keys, told, push: (text) => keys.push(bytes(text)) };
}

Deno.test("KeyInput tells text from control keys", () => {
  assert.equal(names("hé👍 x\r\x01"), "hé👍 x enter ctrl+a");
  assert.equal(
    names("\x00\t\n\x08\x7f\x1f\x1c\x1a"),
    "ctrl+space tab ctrl+j ctrl+h backspace ctrl+_ ctrl+\\ ctrl+z",
  );
});

Deno.test("KeyInput knows Alt with letters, capitals, controls and keys", () => {
  assert.equal(
    names("\x1bb\x1bB\x1b\r\x1b\x7f\x1b\x01\x1b1\x1bé"),
    "alt+b alt+shift+b alt+enter alt+backspace ctrl+alt+a alt+1 alt+é",
  );
  assert.equal(names("\x1b[1;3C\x1b\x1b[D"), "alt+right alt+left");
});

Deno.test("KeyInput knows cursor and editing keys in all modes, with modifiers", () => {
  assert.equal(
    names("\x1b[A\x1bOB\x1b[H\x1bOF\x1b[1~\x1b[4~\x1b[5~\x1b[6~\x1b[3~\x1b[2~"),
    "up down home end home end pageup pagedown delete insert",
  );
  assert.equal(
    names("\x1b[1;5C\x1b[1;2A\x1b[1;8D\x1b[3;5~\x1b[5;3~\x1b[Z\x1b[1;5H"),
    "ctrl+right shift+up ctrl+alt+shift+left ctrl+delete alt+pageup shift+tab ctrl+home",
  );
  assert.equal(
    names("\x1bOa\x1b[b\x1b[3^\x1b[3$\x1b[7@"),
    "ctrl+up shift+down ctrl+delete shift+delete ctrl+shift+home",
  );
  assert.equal(names("\x1bOM\x1bOw\x1bOk"), "enter 7 +");
});

Deno.test("KeyInput knows F1 to F12 of xterm, rxvt and the Linux console", () => {
  const all = Array.from({ length: 12 }, (_, n) => `f${n + 1}`).join(" ");
  const tilde = [15, 17, 18, 19, 20, 21, 23, 24].map((n) => `\x1b[${n}~`).join("");
  assert.equal(names(`\x1bOP\x1bOQ\x1bOR\x1bOS${tilde}`), all);
  assert.equal(names(`\x1b[11~\x1b[12~\x1b[13~\x1b[14~${tilde}`), all);
  assert.equal(names("\x1b[[A\x1b[[E\x1b[1;5P\x1b[24;2~"), "f1 f5 ctrl+f1 shift+f12");
});

Deno.test("KeyInput knows modifyOtherKeys and kitty's CSI u", () => {
  assert.equal(
    names("\x1b[27;5;13~\x1b[27;2;13~\x1b[27;6;65~\x1b[27;2;65~\x1b[27;5;105~"),
    "ctrl+enter shift+enter ctrl+shift+a A ctrl+i",
  );
  assert.equal(
    names("\x1b[13;3u\x1b[97;5u\x1b[27u\x1b[97;6u\x1b[47;5u\x1b[32;5u"),
    "alt+enter ctrl+a escape ctrl+shift+a ctrl+/ ctrl+space",
  );
  assert.equal(
    names("\x1b[97;2u\x1b[49:33;2u\x1b[97u\x1b[57414u\x1b[57417;5u\x1b[57400u"),
    "A ! a enter ctrl+left 1",
  );
  assert.equal(
    names("\x1b[97;1:3u\x1b[97;1:2u\x1b[1;1:3A\x1b[57358u\x1b[97;9u\x1b[99999999u\x1b[55296u"),
    "a",
    "let go, Caps Lock, Super, no character",
  );
});

Deno.test("KeyInput tells wheel, press and focus", () => {
  assert.deepEqual(pressed("\x1b[<64;10;5M\x1b[<65;1;1M\x1b[<0;3;4M\x1b[<0;3;4m\x1b[<68;2;2M\x1b[I\x1b[O"), [
    { mouse: { kind: "wheelup", row: 4, column: 9 } },
    { mouse: { kind: "wheeldown", row: 0, column: 0 } },
    { mouse: { kind: "press", row: 3, column: 2 } },
    { mouse: { kind: "wheelup", row: 1, column: 1 } },
    { focus: true },
    { focus: false },
  ]);
  assert.deepEqual(pressed("\x1b[<32;1;1M\x1b[<64;0;1M\x1b[<64;99999;1M\x1b[<;;M\x1b[M !!"), []);
});

Deno.test("KeyInput gives a paste whole, and nothing in it is a key", () => {
  const inside = "/quit\r\x03\x1b[A\x1b[200~ \x1b[201 \x1b[201;5~ \x1b]0;x\x07\x1b";
  assert.deepEqual(pressed(`a\x1b[200~${inside}\x1b[201~b`), [{ text: "a" }, { paste: inside }, {
    text: "b",
  }]);
  assert.deepEqual(pressed(...`\x1b[200~${inside}\x1b[201~b`), [{ paste: inside }, { text: "b" }]);
  assert.deepEqual(pressed("\x1b[200~\x1b[201~\x1b[201~x"), [{ text: "x" }]);
});

Deno.test("KeyInput keeps no more of a paste than its limit, and says so", () => {
  const [paste, key] = pressed("\x1b[200~" + "👍".repeat(MAX_PASTE), "more\x1b[201~", "x");
  assert.ok(paste !== undefined && "paste" in paste);
  assert.equal(paste.paste.length, MAX_PASTE);
  assert.equal(paste.cut, true);
  assert.deepEqual(key, { text: "x" });
});

Deno.test("KeyInput swallows answers of the terminal and sequences it does not know", () => {
  assert.deepEqual(
    pressed(
      "a\x1b]11;rgb:0000/0000/0000\x07b\x1bP>|xterm(1)\x1b\\c\x1b[?2026;2$yd\x1b[?62;c\x1b[9999~e\u009bf\x1b[12;40Rg",
    ),
    [..."abcdefg"].map((text) => ({ text })),
  );
  assert.deepEqual(pressed(`\x1b[${"1;".repeat(5_000)}Ax`), [{ text: "x" }]);
  assert.equal(names("\x1b[12\x1b[Ax\x1b]0;\x1b[B"), "up x down", "what is broken off");
});

Deno.test("KeyInput tells a lone Escape after its time, and not when a sequence goes on", () => {
  const { clock, told, push, keys } = input();
  push("\x1b");
  assert.deepEqual(told, []);
  assert.equal(clock.ring(), 40);
  assert.equal(told.map(keyName).join(), "escape");
  push("\x1b");
  push("[A");
  assert.equal(clock.timers.size, 0);
  assert.equal(told.map(keyName).join(), "escape,up");
  push("\x1b\x1b");
  clock.ring();
  push("\x1b[");
  assert.equal(clock.ring(), 500);
  push("\x1b[12;");
  clock.ring();
  push("x");
  assert.equal(told.map(keyName).join(), "escape,up,escape,escape,alt+[,x");
  push("\x1b");
  keys.dispose();
  assert.equal(clock.timers.size, 0);
});

Deno.test("KeyInput gives what came of a paste whose end was lost, and Ctrl-C alone ends it", () => {
  const { clock, told, push } = input();
  push("\x1b[200~lost");
  assert.equal(clock.ring(), 2_000);
  assert.deepEqual(told, [{ paste: "lost" }]);
  push("/quit\r");
  assert.deepEqual(told.length, 1, "it is still a paste");
  clock.ring();
  push("\x03");
  push("x");
  assert.deepEqual(told.slice(1), [{ paste: "/quit\r" }, { text: "x" }]);
});

/** Pieces of what terminals send, so that chance finds more than text. */
const sent = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 8 }).map(bytes),
  fc.constantFrom(
    "\x1b",
    "\x1b[",
    "\x1bO",
    "\x1b]",
    "\x1b[200~",
    "\x1b[201~",
    "\x1b[20",
    "1~",
    "\x1b[<0;1;1M",
    ";5u",
    "\x1b[[",
    "3$",
    "\x1b[M",
    "A",
    "\x07",
    "\x1b\\",
    "\x1b[27;5;13~",
    "é",
    "\ufeff",
  ).map(bytes),
);

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

/** Text that was typed in one go may be told in several. */
function merged(presses: readonly KeyPress[]): KeyPress[] {
  const out: KeyPress[] = [];
  for (const press of presses) {
    const last = out.at(-1);
    if ("text" in press && last !== undefined && "text" in last) {
      out[out.length - 1] = { text: last.text + press.text };
    } else out.push(press);
  }
  return out;
}

Deno.test("KeyInput reads the same keys wherever the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(sent, { maxLength: 12 }),
      fc.array(fc.nat(40), { maxLength: 30 }),
      (chunks, cuts) => {
        const whole = joined(chunks);
        const once = new KeyParser().push(whole);
        const parser = new KeyParser();
        const pieces: KeyPress[] = [];
        let at = 0;
        for (const cut of cuts) pieces.push(...parser.push(whole.subarray(at, at += cut)));
        pieces.push(...parser.push(whole.subarray(at)));
        assert.deepEqual(merged(pieces), merged(once));
        const single = new KeyParser();
        assert.deepEqual(
          merged([...whole].flatMap((byte) => single.push(Uint8Array.of(byte)))),
          merged(once),
        );
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("KeyInput gives no control character as text, whatever it reads and whenever its time runs out", () => {
  fc.assert(
    fc.property(fc.array(fc.option(sent), { maxLength: 20 }), (chunks) => {
      const parser = new KeyParser();
      const told = chunks.flatMap((chunk) => chunk === null ? parser.expire() : parser.push(chunk));
      for (const press of told) {
        if ("text" in press) assert.ok(press.text !== "" && !/\p{Cc}|\p{Cs}/u.test(press.text));
        if ("key" in press) assert.match(press.key, /^(?:[^\p{Cc}A-Z]|[a-z]{2,9}|f\d\d?)$/u);
        if ("mouse" in press) assert.ok(press.mouse.row >= 0 && press.mouse.column >= 0);
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("a sequence longer than any with a meaning is swallowed to its end, however it is cut", () => {
  const up = (zeros: number): string => `\x1b[1;5:${"0".repeat(zeros)}1A`;
  assert.equal(names(up(50)), "ctrl+up");
  for (const zeros of [70, 10_000]) {
    assert.deepEqual(pressed(`${up(zeros)}x`), [{ text: "x" }]);
    assert.deepEqual(pressed(...up(zeros).match(/[^]{1,7}/g) ?? [], "x"), [{ text: "x" }]);
  }
});
