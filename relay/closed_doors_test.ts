import assert from "node:assert/strict";
import { CLOSED_DOOR_MS, ClosedDoors, MAX_CLOSED } from "./closed_doors.ts";

Deno.test("ClosedDoors holds 4,096 doors, those that were shut first go, and forgets each in its time", () => {
  const closed = new ClosedDoors();
  for (let i = 0; i < MAX_CLOSED; i++) closed.shut(`door ${i}`, i);
  assert.equal(closed.size, MAX_CLOSED);
  assert.equal(closed.wait("door 0", 0), CLOSED_DOOR_MS);
  closed.shut("door 1", 5_000); // once more: from now on it is the one shut last
  assert.equal(closed.size, MAX_CLOSED);
  assert.equal(closed.wait("door 0", 5_000), CLOSED_DOOR_MS - 5_000, "that took nobody's place");
  closed.shut("one more", 5_000);
  assert.equal(closed.size, MAX_CLOSED);
  assert.equal(closed.wait("door 0", 5_000), 0, "the oldest went");
  assert.equal(closed.wait("door 1", 5_000), CLOSED_DOOR_MS);
  closed.sweep(CLOSED_DOOR_MS + 4_999);
  assert.equal(closed.size, 2);
  closed.sweep(CLOSED_DOOR_MS + 5_000);
  assert.equal(closed.size, 0);
});
