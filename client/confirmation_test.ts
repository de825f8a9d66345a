import assert from "node:assert/strict";
import { Confirmation, MAX_NAMED } from "./confirmation.ts";
import type { RoomState } from "./room_state.ts";

const [ME, ADA] = ["1".repeat(32), "2".repeat(32)];

Deno.test("Confirmation remembers the first eight ADDs that a member names, and no more", () => {
  for (const [at, confirmed] of [[MAX_NAMED - 1, [ADA]], [MAX_NAMED, []]] as const) {
    const confirmation = new Confirmation(ME);
    confirmation.hearsay([ADA]);
    for (let i = 0; i < 2 * MAX_NAMED; i++) confirmation.named(ADA, `add ${i}`);
    const member = { status: "in", addHashes: [], addedBy: ME, order: 0 };
    const members = new Map([
      [ME, { ...member, id: ME, addHashes: [`add ${at}`] }],
      [ADA, { ...member, id: ADA }],
    ]);
    assert.deepEqual(confirmation.update({ members } as unknown as RoomState), confirmed);
  }
});
