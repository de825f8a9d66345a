import assert from "node:assert/strict";
import { PeerCounts } from "./peer_counts.ts";

Deno.test("PeerCounts tells those beyond a limit, and nothing to a flood", () => {
  const peers = new PeerCounts({ most: 100, mostPerAddress: 2 });
  const enter = (): string => peers.enter("192.0.2.1", false);
  assert.deepEqual([enter(), enter(), enter()], ["fine", "fine", "busy"]);
  for (let i = 0; i < 63; i++) assert.equal(enter(), "busy");
  assert.equal(enter(), "flood");
  assert.equal(peers.enter("192.0.2.2", false), "fine");
  for (let i = 0; i < 65; i++) peers.leave("192.0.2.1");
  peers.leave("192.0.2.1");
  assert.equal(enter(), "fine");
  assert.equal(peers.total, 3);
});

Deno.test("PeerCounts counts a trusted proxy only in all", () => {
  const peers = new PeerCounts({ most: 3, mostPerAddress: 1 });
  const enter = (): string => peers.enter("10.0.0.1", true);
  assert.deepEqual([enter(), enter(), enter(), enter()], ["fine", "fine", "fine", "busy"]);
});
