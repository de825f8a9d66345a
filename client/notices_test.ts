import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { MAX_TOLD, Notices } from "./notices.ts";
import type { Room } from "./room.ts";

Deno.test("Notices tells each thing once a minute, and remembers that of the last thousand", () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const room = { parts: { clock }, emit: ({ message }: { message: string }) => void told.push(message) };
  const notices = new Notices(room as unknown as Room);
  const tell = (about: string): number => {
    notices.tell({ type: "notice", code: "relay", message: about }, about);
    return told.splice(0).length;
  };
  assert.deepEqual([tell("first"), tell("first")], [1, 0]);
  for (let i = 1; i < MAX_TOLD; i++) assert.equal(tell(`${i}`), 1);
  assert.deepEqual([tell("first"), tell("1"), tell(`${MAX_TOLD - 1}`)], [0, 0, 0]);
  assert.equal(tell("one more"), 1);
  assert.deepEqual([tell("first"), tell("2"), tell("3")], [1, 0, 0], "the oldest alone was forgotten");
  clock.advance(60_000);
  assert.equal(tell("3"), 1);
});
