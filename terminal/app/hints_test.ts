import assert from "node:assert/strict";
import { KeyMap } from "../input/key_map.ts";
import { Hints, keyLabel } from "./hints.ts";

Deno.test("hints come one at a time and go when one does what they say, and all of them after some messages", () => {
  const hints = new Hints(new KeyMap());
  assert.match(hints.current ?? "", /^Type to talk, Enter sends/);
  hints.sent();
  assert.match(hints.current ?? "", /shows the keys/);
  hints.did("help");
  assert.equal(hints.current, null);
  hints.sent();
  assert.match(hints.current ?? "", /^Tab completes/);
  for (let i = 0; i < 10; i++) hints.sent();
  assert.equal(hints.current, null);
});

Deno.test("hints name the keys that are bound, and nobody who does not want them gets any", () => {
  const hints = new Hints(KeyMap.from({ send: "ctrl+s" }));
  assert.match(hints.current ?? "", /Ctrl-S sends/);
  hints.stop();
  assert.equal(hints.current, null);
  assert.equal(new Hints(new KeyMap(), { on: false }).current, null);
});

Deno.test("keyLabel() writes keys as keyboards do", () => {
  assert.equal(keyLabel("ctrl+x ctrl+x"), "Ctrl-X Ctrl-X");
  assert.equal(keyLabel("pageup"), "PgUp");
  assert.equal(keyLabel("f12"), "F12");
  assert.equal(keyLabel("?"), "?");
  assert.equal(keyLabel("alt+enter"), "Alt-Enter");
});
