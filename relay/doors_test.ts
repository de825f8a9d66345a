import assert from "node:assert/strict";
import { Doors, idKey } from "./doors.ts";

Deno.test("Doors leads to one room only, and closes only for that room", () => {
  const doors = new Doors<string>();
  const id = new Uint8Array(16).fill(200);
  assert.equal(doors.find(id), undefined);
  assert.equal(doors.add(id, "room"), true);
  assert.equal(doors.add(id, "other"), false);
  assert.equal(doors.drop(idKey(id), "other"), false);
  assert.equal(doors.find(id), "room");
  assert.equal(doors.drop(idKey(id), "room"), true);
  assert.equal(doors.size, 0);
});

Deno.test("idKey() differs for different ids", () => {
  assert.notEqual(idKey(new Uint8Array(16)), idKey(new Uint8Array(16).fill(1)));
  assert.equal(idKey(new Uint8Array(16).fill(255)).length, 16);
});
