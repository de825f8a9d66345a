/** Keys, points and structures that are none. */
import { equal, ok, rejects } from "node:assert/strict";
import { bytesOf } from "../../client/ids.ts";
import { PayloadKind } from "../../client/payload.ts";
import { signSide } from "../../client/side.ts";
import { type Bundle, decodeBundle } from "../../crypto/bundle.ts";
import { type Bytes, concat, randomBytes, toHex, u32 } from "../../crypto/bytes.ts";
import { encodeCbor } from "../../crypto/cbor.ts";
import { Identity } from "../../crypto/identity.ts";
import { JoinerExchange, SponsorExchange } from "../../crypto/join_handshake.ts";
import { encodePresent } from "../../crypto/present.ts";
import { sealPrivate } from "../../crypto/private_seal.ts";
import { sealSide } from "../../crypto/side_seal.ts";
import { type Person, until, withCrowd } from "./crowd.ts";
import { adding, Hostile, stranger } from "./hostile_member.ts";
import { Joiner } from "./outsider.ts";

const ecdhKeys = {
  "a point off the curve": concat(Uint8Array.of(4), randomBytes(64)),
  "the identity": new Uint8Array(65),
  "a compressed point that is padded": concat(Uint8Array.of(2), randomBytes(32), new Uint8Array(32)),
};

/** Receiving keys that nobody can seal to. */
function unusable(good: Bundle): Record<string, { ecdhKey: Bytes; mlkemKey: Bytes }> {
  const { ecdhKey, mlkemKey } = good;
  const out: Record<string, { ecdhKey: Bytes; mlkemKey: Bytes }> = {};
  for (const [what, key] of Object.entries(ecdhKeys)) out[what] = { ecdhKey: concat(key), mlkemKey };
  out["an ML-KEM key of ones"] = { ecdhKey, mlkemKey: new Uint8Array(1_184).fill(0xff) };
  return out;
}

async function signed(
  identity: Identity,
  keys: { ecdhKey: Bytes; mlkemKey: Bytes },
  nick: string,
  number = 1,
) {
  const bytes = encodeCbor([1, identity.publicKey, keys.ecdhKey, keys.mlkemKey, number, nick, 0]);
  return decodeBundle(encodeCbor([bytes, await identity.sign("sotto/v1/bundle", bytes)]));
}

function inviteDoor(person: Person) {
  const door = person.room.doors.find("invite", person.room.state.doors);
  ok(door);
  return door;
}

Deno.test("a joiner that knows the code cannot come in with keys that nobody can seal to", () =>
  withCrowd(async (crowd) => {
    const [alice, bob] = await crowd.party("alice", "bob");
    const door = inviteDoor(alice);
    const { bundle } = await stranger("zed");
    for (const [what, keys] of Object.entries(unusable(bundle))) {
      const identity = await Identity.generate();
      const joiner = await Joiner.come(crowd, door.doorId);
      const before = alice.of("knock_failed").length;
      await joiner.prove(door, { identity, bundle: await signed(identity, keys, "zed") }, alice);
      await until(`${what} is refused`, () => alice.of("knock_failed").length === before + 1);
      equal(alice.knows(toHex(identity.memberId)), undefined, what);
      joiner.link.leave();
    }
    await alice.say("just us");
    await bob.hears("just us");
    equal(alice.members.length, 2);
  }));

Deno.test("a joiner cannot disturb a sponsor by points and keys that are none", () =>
  withCrowd(async (crowd) => {
    const [alice, bob] = await crowd.party("alice", "bob");
    const door = inviteDoor(alice);
    const identity = await Identity.generate();
    const exchange = await JoinerExchange.start(door, identity);
    const { knock } = exchange;
    const share = 18 + 16 + 32;
    const knocks: Bytes[] = Object.values(ecdhKeys).map((point) =>
      concat(knock.subarray(0, share), point, knock.subarray(share + 65))
    );
    knocks.push(concat(knock.subarray(0, share + 65), new Uint8Array(1_184).fill(0xff), knock.subarray(-4)));
    knocks.push(knock.slice(0, -1), concat(knock, Uint8Array.of(0)), knock.slice(0, 18), knock.slice(0, 2));
    const joiner = await Joiner.come(crowd, door.doorId);
    for (const bytes of knocks) joiner.send(bytes, alice);
    joiner.send(knock, alice);
    const answer = await until("the sound one is answered", () => joiner.reply(exchange.exchangeId));
    equal(answer[1], PayloadKind.answer);
    equal(alice.of("knock_failed").length, 0);
    exchange.dispose();
    joiner.link.leave();
    await alice.say("no harm done");
    await bob.hears("no harm done");
  }));

Deno.test("a member cannot keep others from getting chains by new keys that nobody can seal to", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const { identity, keys } = mallory.room.parts;
    let number = keys.current.bundle.keyNumber;
    for (const [what, bad] of Object.entries(unusable(keys.current.bundle))) {
      const bundle = await signed(identity, bad, "mallory", ++number);
      await hostile.says({ kind: "keys", bundle: bundle.encoded });
      await until("they count", () => alice.knows(mallory)?.bundle.keyNumber === number);
      alice.room.sender.chains.rotate(crowd.clock.now());
      await alice.say(`in spite of ${what}`);
      await bob.hears(`in spite of ${what}`);
    }
    equal(mallory.texts.some((text) => text.startsWith("in spite")), false, "it shuts out itself alone");
  }));

Deno.test("a member cannot keep others from getting chains by letting in keys that nobody can seal to", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    const { bundle } = await stranger("zed");
    const joiners: Joiner[] = [];
    for (const [i, keys] of Object.values(unusable(bundle)).entries()) {
      const identity = await Identity.generate();
      await hostile.says(adding({ bundle: await signed(identity, keys, `zed${i}`) }));
      const joiner = await Joiner.come(crowd, inviteDoor(mallory).doorId);
      joiners.push(joiner);
      mallory.room.parts.link.desk.admit(joiner.joined.peerId);
      await until(
        "zed is a member at the relay",
        () => alice.frames.some((f) => f.type === "peer_in" && f.peerId === joiner.joined.peerId),
      );
      const { peerId, roomEpoch } = joiner.joined;
      joiner.link.send(await encodePresent(identity, { room: hostile.room, peerId, roomEpoch, number: 1 }));
      const id = toHex(identity.memberId);
      await until("zed counts as there", () => alice.room.presence.peerOf(id) === peerId);
      ok(alice.room.confirmation.has(id), "alice would give it her chain");
      alice.room.sender.chains.rotate(crowd.clock.now());
      await alice.say(`in spite of zed${i}`);
      await bob.hears(`in spite of zed${i}`);
    }
    for (const { link } of joiners) link.leave();
  }));

/** A hundred thousand arrays in one another, and a few that are only too deep by one. */
const deep = concat(new Uint8Array(100_000).fill(0x81), Uint8Array.of(0x80));
const deeper = concat(new Uint8Array(9).fill(0x81), Uint8Array.of(0x80));

async function everyDeepThing(hostile: Hostile, to: Person): Promise<void> {
  const { person, room, place, chain } = hostile;
  const { identity } = person.room.parts;
  for (const nested of [deep, deeper]) {
    hostile.send(await hostile.seal(nested));
    hostile.send(await sealSide(chain.sideKey, chain.chainId, place, nested));
    const have = { kind: 1, number: 2 ** 40 + nested.length, payload: nested.slice(0, 60_000) };
    hostile.send(await sealSide(chain.sideKey, chain.chainId, place, await signSide(identity, room, have)));
    const { bundle } = to.room.parts.keys.current;
    const context = { room, sender: bytesOf(person.id), purpose: "statements" };
    const sealed = await sealPrivate(bundle, context, nested);
    hostile.send(concat(Uint8Array.of(1, PayloadKind.statements), bytesOf(person.id), sealed), to);
    const blob = new Uint8Array(2 + 4 + 32 + 1_200);
    hostile.send(concat(Uint8Array.of(1, PayloadKind.distribution), u32(nested.length), nested, blob), to);
    hostile.send(nested);
  }
}

Deno.test("a member cannot bring down others by structures nested too deeply", () =>
  withCrowd(async (crowd) => {
    const [alice, bob, mallory] = await crowd.party("alice", "bob", "mallory");
    const hostile = new Hostile(mallory);
    await everyDeepThing(hostile, bob);
    await hostile.readBy(bob);
    ok(bob.notices.includes("malformed"), "bob is told");
    await alice.say("all well");
    await bob.hears("all well");
    await hostile.says({ kind: "text", text: "can you still hear me?" });
    await bob.hears("can you still hear me?");
  }));

Deno.test("a sponsor cannot bring down a joiner by a welcome nested too deeply", () =>
  withCrowd(async (crowd) => {
    const mallory = await crowd.create("mallory");
    const { room } = mallory;
    const exchanges: SponsorExchange[] = [];
    room.sponsor.receive = async (from, payload) => {
      const send = (bytes: Uint8Array) =>
        room.parts.link.sendTable(new Uint8Array(0), [{ peerId: from, bytes }]);
      if (payload[1] === PayloadKind.knock) {
        const door = inviteDoor(mallory);
        const memberId = bytesOf(mallory.id);
        const exchange = await SponsorExchange.answer(payload, { door, roomId: room.parts.roomId, memberId });
        exchanges.push(exchange);
        send(exchange.answer);
      } else {
        const exchange = exchanges.at(-1);
        await exchange?.readProve(payload);
        for (const chunk of await exchange?.sealWelcome(deep, { type: "welcome" }) ?? []) send(chunk);
      }
    };
    await rejects(crowd.join("victim", mallory), { name: "ClientError", code: "bad_welcome" });
    equal(exchanges.length, 1);
    for (const exchange of exchanges) exchange.dispose();
  }));
