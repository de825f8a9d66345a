import assert from "node:assert/strict";
import { LEAVE_MS } from "../../client/leaving.ts";
import { createRoom, joinRoom, type SessionEvent } from "../../client/mod.ts";
import type { Room } from "../../client/room.ts";
import { openRelay } from "../../relay/mod.ts";

Deno.test("everybody sees a newcomer leave that leaves as soon as it is in", async () => {
  const relay = await openRelay({ port: 0 });
  const log = new Map<string, SessionEvent[]>();
  let wake = (): void => {};
  const listen = (nick: string) => (event: SessionEvent): void => {
    log.set(nick, [...log.get(nick) ?? [], event]);
    wake();
  };
  const until = async (test: () => boolean): Promise<void> => {
    while (!test()) await new Promise<void>((resolve) => wake = resolve);
  };
  const told = (nick: string, type: SessionEvent["type"]): SessionEvent[] =>
    (log.get(nick) ?? []).filter((event) => event.type === type);
  const founder = await createRoom({ relay: relay.url, nick: "alice", onEvent: listen("alice") });
  const [invite] = told("alice", "invite");
  const code = invite?.type === "invite" ? invite.invite : "";
  const members = [founder];
  for (const nick of ["bob", "carol"]) {
    members.push(await joinRoom({ relay: relay.url, nick, code, onEvent: listen(nick) }));
  }
  await until(() => told("carol", "member_confirmed").length === 2);
  const dave = await joinRoom({ relay: relay.url, nick: "dave", code, onEvent: listen("dave") });
  await dave.leave();
  for (const nick of ["alice", "bob", "carol"]) {
    await until(() => told(nick, "member_left").length === 1);
    assert.deepEqual(told(nick, "member_left").map((e) => e.type === "member_left" && e.reason), ["left"]);
  }
  for (const member of members) member.abort();
  await relay.close();
});

Deno.test("whoever leaves right after somebody came in hears at once that the goodbye has arrived", async () => {
  const relay = await openRelay({ port: 0 });
  let code = "";
  const founder = await createRoom({
    relay: relay.url,
    nick: "alice",
    onEvent: (event) => {
      if (event.type === "invite") code = event.invite;
    },
  });
  const gone = Promise.withResolvers<SessionEvent>();
  const bob = await joinRoom({
    relay: relay.url,
    nick: "bob",
    code,
    onEvent: (event) => {
      if (event.type === "member_left") gone.resolve(event);
    },
  });
  let gaveUp = false;
  const patience = setTimeout(() => gaveUp = true, LEAVE_MS);
  await founder.leave();
  clearTimeout(patience);
  assert.equal(gaveUp, false);
  const event = await gone.promise;
  assert.equal(event.type === "member_left" && event.reason, "left");
  bob.abort();
  await bob.ended;
  await relay.close();
});

Deno.test("whoever ends at once has left, not lost the connection, and its keys are gone before that", async () => {
  const relay = await openRelay({ port: 0 });
  let code = "";
  const told: SessionEvent[] = [];
  const gone = Promise.withResolvers<void>();
  const settled = Promise.withResolvers<void>();
  const founder = await createRoom({
    relay: relay.url,
    nick: "alice",
    onEvent: (event) => {
      if (event.type === "invite") code = event.invite;
      if (event.type === "message") settled.resolve();
      told.push(event);
      if (event.type === "member_left" || event.type === "member_away") gone.resolve();
    },
  });
  const bob = await joinRoom({ relay: relay.url, nick: "bob", code });
  await bob.run({ command: "send", text: "one" });
  await settled.promise;
  void bob.run({ command: "send", text: "two" }).catch(() => {}); // it may be lost, and must leave no gap
  bob.abort();
  await assert.rejects(bob.run({ command: "send", text: "three" }), { code: "ended" });
  assert.equal((bob as Room).sender.chains.chain, null);
  await assert.rejects((bob as Room).parts.identity.sign("x"), { code: "disposed" });
  await gone.promise;
  const event = told.find(({ type }) => type === "member_left");
  assert.equal(event?.type === "member_left" && event.reason, "left");
  assert.equal((await bob.ended).code, "left");
  founder.abort(); // alone by now: there is nobody to tell
  assert.equal((await founder.ended).status, 0);
  await relay.close();
});
