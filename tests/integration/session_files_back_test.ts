/** Files on their way while relays, keys and members come and go. */
import assert from "node:assert/strict";
import { FILES } from "../../client/file_info.ts";
import { bytesOfLength, ending, fetches, MemorySource, offers } from "../files.ts";
import { inWorld, type Person } from "../helpers.ts";

const LONG = 60 * FILES.partBytes + 77;

const half = (person: Person): Promise<unknown> =>
  person.events.until("file", (event) => event.state === "getting" && event.done > LONG / 4);

Deno.test("a file of two people goes on after the relay was killed in the middle and begins anew", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"]);
    assert.ok(ada && bob);
    const bytes = bytesOfLength(LONG);
    const id = await offers(ada, new MemorySource("long", bytes));
    const sink = await fetches(bob, id);
    await half(bob);
    await world.restart();
    assert.equal(await ending(bob, id), "saved");
    assert.deepEqual(sink.bytes, bytes);
    await ada.events.until("file_taken");
  }));

Deno.test("a file goes on when the keys of both are renewed in the middle", () =>
  inWorld(async (world) => {
    const [ada, bob] = await world.room(["ada", "bob"], { rotateMs: 15_000 });
    assert.ok(ada && bob);
    const bytes = bytesOfLength(LONG);
    const source = new MemorySource("long", bytes);
    const id = await offers(ada, source);
    const sink = await fetches(bob, id);
    await half(bob);
    for (let i = 0; i < 3; i++) await world.clock.jump(16_000);
    assert.equal(await ending(bob, id), "saved");
    assert.deepEqual(sink.bytes, bytes);
  }));

Deno.test("a file goes on when whoever offers it was away for so long that it was taken off the list, and returns", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"], { awayMs: 20_000 });
    assert.ok(ada && bob && carol);
    const bytes = bytesOfLength(LONG);
    const id = await offers(ada, new MemorySource("long", bytes));
    const sink = await fetches(bob, id);
    await half(bob);
    ada.unplug();
    await bob.events.until("file", ({ state }) => state === "waiting");
    await world.clock.jump(90_000);
    await bob.events.until("member_left", ({ reason }) => reason === "expired");
    ada.plug();
    await ada.run({ command: "reconnect" });
    assert.equal(await ending(bob, id), "saved");
    assert.deepEqual(sink.bytes, bytes);
  }));
