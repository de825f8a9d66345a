import assert from "node:assert/strict";
import { friendlyName } from "./friendly_name.ts";

Deno.test("friendlyName() joins two words with a hyphen", () => {
  assert.equal(friendlyName(() => 0), "amber-badger");
  assert.equal(friendlyName(() => 0.999999), "witty-yak");
  assert.match(friendlyName(), /^[a-z]+-[a-z]+$/);
});
