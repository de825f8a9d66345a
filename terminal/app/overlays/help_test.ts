import assert from "node:assert/strict";
import { COMMAND_EXAMPLES } from "../../command_examples.ts";
import { KeyMap } from "../../input/key_map.ts";
import { readLine } from "../../slash_commands.ts";
import { readScreenCommand } from "../screen_commands.ts";
import type { TextPage } from "../text_overlay.ts";
import { ALL_COMMANDS, commandPage, keysPage } from "./help.ts";

const text = ({ lines }: TextPage): string =>
  lines.map((spans) => spans.map((span) => span.text).join("")).join("\n");

Deno.test("every command has a line of help and an example that can be typed as it stands", () => {
  for (const { name, usage, does } of ALL_COMMANDS) {
    assert.ok(usage.startsWith(`/${name}`) && does.length > 5, name);
    const [typed, means] = COMMAND_EXAMPLES[name] ?? ["", ""];
    assert.ok(typed.startsWith(`/${name}`) && means.length > 5, `no example of /${name}`);
    readScreenCommand(typed) ?? readLine(typed, () => "id-1"); // neither of them refuses it
    assert.match(text(commandPage(name, new KeyMap())), /Example: \//);
  }
  const names = new Set(ALL_COMMANDS.map(({ name }) => name));
  for (const name of Object.keys(COMMAND_EXAMPLES)) assert.ok(names.has(name), `there is no /${name}`);
});

Deno.test("the help for where one is shows the keys of that place first, as they are bound now", () => {
  const page = text(keysPage(KeyMap.from({ find: "ctrl+g" }), ["composer", "everywhere"]));
  assert.match(page, /^Keys while you write\nEnter/);
  assert.match(page, /Ctrl-G +find in what was said/);
  assert.match(page, /F12, Ctrl-X Ctrl-X/);
  assert.doesNotMatch(page, /Keys in a window/);
});

Deno.test("help about a command that does not exist guesses which one was meant", () => {
  assert.match(text(commandPage("/verfy", new KeyMap())), /Did you mean \/help verify\?/);
  assert.ok(!text(commandPage("x\x1b[31m", new KeyMap())).includes("\x1b"));
});

Deno.test("help without a word shows all commands, then all keys", () => {
  const page = text(commandPage("", new KeyMap()));
  assert.ok(page.indexOf("/verify") < page.indexOf("Keys while you write"));
  for (const { name } of ALL_COMMANDS) assert.ok(page.includes(`/${name}`), name);
});
