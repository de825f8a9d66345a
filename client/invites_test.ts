import assert from "node:assert/strict";
import { toHex } from "../crypto/bytes.ts";
import { spokenDoor } from "../crypto/doors.ts";
import { parseCode } from "../crypto/codes.ts";
import { inviteOf, inWorld, refusalOf, type World } from "../tests/helpers.ts";
import { ClientError } from "./errors.ts";
import { openDoors, turnDoors } from "./invites.ts";
import type { RelayLink } from "./link.ts";
import { Room } from "./room.ts";

const ROOM = new Uint8Array(16).fill(1);

/** A relay at which so many numbers are taken. */
function takenAt(count: number): { link: RelayLink; asked: string[]; taken: ClientError } {
  const asked: string[] = [];
  const taken = new ClientError("door_taken", "The relay refused: it leads to another room");
  const openDoor = (doorId: Uint8Array): Promise<void> => {
    asked.push(toHex(doorId));
    return asked.length > 1 && asked.length <= 1 + count ? Promise.reject(taken) : Promise.resolve();
  };
  return { link: { desk: { openDoor } } as unknown as RelayLink, asked, taken };
}

async function founder(world: World): Promise<{ room: Room; invite: () => string; said: () => string[] }> {
  const ada = await world.create("ada");
  assert.ok(ada.session instanceof Room);
  const said = (): string[] => ada.events.all.map((event) => event.type);
  return { room: ada.session, invite: () => inviteOf(ada), said };
}

Deno.test("openDoors() draws a spoken number again that leads to another room", async () => {
  const { link, asked } = takenAt(2);
  const [invite, spoken] = await openDoors(link, ROOM, true);
  assert.deepEqual([invite?.kind, toHex(invite?.doorId ?? ROOM)], ["invite", toHex(ROOM)]);
  assert.equal(asked.length, 4);
  assert.equal(new Set(asked).size, 4, "a new number each time");
  const code = parseCode(spoken?.label ?? "");
  assert.ok(code.kind === "spoken");
  assert.equal(toHex((await spokenDoor(code)).doorId), asked.at(-1));
});

Deno.test("openDoors() gives up after eight draws and tells the relay's refusal, and at once any other", async () => {
  const { link, asked, taken } = takenAt(99);
  await assert.rejects(openDoors(link, ROOM, true), taken);
  assert.equal(asked.length, 1 + 8);
  const lost = new ClientError("connection_lost", "Lost", { status: 3 });
  let tries = 0;
  const openDoor = (): Promise<void> => ++tries > 1 ? Promise.reject(lost) : Promise.resolve();
  await assert.rejects(openDoors({ desk: { openDoor } } as unknown as RelayLink, ROOM, true), lost);
  assert.equal(tries, 2);
  await openDoors(takenAt(99).link, ROOM, false);
});

Deno.test("turnDoors(): a relay that refuses new doors does not keep the old ones open", () =>
  inWorld(async (world) => {
    const { room, invite } = await founder(world);
    const old = invite();
    const doors = [...room.doors.all];
    const { desk } = room.parts.link;
    const { openDoor } = desk;
    desk.openDoor = (doorId) =>
      toHex(doorId) === toHex(room.parts.roomId)
        ? openDoor.call(desk, doorId)
        : Promise.reject(new ClientError("door_taken", "The relay refused: it leads to another room"));
    assert.match(await refusalOf(turnDoors(room)), /^door_taken 1/);
    assert.notEqual(invite(), old);
    assert.deepEqual(room.doors.all.map(({ kind }) => kind), ["invite"]);
    assert.ok(doors.every(({ w }) => w.every((byte) => byte === 0)), "the old secrets are wiped");
    assert.match(await refusalOf(world.join(old, "mallory")), /^(wrong_code|nobody_answers) 1/);
    await world.join(invite(), "bob");
  }));

Deno.test("kick: two at once are both put out, and each time the doors are turned", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol);
    await Promise.all([
      ada.run({ command: "kick", member: "bob" }),
      ada.run({ command: "kick", member: "carol" }),
    ]);
    assert.deepEqual(
      (await Promise.all([bob.session.ended, carol.session.ended])).map(({ code }) => code),
      ["kicked", "kicked"],
    );
    await world.join(inviteOf(ada), "dave");
  }));

Deno.test("turnDoors(): what others say about the room meanwhile does not take the new doors away", () =>
  inWorld(async (world) => {
    const [ada, bob, carol] = await world.room(["ada", "bob", "carol"]);
    assert.ok(ada && bob && carol && ada.session instanceof Room);
    const { sender } = ada.session;
    const say = sender.say.bind(sender);
    sender.say = async (body) => {
      if (body.kind === "door") {
        await bob.run({ command: "nick", nick: "robert" });
        await ada.events.until("nick", ({ nick }) => nick === "robert");
      }
      return await say(body);
    };
    const old = inviteOf(ada);
    await ada.run({ command: "kick", member: "carol" });
    assert.notEqual(inviteOf(ada), old);
    await ada.run({ command: "invite" });
    await world.join(inviteOf(ada), "dave");
  }));

Deno.test("tellInvite() says so while the secrets of turned doors are not here yet", () =>
  inWorld(async (world) => {
    const { room } = await founder(world);
    await room.say({ kind: "door", commitments: [new Uint8Array(32)] });
    assert.match(await refusalOf(room.run({ command: "invite" })), /^no_door 1: Cannot invite/);
  }));
