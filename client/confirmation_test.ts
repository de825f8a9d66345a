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

Deno.test("Confirmation believes in somebody of the welcome whom a confirmed member lets in once more, and in nobody else's word", () => {
  const [BOB, MALLORY] = ["3".repeat(32), "4".repeat(32)];
  const confirmation = new Confirmation(ME);
  confirmation.hearsay([ADA, BOB, MALLORY]);
  const member = { status: "in", addHashes: [], addedBy: BOB };
  const ids = [ME, ADA, BOB, MALLORY];
  const members = new Map(ids.map((id, order) => [id, { ...member, id, order, addHashes: [`of ${id}`] }]));
  const update = (): string[] => confirmation.update({ members } as unknown as RoomState);
  confirmation.named(BOB, `of ${ME}`);
  assert.deepEqual(update(), [BOB]);
  confirmation.added(ADA, MALLORY);
  assert.deepEqual(update(), [], "Mallory is in the welcome alone itself");
  confirmation.added(ADA, BOB);
  assert.deepEqual(update(), [ADA]);
});
