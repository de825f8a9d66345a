/** Two rooms of one name that both have members: `/rejoin` is how one goes over to the other. */
import assert from "node:assert/strict";
import { ClientError, joinRoom } from "../../client/mod.ts";
import { startLineMode } from "../../terminal/_fakes.ts";
import type { Entrance } from "../../terminal/seat.ts";
import { WayBack } from "../../terminal/way_back.ts";
import { Events, inWorld, type MemorySocket, type World } from "../helpers.ts";

/** Somebody in line mode who has come by a name; what the session tells is noted as well. */
function lineMode(world: World, nick: string, code: string) {
  const events = new Events();
  let socket: MemorySocket | undefined;
  let plugged = true;
  const entrance: Entrance = ({ onEvent, signal }) =>
    joinRoom({
      relay: world.url,
      clock: world.clock,
      connect: async () => {
        if (!plugged) {
          throw new ClientError("unreachable", "Cannot reach the relay: unplugged", { status: 3 });
        }
        return socket = await world.connect();
      },
      code,
      nick,
      signal,
      onEvent: (event) => {
        events.take(event);
        onEvent(event);
      },
    });
  const way = new WayBack(() => entrance);
  const started = startLineMode(way.remembered(entrance, "name"), {
    again: () => way.again(),
    clock: world.clock,
  });
  const unplug = (): void => {
    plugged = false;
    socket?.break();
  };
  return { ...started, events, unplug, plug: () => plugged = true };
}

Deno.test("/rejoin goes over to the other of two rooms of one name, and from that one stays where it is", () =>
  inWorld(async (world) => {
    const ada = await world.create("ada", { name: "lobby" });
    const bob = lineMode(world, "bob", "lobby");
    await bob.io.shows(/^-- You are in the room as bob\. With you: ada/);
    await ada.events.until("member_joined");
    for (const person of [ada, bob]) person.unplug();
    await world.restart();
    const eve = await world.create("eve", { name: "lobby" });
    const mal = lineMode(world, "mal", "lobby");
    await mal.io.shows(/^-- You are in the room as mal\. With you: eve/);
    for (const person of [ada, bob]) person.plug();
    await ada.run({ command: "reconnect" });
    bob.io.type("/reconnect");
    for (const { events } of [ada, bob]) {
      await events.until("connection", (event) => event.state === "online" && event.back === true);
    }
    await world.clock.jump(20_000);
    await bob.io.shows(
      /^-- Another room has "lobby" at the relay now, and the two do not merge\. \/rejoin goes there/,
    );
    await mal.io.shows(
      /^-- An older room of the name "lobby" is back, .* leads to this one, and so does \/rejoin/,
    );

    const [here, there] = [ada, eve].map(({ events }) => events.of("joined")[0]?.room);
    assert.notEqual(here, there);
    assert.equal(bob.events.of("joined").at(-1)?.room, here);
    bob.io.type("/rejoin");
    await bob.io.shows(/^-- You are in the room as bob\. With you: .*(eve|mal).*(eve|mal)/);
    assert.deepEqual(bob.events.of("joined").map(({ room }) => room), [here, there]);
    assert.equal(bob.events.of("joined").at(-1)?.founded, false);
    await ada.events.until("member_left", ({ nick, reason }) => nick === "bob" && reason === "left");
    await bob.io.prints(() => bob.io.printed.filter((line) => /Type to talk/.test(line)).length === 2);
    bob.io.type("hello over here");
    await eve.events.text("hello over here");
    await mal.io.shows(/bob: hello over here/);
    assert.deepEqual(ada.events.of("message"), [], "and not in the room that was left");

    mal.io.type("/rejoin");
    await mal.events.until("joined", (event) => mal.events.of("joined").indexOf(event) === 1);
    assert.deepEqual(mal.events.of("joined").map(({ room }) => room), [there, there]);
    for (const { io, status } of [bob, mal]) {
      io.type("/quit");
      assert.equal(await status, 0);
    }
  }));
