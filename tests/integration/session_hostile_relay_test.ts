import assert from "node:assert/strict";
import { DELIVERY_LIMITS } from "../../client/delivery.ts";
import { createRoom, joinRoom, platformConnect } from "../../client/mod.ts";
import { openRelay } from "../../relay/mod.ts";
import {
  decodeRelayFrame,
  encodeRelayFrame,
  packBatch,
  type RelayFrame,
  unpackBatch,
} from "../../wire/mod.ts";
import { Events, inWorld, keysAtRest, type Person, refusalOf } from "../helpers.ts";

type Deliver = Extract<RelayFrame, { type: "deliver" }>;

const REPAIR = 16;
const SEALED = 1;
const DISTRIBUTION = 2;

/** Puts a hand on what a person hears: `change` gives the payloads to deliver in place of one. */
function between(person: Person, change: (payload: Uint8Array, from: number) => Uint8Array[]): Deliver[] {
  const heard: Deliver[] = [];
  const { onMessage } = person.socket;
  person.socket.onMessage = (bytes) => {
    const frames = unpackBatch(bytes, { maxBytes: 1e9, maxFrames: 1e6 }).map(decodeRelayFrame);
    const passed = frames.flatMap((frame): RelayFrame[] => {
      if (frame.type !== "deliver") return [frame];
      heard.push(frame);
      return change(frame.payload, frame.from).map((payload) => ({ ...frame, payload }));
    });
    if (passed.length > 0) onMessage(packBatch(passed.map(encodeRelayFrame)));
  };
  return heard;
}

Deno.test("a replayed, a changed and a garbled frame are ignored and told once, and the talk goes on", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    let wish: "repeat" | "flip" | "garble" | "none" = "repeat";
    between(bob, (payload) => {
      if (payload[1] !== SEALED) return [payload];
      const flipped = payload.slice();
      flipped[payload.length - 1] = (flipped[payload.length - 1] ?? 0) ^ 1;
      if (wish === "repeat") return [payload, payload];
      if (wish === "flip") return [flipped, payload];
      return wish === "garble" ? [payload.subarray(0, 9), payload] : [payload];
    });
    for (
      const [what, code] of [["repeat", "replayed"], ["flip", "tampered"], ["garble", "malformed"]] as const
    ) {
      wish = what;
      await ada.say(`${what} one`);
      await ada.say(`${what} two`);
      await bob.events.text(`${what} two`);
      await bob.events.until("notice", (event) => event.code === code);
      assert.equal(bob.events.of("notice").filter((event) => event.code === code).length, 1, "told once");
    }
    assert.equal(bob.events.of("message").length, 6);
  }));

Deno.test("a chain whose distribution did not arrive is asked for, and what follows is read", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    let dropped = 0;
    between(bob, (payload) => payload[1] === DISTRIBUTION && dropped++ === 0 ? [] : [payload]);
    await carol.session.leave();
    await ada.events.until("member_left");
    await ada.say("under the new chain");
    await keysAtRest();
    await world.clock.jump(6_000);
    await ada.say("once more");
    await keysAtRest();
    await world.clock.jump(12_000);
    await bob.events.text("once more");
    assert.ok(dropped > 1, "it was sent again");
  }));

Deno.test("what a relay holds back from one is told as lost once its author says that it was said", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    let hold = true;
    between(bob, (payload) => (hold && payload[1] === SEALED) || payload[1] === REPAIR ? [] : [payload]);
    await ada.say("never arrives");
    await keysAtRest();
    hold = false;
    await world.clock.jump(5_000);
    await bob.say("is anybody there?");
    await ada.events.text("is anybody there?");
    await ada.say("yes");
    await keysAtRest();
    await world.clock.jump(DELIVERY_LIMITS.orderMs + 15_000); // bob asks for it, and what he is answered is held back too
    const lost = await bob.events.until("lost");
    assert.deepEqual([lost.id, lost.count], [ada.id, 1]);
    await bob.events.text("yes");
  }));

Deno.test("platformConnect: sessions over the platform's own sockets, and a relay that is not there", async () => {
  const relay = await openRelay({ port: 0 });
  try {
    const ada = new Events();
    const bob = new Events();
    const first = await createRoom({ relay: relay.url, nick: "ada", onEvent: ada.take });
    const code = ada.of("invite")[0]?.invite ?? "";
    const second = await joinRoom({ relay: "", code, nick: "bob", onEvent: bob.take });
    await ada.until("member_joined");
    await first.run({ command: "send", text: "over the wire" });
    await bob.text("over the wire");
    await second.leave();
    await first.leave();
    assert.equal((await first.ended).status, 0);
    const signal = AbortSignal.abort(new Error("stopped"));
    await assert.rejects(platformConnect(relay.url, { signal }), /stopped/);
  } finally {
    await keysAtRest();
    await relay.close();
  }
  const gone = refusalOf(createRoom({ relay: relay.url, nick: "ada" }));
  assert.match(await gone, /^unreachable 3: Cannot reach the relay at ws:/);
  await keysAtRest();
});
