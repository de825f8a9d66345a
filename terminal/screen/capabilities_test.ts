import assert from "node:assert/strict";
import { type Capabilities, readCapabilities } from "./capabilities.ts";

function given(variables: Record<string, string>): Capabilities {
  return readCapabilities((name) => variables[name]);
}

Deno.test("a terminal of which nothing may be read has 16 colours and Unicode", () => {
  assert.deepEqual(given({}), { colours: 16, unicode: true, sync: false, osc8: false, title: false });
});

Deno.test("colours are found for common terminals", () => {
  assert.equal(given({ TERM: "xterm" }).colours, 16);
  assert.equal(given({ TERM: "xterm-256color" }).colours, 256);
  assert.equal(given({ TERM: "xterm-256color", COLORTERM: "truecolor" }).colours, "true");
  assert.equal(given({ TERM: "xterm-kitty" }).colours, "true");
  assert.equal(given({ TERM: "xterm-256color", TERM_PROGRAM: "Apple_Terminal" }).colours, 256);
  assert.equal(given({ TERM: "xterm-256color", TERM_PROGRAM: "iTerm.app" }).colours, "true");
  assert.equal(given({ TERM: "tmux-256color", TMUX: "/tmp/x" }).colours, 256);
  assert.equal(given({ TERM: "screen.xterm-256color", STY: "1", COLORTERM: "truecolor" }).colours, 256);
  assert.equal(given({ TERM: "linux" }).colours, 16);
  assert.equal(given({ TERM: "vt100" }).colours, 0);
  assert.equal(given({ TERM: "dumb" }).colours, 0);
  assert.equal(given({ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }).colours, 0);
});

Deno.test("a locale without Unicode is believed, an unset one is not held against the terminal", () => {
  assert.equal(given({ LANG: "C" }).unicode, false);
  assert.equal(given({ LANG: "de_DE.ISO-8859-1" }).unicode, false);
  assert.equal(given({ LANG: "de_DE" }).unicode, true);
  assert.equal(given({ LANG: "C", LC_ALL: "C.UTF-8" }).unicode, true);
  assert.equal(given({ LANG: "en_GB.utf8", LC_ALL: "POSIX" }).unicode, false);
  assert.equal(given({ TERM: "dumb", LANG: "C.UTF-8" }).unicode, false);
});

Deno.test("links and synchronized output are used only where the terminal is known to take them", () => {
  for (
    const variables of [{ TERM: "xterm-kitty" }, { TERM: "foot" }, { TERM: "x", TERM_PROGRAM: "WezTerm" }]
  ) {
    assert.equal(given(variables).osc8, true);
    assert.equal(given(variables).sync, true);
  }
  assert.equal(given({ TERM: "xterm-256color" }).osc8, false);
  assert.equal(given({ TERM: "xterm-256color", VTE_VERSION: "6800" }).osc8, true);
  assert.equal(
    given({ TERM: "screen-256color", TMUX: "x", TERM_PROGRAM: "tmux", VTE_VERSION: "6800" }).osc8,
    false,
  );
  assert.equal(given({ TERM: "linux", VTE_VERSION: "6800" }).osc8, false);
});

Deno.test("the background is known where the terminal tells of it", () => {
  assert.equal(given({ COLORFGBG: "15;0" }).dark, true);
  assert.equal(given({ COLORFGBG: "0;15" }).dark, false);
  assert.equal(given({ COLORFGBG: "0;default;7" }).dark, false);
  assert.equal(given({ COLORFGBG: "nonsense" }).dark, undefined);
});
