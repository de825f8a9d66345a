import assert from "node:assert/strict";
import { ClientError } from "../../client/errors.ts";
import { readScreenCommand } from "./screen_commands.ts";

Deno.test("commands of the full screen are read, and other lines are left alone", () => {
  assert.deepEqual(readScreenCommand("/burn"), { name: "burn" });
  assert.deepEqual(readScreenCommand(" /MUTE off "), { name: "mute", on: false });
  assert.deepEqual(readScreenCommand("/dnd"), { name: "dnd", on: undefined });
  assert.deepEqual(readScreenCommand("/lockscreen new"), { name: "lockscreen", change: true });
  assert.deepEqual(readScreenCommand("/theme light"), { name: "theme", theme: "light" });
  for (const line of ["burn", "//burn", "/who", "hello /burn", "", "/burning"]) {
    assert.equal(readScreenCommand(line), null, line);
  }
});

Deno.test("a command of the full screen with wrong words is refused, so that nothing burns by a slip", () => {
  for (const line of ["/burn after reading", "/mute maybe", "/theme pink", "/lockscreen old"]) {
    assert.throws(
      () => readScreenCommand(line),
      (error) => error instanceof ClientError && error.code === "usage",
    );
  }
});
