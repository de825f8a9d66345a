/** Members that want others to keep, and pass on, what nobody has signed. */
import { equal, ok } from "node:assert/strict";
import { encodeCbor } from "../../crypto/cbor.ts";
import type { Bytes } from "../../crypto/bytes.ts";
import { decodePack } from "../../crypto/pack.ts";
import { until, withCrowd } from "./crowd.ts";
import { Hostile } from "./hostile_member.ts";
import { answered, everythingOf, textsIn } from "./repair_helpers.ts";

const JUNK_BYTES = 100_000;

/** A pack with something behind its signature, which the signature does not cover. */
function withJunk(pack: Bytes): Bytes {
  const { author, contents, signature } = decodePack(pack);
  return encodeCbor([author, contents.map(({ bytes }) => bytes), signature, new Uint8Array(JUNK_BYTES)]);
}

Deno.test("a member cannot have others keep and pass on junk behind what it says", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    for (const text of ["one", "two", "three"]) {
      hostile.send(await hostile.seal(withJunk(await hostile.pack(hostile.content({ kind: "text", text })))));
    }
    for (const person of [alice, bob]) await person.hears("three");
    for (const { room, name } of [alice, bob]) ok(room.retention.bytes < 20_000, name);
    const given = await answered(new Hostile(bob), alice, { ranges: everythingOf(mallory) });
    ok(textsIn(given).includes("three"), "what it has signed is passed on");
    const packs = given.flatMap((part) => part.packs);
    for (const pack of packs) ok(pack.length < 10_000, `a pack of ${pack.length} bytes`);
  }));

Deno.test("a member cannot have others keep and pass on junk behind its statements", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    hostile.clings(); // whom it lets in hears of the room from it
    const { encoded } = mallory.room.parts.keys.current.bundle;
    const pack = withJunk(await hostile.pack(hostile.content({ kind: "keys", bundle: encoded })));
    hostile.send(await hostile.seal(pack));
    const kept = (): number | undefined => alice.room.parts.log.keysOf(mallory.id)?.length;
    await until("alice keeps the statement", () => kept() !== undefined);
    ok((kept() ?? Infinity) < 10_000);
    // Passed on by somebody else it is the same.
    await until("bob has it", () => bob.room.parts.log.keysOf(mallory.id) !== undefined);
    const carol = await crowd.join("carol", alice);
    await until("carol has it from her welcome", () => carol.room.parts.log.keysOf(mallory.id) !== undefined);
    equal(carol.room.parts.log.keysOf(mallory.id)?.length, kept());
    await new Hostile(bob).passOn([pack], carol);
    await new Hostile(bob).readBy(carol);
    for (const { room, name } of [alice, bob, carol]) {
      for (const one of room.parts.log.packs()) ok(one.length < 10_000, name);
    }
  }));
