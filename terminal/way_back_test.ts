import assert from "node:assert/strict";
import type { SessionEvent } from "../client/events.ts";
import { formatInvite, parseCode } from "../crypto/codes.ts";
import { BOB, FakeSession, ME } from "./_fakes.ts";
import type { JoinWords } from "./join_words.ts";
import type { Entrance, EntranceHooks } from "./seat.ts";
import { type Way, WayBack } from "./way_back.ts";

const VIEW = { operator: false, confirmed: true, online: true, verified: false };

/** A session that answers what is asked of it. */
class Answering extends FakeSession {
  members = [{ ...ME, ...VIEW }, { ...BOB, ...VIEW }];
  invite: string | null = "http://h/#fresh";
  code: string | null = null;
  name: string | null = null;

  override async run(command: Parameters<FakeSession["run"]>[0]): Promise<void> {
    await super.run(command);
    if (command.command === "who") this.tell({ type: "members", members: this.members });
    if (command.command !== "invite") return;
    if (this.invite === null) throw new Error("turned");
    this.tell({ type: "invite", invite: this.invite, code: this.code, name: this.name });
  }
}

async function entered(
  way: Way,
): Promise<
  { wayBack: WayBack; joined: JoinWords[]; session: Answering; heard: SessionEvent[]; entrance: Entrance }
> {
  const joined: JoinWords[] = [];
  const entrance: Entrance = (hooks) => Promise.resolve(new Answering(hooks));
  const wayBack = new WayBack((words) => (joined.push(words), entrance));
  const heard: SessionEvent[] = [];
  const hooks: EntranceHooks = {
    onEvent: (event) => heard.push(event),
    signal: new AbortController().signal,
  };
  const session = await wayBack.remembered(entrance, way)(hooks) as Answering;
  return { wayBack, joined, session, heard, entrance };
}

Deno.test("WayBack leads back by the same code", async () => {
  for (const way of ["code", "name"] as const) {
    const { wayBack, joined, heard } = await entered(way);
    const again = await wayBack.again();
    assert.deepEqual([joined, heard], [[], []]);
    const session = await again({ onEvent: () => {}, signal: new AbortController().signal });
    assert.ok(session instanceof Answering);
  }
});

Deno.test("WayBack leads back into a room of one's own by its invite as it is now, unheard by the user", async () => {
  const { wayBack, joined, heard } = await entered("invite");
  await wayBack.again();
  assert.deepEqual(joined, [{ code: "http://h/#fresh" }]);
  assert.deepEqual(heard, []);
});

Deno.test("WayBack takes the last invite that was told when there is no newer one", async () => {
  const { wayBack, joined, session, heard } = await entered("invite");
  const invite = { type: "invite", invite: "http://h/#told", code: null, name: null } as const;
  session.tell(invite);
  session.invite = null;
  await wayBack.again();
  await session.leave();
  await wayBack.again();
  assert.deepEqual(joined, [{ code: "http://h/#told" }, { code: "http://h/#told" }]);
  assert.equal(heard[0], invite);
});

Deno.test("WayBack knows the codes of the room that one is in, unheard by the user, and no others", async () => {
  const { wayBack, session, heard } = await entered("code");
  const link = (room: number, secret: number): string =>
    formatInvite({
      relay: "wss://relay.example/ws",
      roomId: new Uint8Array(16).fill(room),
      secret: new Uint8Array(16).fill(secret),
    });
  session.invite = link(1, 1);
  session.code = "41793-copper-lemon-orbit-walnut";
  session.name = "Lobby";
  const isHere = (text: string): Promise<boolean> => wayBack.isHere(parseCode(text));
  for (const own of [link(1, 1), link(1, 2), "41793 Copper lemon orbit walnut", " lobby"]) {
    assert.equal(await isHere(own), true, own);
  }
  for (const other of [link(2, 1), "41794-copper-lemon-orbit-walnut", "lobby 2"]) {
    assert.equal(await isHere(other), false, other);
  }
  session.code = session.name = null;
  assert.equal(await isHere("lobby"), false);
  session.invite = null;
  assert.equal(await isHere(link(1, 1)), false);
  assert.deepEqual(heard, []);
  session.invite = link(1, 1);
  await session.leave();
  await session.ended;
  assert.equal(await isHere(link(1, 1)), false);
});

Deno.test("WayBack tells once that one connects, however often a login had to be asked for", async () => {
  const heard: SessionEvent[] = [];
  const wayBack = new WayBack(() => assert.fail("nothing was joined"));
  const entrance = wayBack.remembered((hooks) => {
    for (let i = 0; i < 3; i++) hooks.onEvent({ type: "connection", state: "connecting" });
    hooks.onEvent({ type: "connection", state: "online" });
    return Promise.resolve(new Answering(hooks));
  }, "code");
  const hooks = { onEvent: (event: SessionEvent) => heard.push(event), signal: new AbortController().signal };
  for (let i = 1; i <= 2; i++) {
    await entrance(hooks);
    const states = heard.splice(0).map((event) => event.type === "connection" && event.state);
    assert.deepEqual(states, ["connecting", "online"], `way ${i}`);
  }
});

Deno.test("WayBack refuses before anything is left when there is no way back", async () => {
  await assert.rejects(new WayBack(() => assert.fail()).again(), { code: "no_room" });
  await assert.rejects((await entered("none")).wayBack.again(), { code: "own_relay" });
  for (const way of ["invite", "code"] as const) {
    const { wayBack, session } = await entered(way);
    session.members = [{ ...ME, ...VIEW }, { ...BOB, ...VIEW, online: false }];
    await assert.rejects(wayBack.again(), { code: "alone" });
    session.lose();
    await assert.rejects(wayBack.again(), { code: "offline" });
    assert.equal(session.left, false);
    await session.leave();
    if (way === "code") await wayBack.again(); // what is left already cannot be lost
  }
  const { wayBack, session } = await entered("name"); // founds it anew
  session.members = session.members.slice(0, 1);
  await wayBack.again();
});

Deno.test("WayBack still leads to the room that one was in when another could not be entered", async () => {
  const { wayBack } = await entered("name");
  const refused = wayBack.remembered(() => Promise.reject(new Error("full")), "none");
  await assert.rejects(refused({ onEvent: () => {}, signal: new AbortController().signal }));
  await wayBack.again();
});
