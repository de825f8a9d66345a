import assert from "node:assert/strict";
import { FakeClock } from "../tests/helpers.ts";
import { ConnectionNotes } from "./connection_notes.ts";
import { UnderWay } from "./under_way.ts";

interface Watched {
  clock: FakeClock;
  notes: ConnectionNotes;
  underWay: UnderWay;
  said: string[];
  lose: (retryMs: number, about?: { reason?: string; unsent?: number }) => void;
  back: () => void;
  /** Something else happens. */
  observe: ConnectionNotes["observe"];
}

function watch(options: { giveUpMs?: number } = {}): Watched {
  const clock = new FakeClock();
  const said: string[] = [];
  const underWay = new UnderWay(clock);
  const notes = new ConnectionNotes({ clock, underWay, say: (text) => said.push(text), ...options });
  const observe = (event: Parameters<ConnectionNotes["observe"]>[0]): void => {
    underWay.observe(event);
    notes.observe(event);
  };
  let attempt = 0;
  return {
    observe,
    clock,
    notes,
    underWay,
    said,
    lose: (retryMs, about = {}) =>
      observe({
        type: "connection",
        state: "reconnecting",
        reason: "the connection was cut",
        attempt: ++attempt,
        retryMs,
        unsent: 0,
        ...about,
      }),
    back: () => observe({ type: "connection", state: "online", back: true }),
  };
}

Deno.test("ConnectionNotes says nothing of a loss that heals within a second", () => {
  const { clock, notes, said, lose, back } = watch();
  lose(200);
  clock.advance(700);
  lose(400);
  clock.advance(200);
  back();
  clock.advance(60_000);
  assert.deepEqual(said, []);
  assert.equal(notes.told, false);
  assert.equal(clock.waiting, 0);
});

Deno.test("ConnectionNotes says once why, when it tries next, what waits, and that it is back", () => {
  const { clock, notes, said, lose, back } = watch();
  lose(300);
  clock.advance(500);
  lose(2_500, { unsent: 3 });
  clock.advance(500);
  assert.deepEqual(said, ["Reconnecting… (the connection was cut; next try in 2 s; 3 messages wait)"]);
  lose(4_000);
  lose(8_000);
  back();
  assert.deepEqual(said.slice(1), ["Back."]);
  assert.ok(notes.told);
});

Deno.test("ConnectionNotes counts what has been typed since, and tells at once when asked to", () => {
  const { notes, underWay, said, lose } = watch();
  lose(0);
  underWay.add({ command: "send", text: "x" }, new Promise(() => {}));
  notes.tellNow();
  notes.tellNow();
  assert.deepEqual(said, ["Reconnecting… (the connection was cut; trying now; 1 message waits)"]);
  notes.dispose();
});

Deno.test("ConnectionNotes tells a long loss rarely: when the wait has grown, and then ever less often", () => {
  const { clock, said, lose, back } = watch();
  const tries = [300, 600, 1_000, 2_000, 4_000, 8_000, 16_000];
  for (const wait of tries) {
    lose(wait, { reason: "Cannot reach the relay at h:1: nothing listens there; start one" });
    clock.advance(wait);
  }
  assert.deepEqual(said, [
    "Reconnecting… (nothing listens there; next try in 1 s)",
    "Still reconnecting after 16 s… (nothing listens there; next try in 16 s). /reconnect tries now.",
  ]);
  for (let minute = 0; minute < 60; minute++) {
    lose(30_000);
    clock.advance(30_000);
    lose(30_000);
    clock.advance(30_000);
  }
  assert.equal(said.length, 2 + 6);
  assert.match(
    said.at(-1) ?? "",
    /^Still reconnecting after \d+ min… \(the connection was cut; next try in 30 s\)\. \/reconnect tries now\.$/,
  );
  back();
  assert.equal(said.at(-1), "Back after 1 h 1 min.");
});

Deno.test("ConnectionNotes says when it gives up, and nothing after the end", () => {
  const { clock, notes, said, lose } = watch({ giveUpMs: 600_000 });
  lose(1_500);
  clock.advance(1_000);
  assert.deepEqual(said, ["Reconnecting… (the connection was cut; next try in 1 s; giving up in 10 min)"]);
  notes.observe({ type: "ended", status: 3, code: "gave_up", message: "" });
  lose(1_000);
  notes.observe({ type: "ended", status: 3, code: "gave_up", message: "" });
  clock.advance(10_000);
  assert.equal(said.length, 1);
});

Deno.test("ConnectionNotes: on the way into a room, a connection that is there again ends what is told of its loss", () => {
  const { clock, said, lose, observe } = watch();
  observe({ type: "connection", state: "connecting" });
  observe({ type: "connection", state: "online" });
  lose(300);
  observe({ type: "connection", state: "online" });
  clock.advance(5_000);
  assert.deepEqual(said, [], "a hiccup, and the member at the door is waited for now");
  lose(4_000, {
    reason: "The relay refused: The relay is shutting down; try again in a moment. Try again in 4 s.",
  });
  clock.advance(1_000);
  observe({ type: "connection", state: "online" });
  assert.deepEqual(said.splice(0), [
    "Reconnecting… (The relay refused: The relay is shutting down; next try in 3 s)",
    "Back.",
  ]);
  assert.equal(clock.waiting, 0);
  observe({ type: "joined", room: "r", me: { id: "a", nick: "a" }, members: [], founded: false, topic: "" });
  lose(4_000);
  observe({ type: "connection", state: "online" }); // of another connection, such as to the desk
  clock.advance(1_000);
  assert.deepEqual(said, ["Reconnecting… (the connection was cut; next try in 3 s)"]);
});
