import assert from "node:assert/strict";
import { BOB, fakeDesk, type FakeSession, openDoor } from "../_fakes.ts";
import { doors, startFullScreen as start } from "./_fake_screen.ts";

Deno.test("a click on a tab brings its room to the front", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const { app, terminal, line, shows, until, status } = start(one.entrance, { join: () => two.entrance });
  await shows(/Type to talk/);
  line("/join lobby secret");
  await shows(/\[2 lobby\]/);
  terminal.type("\x1b[<0;4;1M");
  await until(() => app.tabs.index === 0);
  line("/quit");
  await status;
});

Deno.test("what disappears in a room behind another is gone from what was laid out of it", async () => {
  const [one, two] = doors(2);
  assert.ok(one !== undefined && two !== undefined);
  const { app, line, shows, until, status } = start(one.entrance, { join: () => two.entrance });
  const session: FakeSession = await one.session;
  await shows(/Type to talk/);
  session.tell({
    type: "message",
    id: `${BOB.id}-1`,
    from: BOB,
    kind: "text",
    text: "gone soon",
    time: "2026-01-01T12:00:00Z",
    replyTo: null,
    to: null,
    gap: false,
  });
  await shows(/gone soon/);
  const [tab] = app.tabs.all;
  assert.ok(tab !== undefined);
  line("/join lobby secret");
  await shows(/\[2 lobby\]/);
  const before = app.panes.kept(tab);
  session.tell({ type: "expired", ids: [`${BOB.id}-1`] });
  await until(() => app.panes.kept(tab) === before - 1);
  line("/quit");
  await status;
});

Deno.test("nothing is called encrypted before one is in the room", async () => {
  const { shows, text, line, status } = start(() => new Promise(() => {}));
  await shows(/connecting|entering/); // its way in never ends
  assert.doesNotMatch(await text(), /encrypted/);
  line("/quit");
  void status;
});

Deno.test("/privacy opens its window and adds no line", async () => {
  const door = openDoor();
  const { app, terminal, line, shows, status } = start(door.entrance);
  const session = await door.session;
  await shows(/Type to talk/);
  const before = app.tabs.current?.model.entries.length;
  line("/privacy");
  await session.received(1);
  session.tell({ type: "privacy", typing: true, presence: true, receipts: true });
  await shows(/Esc: close/);
  assert.equal(app.tabs.current?.model.entries.length, before);
  terminal.type("\x1b");
  line("/quit");
  assert.equal(await status, 0);
});

Deno.test("/join completes the names of the rooms that /list has shown", async () => {
  const door = openDoor();
  const desk = fakeDesk({ listed: ["lounge"] });
  const { terminal, shows, status, line } = start(door.entrance, { desk });
  await shows(/Type to talk/);
  terminal.type("/join lou\t");
  await shows(/\/join lounge/);
  terminal.type("\x15");
  line("/quit");
  await status;
});
