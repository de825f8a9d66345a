/** What a member has said about where it is, and the relay has not acknowledged, is not true of its next place. */
import { Scenario } from "./scenario.ts";
import { tapped } from "./tap.ts";

Deno.test("a member that loses the relay twice in a row raises no false alarm with what it said in between", async () => {
  await Scenario.run({ members: 2 }, async (s) => {
    const [m0, m1] = [s.member("m0"), s.member("m1")];
    let deafen = false;
    let joined = 0;
    const late = await s.join("late", m0, {
      connect: tapped({
        got: (frame) => {
          if (frame.type !== "joined") return;
          joined++;
          // It is in, and will not hear that the relay has taken what it says from now on.
          if (deafen) { for (const connection of late.proxy.live) connection.halfOpen(["down"]); }
        },
      }),
    });
    await s.talkAll({ texts: 5, paceMs: 5 });
    for (const { proxy } of [m0, m1]) {
      proxy.refuses = true;
      proxy.cutAll();
    }
    deafen = true;
    const before = joined;
    await s.relay.restart();
    await s.until("the first is back, alone and deaf", () => joined > before && late.online);
    late.say();
    deafen = false;
    late.proxy.refuses = true;
    await s.relay.restart();
    late.proxy.cutAll();
    m0.proxy.refuses = m1.proxy.refuses = false;
    await s.until("the others are back", () => m0.online && m1.online);
    late.proxy.refuses = false;
    await s.talkAll({ texts: 5, paceMs: 5 });
  });
});
