import assert from "node:assert/strict";
import { isOpenToOthers } from "./file_mode.ts";

Deno.test("a file is for its owner alone by its mode, which on Windows is the same for every file", () => {
  for (const mode of [0o600, 0o100600, 0o400, null]) assert.ok(!isOpenToOthers(mode, "linux"));
  for (const mode of [0o640, 0o604, 0o100666, 0o620]) assert.ok(isOpenToOthers(mode, "darwin"));
  assert.ok(!isOpenToOthers(0o100666, "windows"));
});
