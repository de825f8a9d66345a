/** Whole sessions at a relay that asks for a login: founding, joining, coming back, and being shown out. */
import assert from "node:assert/strict";
import {
  createRoom,
  joinRoom,
  type LoginBook,
  type Logins,
  registerAccount,
  type RoomSession,
} from "../../client/mod.ts";
import { AccessDesk, type AccessOptions } from "../../relay/access_desk.ts";
import { AccessTokens } from "../../relay/access_tokens.ts";
import { Accounts } from "../../relay/accounts.ts";
import { Relay } from "../../relay/mod.ts";
import { PasswordVerifier } from "../../relay/password.ts";
import {
  connectInMemory,
  Events,
  JumpClock,
  keysAtRest,
  type MemorySocket,
  refusalOf,
  turns,
} from "../helpers.ts";
import { settle } from "../settle.ts";

const FAST = { iterations: 10_000 };
const RELAY = "ws://127.0.0.1:4443/ws";

/** A relay behind a desk, and people at it. */
class Club {
  readonly clock = new JumpClock();
  readonly tokens = new AccessTokens();
  desk!: AccessDesk;
  relay!: Relay;
  readonly sockets: MemorySocket[] = [];
  readonly #sessions: RoomSession[] = [];

  async open(password: string, more: Partial<AccessOptions> = {}): Promise<void> {
    const old = this.relay as Relay | undefined;
    const verifier = await PasswordVerifier.create(password, FAST);
    this.desk = new AccessDesk({
      password: verifier,
      tokens: this.tokens,
      accountIterations: 10_000,
      ...more,
    });
    this.relay = new Relay({ access: this.desk, clock: this.clock });
    for (const socket of this.sockets.splice(0)) socket.break();
    await old?.close();
  }

  readonly connect = (): Promise<MemorySocket> => {
    const socket = connectInMemory(this.relay);
    this.sockets.push(socket);
    return Promise.resolve(socket);
  };

  /** How people get a socket. */
  connectAs: () => Promise<MemorySocket> = () => this.connect();

  async person(
    nick: string,
    login: Logins | LoginBook,
    code?: string,
  ): Promise<{ session: RoomSession; events: Events }> {
    const events = new Events();
    const common = {
      relay: RELAY,
      nick,
      clock: this.clock,
      connect: () => this.connectAs(),
      onEvent: events.take,
      login,
    };
    const session = code === undefined ? await createRoom(common) : await joinRoom({ ...common, code });
    this.#sessions.push(session);
    return { session, events };
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.abort();
    await keysAtRest();
    await this.relay.close();
    await turns();
    await settle();
  }
}

async function inClub(test: (club: Club) => Promise<void>): Promise<void> {
  const club = new Club();
  await club.open("open sesame");
  try {
    await test(club);
  } finally {
    await club.close();
  }
}

Deno.test("people meet at a relay with a password, and come back to it without being asked again", () =>
  inClub(async (club) => {
    const ada = await club.person("ada", { password: "open sesame" });
    const { invite } = await ada.events.until("invite");
    const { token } = club.tokens.create({ name: "bob", ttlMs: 60_000 });
    const bob = await club.person("bob", { token }, invite);
    await ada.events.until("member_joined");
    for (const socket of club.sockets) socket.break();
    for (const { events } of [ada, bob]) {
      await events.until("connection", (e) => e.state === "online" && "back" in e);
    }
    await bob.session.run({ command: "send", text: "still here" });
    await ada.events.text("still here");
    assert.match(
      await refusalOf(club.person("eve", {}, invite)),
      /^auth_required 1: .*its password or an access/,
    );
    assert.match(await refusalOf(club.person("eve", { password: "barley" }, invite)), /^auth_failed 1: /);
  }));

Deno.test("a session whose relay has another password now ends, and says why", () =>
  inClub(async (club) => {
    const ada = await club.person("ada", { password: "open sesame" });
    await club.open("open barley");
    const { status, code, message } = await ada.session.ended;
    assert.deepEqual([status, code], [1, "auth_failed"]);
    assert.match(message, /^Cannot log in: the relay says that this is not its password/);
  }));

Deno.test("who came in by a token that is revoked is shown out, and does not come back", () =>
  inClub(async (club) => {
    const { token, id } = club.tokens.create({ name: "ada", ttlMs: 60_000 });
    const ada = await club.person("ada", { token });
    const connections = club.sockets.length;
    assert.ok(club.desk.revokeToken(id));
    const { status, code, message } = await ada.session.ended;
    assert.deepEqual([status, code], [1, "logged_out"]);
    assert.match(message, /^The relay ended the connection: The login .* is no longer valid/);
    assert.equal(club.sockets.length, connections);
  }));

Deno.test("an account that was just registered founds a room where only accounts may", () =>
  inClub(async (club) => {
    await club.open("open sesame", { accounts: new Accounts(), accountOnly: true });
    const { connect, clock } = club;
    assert.match(await refusalOf(club.person("ada", { password: "open sesame" })), /^account_required 1: /);
    const account = { name: "ada", password: "ada's own" };
    await registerAccount(RELAY, account, { connect, clock, login: { password: "open sesame" }, ...FAST });
    const { session } = await club.person("ada", { account });
    assert.ok(session);
  }));

Deno.test("a room founded while the relay shuts down waits for its successor, and says so", () =>
  inClub(async (club) => {
    club.relay.control.drain("Back in a moment.");
    const events = new Events();
    const { clock, connect } = club;
    const login = { password: "open sesame" };
    const founding = createRoom({ relay: RELAY, nick: "ada", clock, connect, onEvent: events.take, login });
    const waiting = await events.until("connection", ({ state }) => state === "reconnecting");
    assert.ok(waiting.state === "reconnecting" && waiting.retryMs >= 1_000);
    assert.match(waiting.reason, /shutting down and takes no new rooms/);
    await club.open("open sesame");
    await clock.jump(waiting.retryMs + 1);
    const session = await founding;
    await events.until("joined");
    session.abort();
  }));

Deno.test("what the operator tells everybody is a notice", () =>
  inClub(async (club) => {
    const ada = await club.person("ada", { password: "open sesame" });
    club.relay.control.drain("Back in a moment.");
    const { message } = await ada.events.until("notice", ({ code }) => code === "relay_draining");
    assert.match(message, /^The relay says: .*Back in a moment\.$/);
  }));

Deno.test("a room that the operator closes while a member is away ends for that one too, who does not ask for ever", () =>
  inClub(async (club) => {
    const ada = await club.person("ada", { password: "open sesame" });
    const { invite } = await ada.events.until("invite");
    await club.person("bob", { password: "open sesame" }, invite);
    await ada.events.until("member_joined");
    const [first] = club.sockets;
    const open = club.connect;
    let away = true;
    club.connectAs = () => away ? Promise.reject(new Error("no way")) : open();
    first?.break();
    await ada.events.until("connection", ({ state }) => state === "reconnecting");
    for (const { id } of club.relay.control.rooms()) assert.ok(club.relay.control.closeRoom(id));
    away = false;
    await club.clock.jump(60_000);
    const { status, code, message } = await ada.session.ended;
    assert.deepEqual([status, code], [1, "room_closed"]);
    assert.match(message, /closed this room/);
    const connections = club.sockets.length;
    await club.clock.jump(600_000);
    assert.equal(club.sockets.length, connections);
  }));

Deno.test("a room that the operator closes ends for everybody in it, who are told so", () =>
  inClub(async (club) => {
    const ada = await club.person("ada", { password: "open sesame" });
    const { invite } = await ada.events.until("invite");
    const bob = await club.person("bob", { password: "open sesame" }, invite);
    const connections = club.sockets.length;
    for (const { id } of club.relay.control.rooms()) assert.ok(club.relay.control.closeRoom(id));
    for (const { session } of [ada, bob]) {
      const { status, code, message } = await session.ended;
      assert.deepEqual([status, code], [1, "room_closed"]);
      assert.match(message, /The relay's operator has closed this room/);
    }
    assert.equal(club.sockets.length, connections);
  }));
