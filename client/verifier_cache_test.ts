import assert from "node:assert/strict";
import { Author } from "../tests/client_helpers.ts";
import { idOf } from "./ids.ts";
import { MAX_MET, VerifierCache } from "./verifier_cache.ts";

const ROOM = new Uint8Array(16).fill(3);

Deno.test("VerifierCache remembers 1,024 keys of those of whom nothing counts, and all that count", async () => {
  const cache = new VerifierCache();
  const [ada, bob] = await Promise.all([Author.create("ada"), Author.create("bob")]);
  cache.meet(bob.bundle);
  cache.learn(ada.bundle);
  cache.learn(bob.bundle);
  assert.equal(cache.size, 2, "whoever was met and counts now is remembered once");
  const made = Array.from({ length: MAX_MET + 1 }, (_, i) => {
    return { ...ada.bundle, memberId: new Uint8Array(new Uint32Array([9, i, 9, 9]).buffer) };
  });
  for (const bundle of made) cache.meet(bundle);
  assert.equal(cache.size, 2 + MAX_MET);
  const [first, second, last] = [made[0], made[1], made.at(-1)].map((bundle) =>
    bundle === undefined ? assert.fail("nobody") : idOf(bundle.memberId)
  ) as [string, string, string];
  assert.equal(cache.get(first), undefined, "the one met first went");
  assert.ok(cache.get(second) && cache.get(last));
  for (const who of [ada, bob]) {
    assert.equal(await cache.verify(await who.says(ROOM, { kind: "text", text: "hi" }), ROOM), true);
  }
  ada.dispose();
  bob.dispose();
});
