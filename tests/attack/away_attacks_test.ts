/** Members that call another away that is there. */
import { equal, ok } from "node:assert/strict";
import { SendingChain } from "../../crypto/sender_chain.ts";
import { sealFrame } from "../../crypto/seal.ts";
import { until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";

Deno.test("a member cannot cut another off by calling it away in words that it cannot read", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const chain = SendingChain.create();
    await hostile.distribute(chain.start(), alice, hostile.head);
    const pack = await hostile.pack(hostile.content({ kind: "expire", target: bob.id }));
    hostile.send(await sealFrame(chain, hostile.place, pack));
    await until("alice believes it", () => alice.knows(bob)?.expired === true);
    await alice.say("not for bob");
    await crowd.untilInTime("bob has come back", () => alice.knows(bob)?.expired === false);
    await alice.say("for bob again");
    await crowd.untilInTime("bob is shown it", () => bob.texts.includes("for bob again"));
    equal(bob.texts.includes("not for bob"), false);
    ok(bob.of("lost").some(({ nick }) => nick === "alice"), "bob is told that something is missing");
  }));
