import assert from "node:assert/strict";
import { createRoom, joinRoom, type RoomSession, type SessionEvent } from "../../client/mod.ts";
import { openRelay } from "../../relay/mod.ts";
import { settle } from "../settle.ts";

const NEWCOMERS = 12;
const WARNINGS: readonly SessionEvent["type"][] = [
  "notice",
  "error",
  "lost",
  "equivocation",
  "split_view",
  "knock_failed",
  "member_unconfirmed",
];

Deno.test("many that come in at once, through different members, all confirm each other without a false alarm", async () => {
  const relay = await openRelay({ port: 0 });
  const known = new Map<string, Set<string>>();
  const warnings: SessionEvent[] = [];
  let code = "";
  let wake = (): void => {};
  const listen = (nick: string): (event: SessionEvent) => void => {
    const others = new Set<string>();
    known.set(nick, others);
    return (event) => {
      if (event.type === "invite") code = event.invite;
      if (event.type === "member_confirmed") others.add(event.nick);
      if (event.type === "member_joined" && nick === "founder") others.add(event.nick);
      if (WARNINGS.includes(event.type)) warnings.push(event);
      wake();
    };
  };
  const url = relay.url;
  const sessions: RoomSession[] = [
    await createRoom({ relay: url, nick: "founder", onEvent: listen("founder") }),
  ];
  const join = async (nick: string): Promise<void> => {
    sessions.push(await joinRoom({ relay: url, nick, code, onEvent: listen(nick) }));
  };
  // A few first, so that the crowd meets several sponsors.
  for (const nick of ["ada", "bob", "cleo"]) await join(nick);
  await Promise.all(Array.from({ length: NEWCOMERS }, (_, i) => join(`guest${i}`)));
  const all = NEWCOMERS + 4;
  while ([...known.values()].some((others) => others.size < all - 1)) {
    await new Promise<void>((resolve) => wake = resolve);
  }
  for (const session of sessions) session.abort();
  await relay.close();
  await settle();
  assert.equal(known.size, all);
  assert.deepEqual(warnings, []);
});
