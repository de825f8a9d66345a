/** What somebody that has left may still say, to one that it never gave its chain. */
import { deepEqual, equal } from "node:assert/strict";
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import { until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";
import { answering, between, linger } from "./repair_helpers.ts";

Deno.test("a member that has left cannot let somebody in by a helper that passes on what it says now to a newcomer", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mal] = await crowd.party("alice", "bob", "mallory");
    const mallory = new Hostile(mal);
    between(mal, () => false); // it does not hear of carol, and gives it no chain
    const carol = await crowd.join("carol", alice);
    const silent = between(
      carol,
      ({ from, payload }) => from !== alice.peerId || payloadKind(payload) !== PayloadKind.repair,
    );
    const before = { ...mallory.head };
    await mallory.says({ kind: "text", text: "its last words" });
    await mallory.says({ kind: "leave", successor: null });
    await until("the others know", () => [alice, bob].every((p) => p.knows(mal)?.status === "left"));
    await new Hostile(alice).passOn(alice.room.parts.log.packs(), carol);
    await until("carol knows", () => carol.knows(mal)?.status === "left");
    mallory.head = before;
    const crony = await stranger("crony");
    const pack = await mallory.pack(mallory.content(adding(crony)));
    const asked = answering(new Hostile(bob), () => [{ packs: [pack] }], [carol]);
    await crowd.untilInTime("bob is asked", () => asked.some(({ ranges }) => ranges.length > 0));
    await linger(crowd.clock, 1_000);
    silent();
    equal(carol.knows(crony.id), undefined);
    await linger(crowd.clock, 20_000);
    equal(carol.knows(crony.id), undefined);
    deepEqual(carol.of("equivocation"), []);
  }));
