import assert from "node:assert/strict";
import { createRoom, type SessionEvent } from "../client/mod.ts";
import { lanAddress } from "../relay/lan_address.ts";
import { openEmbeddedRelay } from "./embedded_relay.ts";

const card = (
  name: string,
  address: string,
  family: "IPv4" | "IPv6" = "IPv4",
): Deno.NetworkInterfaceInfo => ({
  name,
  address,
  family,
  netmask: "",
  scopeid: null,
  cidr: "",
  mac: "",
});

Deno.test("lanAddress() prefers a home network to a container's, and knows when there is none", () => {
  const cards = [
    card("lo", "127.0.0.1"),
    card("docker0", "172.17.0.1"),
    card("eth0", "fe80::1", "IPv6"),
    card("eth1", "10.0.0.7"),
    card("wlan0", "192.168.1.23"),
  ];
  assert.equal(lanAddress(cards), "192.168.1.23");
  assert.equal(lanAddress(cards.slice(0, 4)), "10.0.0.7");
  assert.equal(lanAddress(cards.slice(0, 2)), "172.17.0.1");
  assert.equal(lanAddress(cards.slice(0, 1)), null);
});

Deno.test("openEmbeddedRelay() refuses a port in use that was asked for, with what to do", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await assert.rejects(openEmbeddedRelay({ lan: false, port }), { code: "port_in_use", status: 1 });
  taken.close();
});

Deno.test("openEmbeddedRelay() opens a relay and says where", async () => {
  const relay = await openEmbeddedRelay({ lan: false, port: 0 });
  try {
    assert.match(relay.url, /^ws:\/\/127\.0\.0\.1:\d+\/ws$/);
    assert.ok(relay.message?.includes(new URL(relay.url).host));
    const health = await fetch(relay.url.replace("ws:", "http:").replace(/ws$/, "health"));
    assert.equal((await health.json()).status, "healthy");
  } finally {
    await relay.close();
  }
});

Deno.test("a relay inside a client says why it ends to those who are still there", async () => {
  const relay = await openEmbeddedRelay({ lan: false, port: 0 });
  const told: SessionEvent[] = [];
  const lost = Promise.withResolvers<void>();
  const session = await createRoom({
    relay: relay.url,
    nick: "bob",
    onEvent: (event) => {
      told.push(event);
      if (event.type === "connection" && event.state === "reconnecting") lost.resolve();
    },
  });
  await relay.close();
  await lost.promise;
  const notice = told.find((event) => event.type === "notice");
  assert.match(
    notice?.type === "notice" ? notice.message : "",
    /ran in the program of a member who has left/,
  );
  session.abort();
  await session.ended;
});
