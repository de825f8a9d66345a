import assert from "node:assert/strict";
import { KillRing } from "./kill_ring.ts";

Deno.test("KillRing keeps the last 16 cuts, and what is joined is one of them", () => {
  const ring = new KillRing();
  for (let i = 0; i < 40; i++) ring.add(`cut ${i}`);
  ring.add(" and more", "after");
  const seen: (string | null)[] = [];
  for (let i = 0; i < 17; i++, ring.rotate()) seen.push(ring.current);
  assert.deepEqual([seen[0], seen[15], seen[16]], ["cut 39 and more", "cut 24", "cut 39 and more"]);
});
