/** A relay behind Caddy and behind nginx, as `deploy/` configures them, with real clients. */
import assert from "node:assert/strict";
import { createRoom, joinRoom } from "../../client/mod.ts";
import type { RoomSession } from "../../client/commands.ts";
import { denoConnect } from "../../terminal/connect_deno.ts";
import { DEFAULT_LIMITS } from "../../wire/mod.ts";
import { RelayProcess } from "../faults/relay_process.ts";
import { Events } from "../helpers.ts";
import { settle } from "../settle.ts";
import { DEPLOY, isInstalled, PROXIES, type Proxy, type ProxyKind, withProxy } from "./_proxies.ts";
import { whileRunning } from "./_server_process.ts";

const PASSWORD = "behind-a-proxy";
const HERE = {
  caddy: await isInstalled("caddy", ["version"]),
  nginx: await isInstalled("nginx", ["-v"]),
};

/** A relay with a password behind a proxy, as OPERATIONS has it. */
async function behind(
  kind: ProxyKind,
  use: (proxy: Proxy) => Promise<void>,
  args: string[] = ["--trust-proxy", "127.0.0.1"],
): Promise<void> {
  const env = { ADMIN_PASSWORD: PASSWORD, PASSWORD_ITERATIONS: "10000" };
  await whileRunning({ args: ["--port", "0", ...args], env }, async (url) => {
    await withProxy(kind, Number(new URL(url).port), use);
  });
}

interface Person {
  session: RoomSession;
  events: Events;
  say(text: string): Promise<void>;
}

/** Two people in a room whose connections go through the proxy. */
async function withPair(proxy: Proxy, use: (ada: Person, bob: Person) => Promise<void>): Promise<void> {
  const people: Person[] = [];
  const common = (events: Events) => ({
    relay: `wss://${proxy.place}/ws`,
    connect: denoConnect({ caCerts: [proxy.ca] }),
    login: { password: PASSWORD },
    onEvent: events.take,
  });
  const enter = async (make: (events: Events) => Promise<RoomSession>): Promise<Person> => {
    const events = new Events();
    const session = await make(events);
    const say = (text: string): Promise<void> => session.run({ command: "send", text });
    const person = { session, events, say };
    people.push(person);
    return person;
  };
  try {
    const ada = await enter((events) => createRoom({ ...common(events), nick: "ada" }));
    const { invite: code } = await ada.events.until("invite");
    const bob = await enter((events) => joinRoom({ ...common(events), nick: "bob", code }));
    await ada.events.until("member_joined");
    await use(ada, bob);
    for (const { session } of people) await session.leave();
  } finally {
    for (const { session } of people) session.abort();
    await settle();
  }
}

const texts = ({ events }: Person): string[] => events.of("message").map(({ text }) => text);
const comesBack = ({ events }: Person): Promise<unknown> =>
  events.until("connection", (event) => event.state === "online" && event.back === true);

/** Asks the proxy over HTTPS, from one of this machine's addresses. */
async function ask(
  proxy: Proxy,
  path: string,
  { from = "127.0.0.1", ...init }: RequestInit & { from?: string } = {},
): Promise<{ status: number; code: string | undefined }> {
  using client = Deno.createHttpClient({ caCerts: [proxy.ca], localAddress: from });
  const response = await fetch(`https://${proxy.place}${path}`, { ...init, client });
  const { error } = await response.json() as { error?: { code: string } };
  return { status: response.status, code: error?.code };
}

const token = (headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}`, ...headers },
  body: new URLSearchParams({ username: "alice" }),
});

for (const kind of PROXIES) {
  const ignore = !HERE[kind];

  Deno.test({
    name: `${kind}: people talk through it by the shipped file, with the longest texts too`,
    ignore,
    fn: () =>
      behind(kind, (proxy) =>
        withPair(proxy, async (ada, bob) => {
          const long = "long ".repeat(26_000);
          await ada.say(long);
          await bob.events.text(long);
          await bob.say("got it");
          await ada.events.text("got it");
        }), ["--trust-proxy", "127.0.0.1", "--max-message-size", "131072"]),
  });

  Deno.test({
    name: `${kind}: a restart of the proxy costs nobody the room, nor a message`,
    ignore,
    fn: () =>
      behind(kind, (proxy) =>
        withPair(proxy, async (ada, bob) => {
          await ada.say("before");
          await bob.events.text("before");
          await proxy.restart();
          const saying = Promise.all([ada.say("after"), bob.say("here too")]);
          await Promise.all([comesBack(ada), comesBack(bob), saying]);
          await Promise.all([bob.events.text("after"), ada.events.text("here too")]);
          assert.deepEqual([texts(ada), texts(bob)], [["here too"], ["before", "after"]]);
          for (const { events } of [ada, bob]) {
            assert.deepEqual([events.of("lost"), events.of("member_left")], [[], []]);
            assert.equal(events.of("joined").length, 1);
          }
        })),
  });

  Deno.test({
    name: `${kind}: a reload of the proxy costs nobody the room, nor a message`,
    ignore,
    fn: () =>
      behind(kind, (proxy) =>
        withPair(proxy, async (ada, bob) => {
          for (const round of [1, 2]) {
            await proxy.reload();
            await Promise.all([ada.say(`ada ${round}`), bob.say(`bob ${round}`)]);
            await bob.events.until("message", ({ text }) => text === `ada ${round}`);
            await ada.events.until("message", ({ text }) => text === `bob ${round}`);
          }
          assert.deepEqual([texts(ada), texts(bob)], [["bob 1", "bob 2"], ["ada 1", "ada 2"]]);
          for (const { events } of [ada, bob]) {
            assert.deepEqual(events.of("lost"), []);
            const cuts = events.of("connection").filter(({ state }) => state === "reconnecting");
            if (kind === "nginx") assert.deepEqual(cuts, []); // its old worker keeps what is open
          }
        })),
  });

  Deno.test({
    name: `${kind}: a relay that is down behind it, and comes back, costs nobody the room, nor a message`,
    ignore,
    fn: async () => {
      const relay = await RelayProcess.start();
      try {
        await withProxy(kind, relay.port, (proxy) =>
          withPair(proxy, async (ada, bob) => {
            await relay.kill();
            // The second try at least has met what the proxy says for a relay that is not there.
            const waits = ({ events }: Person) =>
              events.until("connection", (event) => event.state === "reconnecting" && event.attempt > 2);
            await Promise.all([waits(ada), waits(bob)]);
            await relay.start();
            const saying = Promise.all([ada.say("after"), bob.say("here too")]);
            await Promise.all([comesBack(ada), comesBack(bob), saying]);
            await Promise.all([bob.events.text("after"), ada.events.text("here too")]);
          }));
      } finally {
        await relay.kill();
      }
    },
  });

  Deno.test({
    name: `${kind}: the relay sees the guest's own address, and no header of the guest's changes it`,
    ignore,
    fn: () =>
      behind(kind, async (proxy) => {
        const forged = [
          {},
          { "x-forwarded-for": "127.0.0.3" },
          { "x-forwarded-for": "127.0.0.3", forwarded: "for=127.0.0.3", "x-real-ip": "127.0.0.3" },
          { forwarded: "for=127.0.0.3;proto=https" },
        ];
        for (const headers of forged) {
          const denied = await ask(proxy, "/health", { from: "127.0.0.2", headers });
          assert.deepEqual([denied.status, denied.code], [403, "banned"]);
          const other = { ...headers, "x-forwarded-for": "127.0.0.2" };
          assert.equal((await ask(proxy, "/health", { from: "127.0.0.3", headers: other })).status, 200);
        }
      }, ["--trust-proxy", "127.0.0.1", "--deny", "127.0.0.2"]),
  });

  Deno.test({
    name: `${kind}: what came by https may make tokens, unless the proxy is not trusted`,
    ignore,
    fn: async () => {
      await behind(kind, async (proxy) => {
        const made = await ask(proxy, "/generate_token", { from: "127.0.0.3", ...token() });
        assert.equal(made.status, 200);
        const lie = token({ "x-forwarded-proto": "http" });
        assert.equal((await ask(proxy, "/generate_token", { from: "127.0.0.3", ...lie })).status, 200);
      });
      await behind(kind, async (proxy) => {
        const { status, code } = await ask(proxy, "/generate_token", token());
        assert.deepEqual([status, code], [403, "not_encrypted"]);
      }, []);
    },
  });
}

Deno.test("nginx lets a connection be silent for three times as long as clients are by default", async () => {
  const text = await Deno.readTextFile(new URL("nginx.conf", DEPLOY));
  for (const what of ["proxy_read_timeout", "proxy_send_timeout"]) {
    const [, seconds = "0"] = new RegExp(`^\\s*${what} (\\d+)s;`, "m").exec(text) ?? [];
    assert.ok(Number(seconds) * 1_000 > 3 * DEFAULT_LIMITS.heartbeatIntervalMs, what);
    assert.ok(Number(seconds) * 1_000 > DEFAULT_LIMITS.heartbeatTimeoutMs, what);
  }
});
