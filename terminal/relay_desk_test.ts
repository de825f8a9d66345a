import assert from "node:assert/strict";
import { createRoom } from "../client/session.ts";
import { openRelay } from "../relay/open_relay.ts";
import { settle } from "../tests/settle.ts";
import { RelayAccess } from "./relay_access.ts";
import { RelayDesk } from "./relay_desk.ts";

Deno.test("RelayDesk finds a listed room by its number, and by its name when only one has it", async () => {
  const relay = await openRelay({ port: 0 });
  const access = new RelayAccess({ relay: `127.0.0.1:${relay.port}` });
  const desk = new RelayDesk(access);
  const nothing = (): void => {};
  assert.throws(() => desk.invite("#1"), /Cannot join #1: type \/list first/);
  assert.deepEqual(await desk.list(nothing), []);
  const rooms = [];
  for (const name of ["Deno  Talk", "den", "DEN"]) {
    const listed = Promise.withResolvers<void>();
    rooms.push(
      await createRoom({
        relay: relay.url,
        nick: "ada",
        connect: access.connect(),
        public: name,
        onEvent: (event) => event.type === "notice" && event.code === "public" && listed.resolve(),
      }),
    );
    await listed.promise;
  }
  const [first, second] = await desk.list(nothing);
  assert.equal(desk.invite("#2"), second?.invite);
  assert.equal(desk.invite("deno talk"), first?.invite);
  assert.equal(desk.invite("lobby"), undefined);
  assert.throws(() => desk.invite("den"), /several have this name; type \/join #2 or #3/);
  assert.throws(() => desk.invite("#9"), /no such number/);
  for (const room of rooms) room.abort();
  await relay.close();
  await settle();
});
