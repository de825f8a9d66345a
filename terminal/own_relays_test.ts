import assert from "node:assert/strict";
import type { SessionEvent } from "../client/events.ts";
import { FakeSession } from "./_fakes.ts";
import { OwnRelays } from "./own_relays.ts";

const URL = "ws://127.0.0.1:1/ws";

function session(): FakeSession {
  return new FakeSession({ onEvent: () => {}, signal: new AbortController().signal });
}

Deno.test("a relay inside the client goes on until the last of our rooms on it has ended, and says so", async () => {
  const relays = new OwnRelays();
  let closed = 0;
  relays.add({ url: URL, message: null, close: () => Promise.resolve(void closed++) });
  const told: SessionEvent[] = [];
  let after = 0;
  const onEvent = (event: SessionEvent): void => void told.push(event);
  const first = relays.hold(URL, session(), { onEvent, founder: true, after: () => after++ });
  const second = relays.hold(URL, session(), { onEvent });
  const elsewhere = session();
  assert.equal(relays.hold("ws://other/ws", elsewhere, { onEvent }), elsewhere);
  await first.leave();
  assert.deepEqual([closed, after], [0, 1]);
  assert.deepEqual(told.map((event) => event.type === "notice" && event.code), ["relay_goes_on"]);
  await second.leave();
  assert.equal(closed, 1);
  assert.equal(told.length, 1);
});

Deno.test("a relay inside the client on which no room came about is closed", async () => {
  const relays = new OwnRelays();
  let closed = 0;
  relays.add({ url: URL, message: null, close: () => Promise.resolve(void closed++) });
  await relays.drop(URL);
  await relays.drop(URL);
  assert.equal(closed, 1);
});
