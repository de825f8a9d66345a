import assert from "node:assert/strict";
import fc from "fast-check";
import { isEditAction } from "./edit_actions.ts";
import { KeyMap, KeyMapError } from "./key_map.ts";
import { readKeyName } from "./key_names.ts";
import type { KeyPlace } from "./key_actions.ts";
import { KeyParser } from "./key_parser.ts";

const WRITING: KeyPlace[] = ["composer", "everywhere"];

/** What bytes of a terminal mean. */
function meanings(map: KeyMap, typed: string, places: KeyPlace[] = WRITING): (string | null)[] {
  return new KeyParser().push(new TextEncoder().encode(typed)).map((press) => map.meaning(press, places));
}

Deno.test("KeyMap knows what a key does where one is, the innermost place first", () => {
  const map = new KeyMap();
  assert.deepEqual(meanings(map, "\r\x1b\r\t\x1b[A\x1bOP\x12"), [
    "send",
    "newline",
    "complete",
    "up",
    "help",
    "history_search",
  ]);
  assert.deepEqual(meanings(map, "\t\x1b[A\r", ["menu", ...WRITING]), [
    "menu_next",
    "menu_previous",
    "menu_accept",
  ]);
  assert.deepEqual(meanings(map, "?", ["empty", ...WRITING]), ["help"]);
  assert.deepEqual(meanings(map, "?"), [null]);
  assert.deepEqual(meanings(map, "\x04", ["empty", ...WRITING]), ["end_of_input"]);
  assert.deepEqual(meanings(map, "\x04"), ["delete"]);
  assert.deepEqual(meanings(map, "\x1b3\x1b[1;3C\x0e\x0c"), ["tab_3", "next_tab", "next_unread", "lock"]);
});

Deno.test("KeyMap waits for the second key of two, and forgets the first when another comes", () => {
  const map = new KeyMap();
  assert.deepEqual(meanings(map, "\x18\x18"), ["pending", "burn"]);
  assert.deepEqual(meanings(map, "\x18"), ["pending"]);
  assert.equal(map.pending, "ctrl+x");
  assert.deepEqual(meanings(map, "a\x18"), [null, "pending"]);
  map.reset();
  assert.deepEqual(meanings(map, "\x18\x15\x1b[24~"), ["pending", "undo", "burn"]);
});

Deno.test("KeyMap has one action for each default key of a place, every key readable, every action with help", () => {
  const seen = new Set<string>();
  for (const { place, keys, help, action } of new KeyMap().bindings) {
    assert.ok(help.length > 3 && help.length < 70, action);
    for (const key of keys) {
      assert.ok(!seen.has(`${place} ${key}`), `${place} ${key}`);
      seen.add(`${place} ${key}`);
      assert.equal(readKeyName(key), key);
    }
  }
  // A key of the composer must not hide one that works everywhere.
  for (const one of seen) {
    if (one.startsWith("composer ")) assert.ok(!seen.has(one.replace("composer", "everywhere")), one);
  }
  assert.equal(isEditAction("yank"), true);
  assert.equal(isEditAction("send"), false);
});

Deno.test("KeyMap.from() takes keys of a config as people write them", () => {
  const map = KeyMap.from({ find: "Ctrl-G", burn: ["F11", "C-x C-c"], "menu.menu_next": "Alt+N", copy: [] });
  assert.deepEqual(map.keysOf("find"), ["ctrl+g"]);
  assert.deepEqual(map.keysOf("burn"), ["f11", "ctrl+x ctrl+c"]);
  assert.deepEqual(map.keysOf("copy"), []);
  assert.deepEqual(meanings(map, "\x07\x1b[24~"), ["find", null]);
  assert.deepEqual(meanings(map, "\x1bn", ["menu", ...WRITING]), ["menu_next"]);
  assert.deepEqual(
    meanings(KeyMap.from({ newline: "ctrl+e" }), "\x05"),
    ["newline"],
    "a chosen key leaves its old action",
  );
});

Deno.test("KeyMap.from() names the entry that is wrong and says why", () => {
  const wrong = (config: Record<string, string | string[]>): string => {
    try {
      KeyMap.from(config);
    } catch (error) {
      assert.ok(error instanceof KeyMapError);
      return error.message;
    }
    return "";
  };
  assert.equal(
    wrong({ brun: "f12" }),
    "Cannot bind brun: there is no action of this name; did you mean burn?",
  );
  assert.equal(wrong({ "menu.send": "f12" }), "Cannot bind menu.send: send has no keys in menu");
  assert.equal(wrong({ find: "ctrl+nothing" }), 'Cannot bind find: there is no key "ctrl+nothing"');
  assert.equal(wrong({ find: "f3", copy: "f3" }), "Cannot bind copy: f3 is chosen for find already");
  assert.equal(
    wrong({ find: "x" }),
    "Cannot bind find: x is a character that one types; hold Ctrl or Alt with it",
  );
  assert.equal(wrong({ constructor: "f3" }), "Cannot bind constructor: there is no action of this name");
});

Deno.test("KeyMap.help() lists the keys of a place by heading, without actions that have none", () => {
  const help = KeyMap.from({ copy: [] }).help(WRITING);
  assert.deepEqual(help.map(({ group }) => group), ["General", "Rooms", "Reading", "Writing", "Editing"]);
  assert.ok(!help.some(({ bindings }) => bindings.some(({ action }) => action === "copy")));
});

Deno.test("readKeyName() reads the names people use, and nothing else", () => {
  const read = (text: string): string | null => readKeyName(text);
  assert.deepEqual(
    ["Ctrl-A", "C-x", "M-b", "PgUp", "Esc", "Shift+Tab", "shift+alt+ctrl+Up", "alt+-", "ctrl++", "?"].map(
      read,
    ),
    [
      "ctrl+a",
      "ctrl+x",
      "alt+b",
      "pageup",
      "escape",
      "shift+tab",
      "ctrl+alt+shift+up",
      "alt+-",
      "ctrl++",
      "?",
    ],
  );
  assert.deepEqual(
    ["", "hyper+a", "ctrl+", "ctrl+ctrl+a", "f13", "ab", "a b c d e", "\x1b"].map(read),
    Array(8).fill(null),
  );
  fc.assert(fc.property(fc.string(), (text) => {
    const name = readKeyName(text);
    if (name !== null) assert.equal(readKeyName(name), name);
  }));
});
