import assert from "node:assert/strict";
import { Entrances } from "./entrances.ts";
import { TabWays } from "./app/tab_ways.ts";
import { ClientError } from "../client/errors.ts";
import { RelayAccess, type RelayOptions, type RelaySettings } from "./relay_access.ts";
import { openRelay } from "../relay/mod.ts";
import { createRoom } from "../client/session.ts";

Deno.test("every tab keeps its own relay, and codes typed in it are looked for there", async () => {
  const [one, two] = [await openRelay({ port: 0 }), await openRelay({ port: 0 })];
  const access = new RelayAccess({ relay: one.url });
  const first = new TabWays(new Entrances({ access, nick: "alice" }));
  const signal = new AbortController().signal;
  const onEvent = (): void => {};
  let invite = "";
  const other = await createRoom({
    relay: two.url,
    nick: "bob",
    onEvent: (event) => {
      if (event.type === "invite") invite = event.invite;
    },
  });
  const second = first.beside();
  const joined = await second.join({ code: invite })({ onEvent, signal });
  assert.equal(second.relay, two.url);
  assert.notEqual(first.relay, two.url);
  assert.equal(second.beside().relay, two.url);
  assert.equal(second.desk.place, new URL(two.url).host);
  assert.notEqual(first.desk.place, second.desk.place);
  assert.equal(access.logins, second.beside() && access.beside().logins);
  for (const session of [joined, other]) {
    session.abort();
    await session.ended;
  }
  await one.close();
  await two.close();
});

Deno.test("a tab that has brought its own relay leaves the others at theirs when it is done", () => {
  const access = new RelayAccess({ relay: "127.0.0.1:4443" });
  const tab = access.beside();
  const before = access.current;
  tab.use("ws://127.0.0.1:5555/ws");
  const further = tab.beside();
  tab.reset();
  assert.equal(access.current, before);
  assert.equal(tab.current, before);
  assert.equal(further.current, "ws://127.0.0.1:5555/ws");
});

Deno.test("without a name the relay is the one that the client came from, and logins wait for the first that is gone to", () => {
  const home = "https://relay.example";
  const access = new RelayAccess({ home });
  assert.deepEqual([access.current, access.isNamed, access.logins.place], [
    "wss://relay.example/ws",
    true,
    null,
  ]);
  assert.equal(new RelayAccess({ home, usualRelay: "ws://u:1" }).current, "ws://u:1/ws");
  assert.equal(new RelayAccess({ home, relay: "ws://r:1", usualRelay: "ws://u:1" }).current, "ws://r:1/ws");
});

Deno.test("RelayAccess goes over to TLS on this computer when nobody has written ws://, and nowhere else", async () => {
  const visit = async (settings: RelaySettings): Promise<string[]> => {
    const tried: string[] = [];
    const access = new RelayAccess(settings);
    const run = ({ relay }: RelayOptions): Promise<string> => {
      tried.push(relay);
      const refusal = new ClientError("needs_tls", "Cannot reach the relay: it speaks TLS", { status: 3 });
      return relay.startsWith("wss:") ? Promise.resolve("in") : Promise.reject(refusal);
    };
    await access.at(run, () => {}).catch((error) => tried.push(error.code));
    return tried;
  };
  const here = ["ws://127.0.0.1:4443/ws", "wss://127.0.0.1:4443/ws"];
  assert.deepEqual(await visit({}), here);
  assert.deepEqual(await visit({ relay: "127.0.0.1" }), here);
  assert.deepEqual(await visit({ relay: "ws://127.0.0.1:4443" }), [here[0], "needs_tls"]);
  for (const host of ["localhost.evil.example", "127.evil.example", "relay.example"]) {
    assert.deepEqual(await visit({ relay: host }), [`ws://${host}:4443/ws`, "needs_tls"]);
  }
});
