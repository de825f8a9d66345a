import assert from "node:assert/strict";
import { whyUnreadable } from "./unreadable.ts";

Deno.test("a file that cannot be read is refused with the reason, and what to do about it", () => {
  const { NotFound, NotCapable, PermissionDenied, IsADirectory } = Deno.errors;
  assert.equal(whyUnreadable(new NotFound(), "/a"), "does not exist");
  assert.match(whyUnreadable(new NotCapable(), "/a"), /put --allow-read=\/a behind "deno run"$/);
  assert.match(whyUnreadable(new PermissionDenied(), "/a"), /may not be read by you$/);
  assert.equal(whyUnreadable(new IsADirectory(), "/a"), "is a folder");
  assert.equal(whyUnreadable(new Error(), "/a"), "cannot be read");
});
