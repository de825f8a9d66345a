/** A member whose line carries 1 KB/s, over real sockets: it costs the others nothing, and loses nothing. */
import assert from "node:assert/strict";
import type { Plan } from "./plan.ts";
import { Scenario } from "./scenario.ts";

const SLOW_LINE = 1_024;
/** Texts of so many bytes, and so many of them, that the system's buffers and the relay's share cannot hold all. */
const TEXT_BYTES = 50_000;
const TEXTS = 160;

for (const listener of ["deno", "node"] as const) {
  Deno.test(`${listener} listener: a reader of 1 KB/s is fed as long as it keeps up, then cut off, delays nobody, and is back with everything`, async () => {
    const limits = { maxBuffered: 500_000, maxMessage: 2 * TEXT_BYTES };
    await Scenario.run({ members: 3, relay: { listener, limits }, patienceMs: 240_000 }, async (s) => {
      const [m0, m1, slow] = [s.member("m0"), s.member("m1"), s.member("m2")];
      const line: Plan = {};
      slow.proxy.plan = () => line;
      slow.proxy.cutAll();
      await s.until("the slow one has its line", () => {
        return slow.online && slow.counts.has("connection reconnecting") && slow.proxy.live.length === 1;
      });
      const losses = slow.counts.get("connection reconnecting");
      line.bytesPerSecond = SLOW_LINE;
      for (const member of [m0, m1]) member.say();
      await s.until("it is fed", () => slow.missing([m0, m1]) === 0);
      assert.equal(slow.counts.get("connection reconnecting"), losses, "it keeps up");

      for (let n = 0; n < TEXTS; n++) {
        const [author, reader] = n % 2 === 0 ? [m0, m1] : [m1, m0];
        author.say(TEXT_BYTES);
        await s.until("the other has it", () => reader.missing([author]) === 0);
      }
      assert.ok(slow.missing([m0, m1]) > TEXTS / 2, "nobody has waited for it");

      delete line.bytesPerSecond;
      await s.until("it is back", () => slow.online && slow.missing([m0, m1]) === 0);
      assert.ok((slow.counts.get("connection reconnecting") ?? 0) > (losses ?? 0), "it was cut off");
    });
  });
}
