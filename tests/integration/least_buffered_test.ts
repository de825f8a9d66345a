/** A relay that keeps as little for its readers as it may be told to. */
import assert from "node:assert/strict";
import { leastBuffered } from "../../wire/limits.ts";
import { until, withCrowd } from "../attack/crowd.ts";
import { bytesOfLength, MemorySink, MemorySource } from "../files.ts";

const FILES_OFFERED = 4;
const LENGTH = 1_500_000;

/** Everybody fetches several files at once; how many readers the relay has cut off as too slow. */
function cutOff(limits: { maxPayload: number; maxBuffered: number }): Promise<number> {
  let cut = -1;
  return withCrowd(async (crowd) => {
    const [ada, bob, carol] = await crowd.party("ada", "bob", "carol");
    assert.ok(ada && bob && carol);
    for (let i = 0; i < FILES_OFFERED; i++) {
      await ada.room.run({ command: "file", source: new MemorySource(`file ${i}`, bytesOfLength(LENGTH)) });
    }
    const ids = ada.of("offered").map(({ id }) => id);
    for (const person of [bob, carol]) {
      await until(
        "all is offered",
        () => ids.every((id) => person.of("message").some((event) => event.id === id)),
      );
      for (const id of ids) await person.room.run({ command: "save", id, sink: new MemorySink() });
    }
    const saved = (): number =>
      [bob, carol].flatMap((person) => person.of("file")).filter(({ state }) => state === "saved").length;
    const { drops } = crowd.relay.relay.counters;
    await until(
      "all is saved, or somebody is cut off",
      () => saved() === 2 * FILES_OFFERED || drops.tooSlow > 0,
    );
    cut = drops.tooSlow;
  }, limits).then(() => cut);
}

Deno.test("a relay that keeps the least it may for its readers cuts nobody off who fetches files", async () => {
  const maxPayload = 65_536 + 8_192;
  assert.equal(await cutOff({ maxPayload, maxBuffered: leastBuffered(maxPayload) }), 0);
});

Deno.test("a relay that kept less than a frame for its readers would cut them off, which is why that is refused", async () => {
  assert.ok(await cutOff({ maxPayload: 1_048_576, maxBuffered: 65_536 }) > 0);
});
