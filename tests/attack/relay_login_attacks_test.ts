/** What a relay, or somebody in its place, can do to those who log in. */
import assert from "node:assert/strict";
import { checkLogin, LoginBook } from "../../client/mod.ts";
import { toHex } from "../../crypto/bytes.ts";
import { deriveScramKeys } from "../../crypto/scram_keys.ts";
import { parseServerFirst } from "../../crypto/scram_messages.ts";
import { AccessDesk } from "../../relay/access_desk.ts";
import { Relay } from "../../relay/mod.ts";
import { PasswordVerifier } from "../../relay/password.ts";
import { SCRAM_ITERATIONS, unpackBatch } from "../../wire/mod.ts";
import { connectInMemory, FakeClock, type MemorySocket, refusalOf, turns } from "../helpers.ts";
import { asks, LoginRelay, verifierOf } from "../login_relay.ts";

const PASSWORD = "correct horse battery staple";
const THERE = "wss://relay.test/ws";
const TEXT = new TextDecoder();

/** Everything that crosses the wire of a socket, both ways. */
function recorded(socket: MemorySocket, onto: Uint8Array[]): MemorySocket {
  const { onSent } = socket;
  socket.onSent = (bytes) => {
    onto.push(bytes.slice());
    onSent(bytes);
  };
  let listener: (bytes: Uint8Array) => void = () => {};
  Object.defineProperty(socket, "onMessage", {
    get: () => (bytes: Uint8Array) => {
      onto.push(bytes.slice());
      listener(bytes);
    },
    set: (next: typeof listener) => listener = next,
  });
  return socket;
}

Deno.test("a relay without the password cannot make a client believe that it has it", async () => {
  const clock = new FakeClock();
  const login = (relay: LoginRelay): Promise<string> =>
    refusalOf(checkLogin(THERE, { connect: relay.connect, clock, login: { password: PASSWORD } }));
  const honest = new LoginRelay();
  honest.password = await verifierOf(PASSWORD);
  assert.equal(await login(honest), "not refused", "the control: who has it is believed");

  // It knows another password, or none, and says whatever it likes in the end.
  const pretender = new LoginRelay();
  pretender.password = await verifierOf("a guess");
  const endings = [
    `v=${btoa("\0".repeat(32))}`,
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    "e=no-resources",
    "",
    "n,,n=,r=x",
  ];
  for (const ending of endings) {
    for (const done of [true, false]) {
      pretender.lieInScram = (message, last) =>
        last ? { message: ending || "x", done } : { message, done: false };
      assert.match(await login(pretender), /^relay_not_proven /, `${ending} ${done}`);
    }
  }

  // It plays the honest relay's words of another login again.
  const first = new LoginRelay();
  first.password = honest.password;
  const words: string[] = [];
  first.lieInScram = (message, done) => {
    words.push(message);
    return { message, done };
  };
  assert.equal(await login(first), "not refused");
  const said = words.filter((word) => word !== "");
  const parrot = new LoginRelay();
  parrot.password = await verifierOf("a guess");
  parrot.lieInScram = (_message, done) => ({ message: said[done ? 1 : 0] ?? "", done });
  assert.match(await login(parrot), /^relay_not_proven /);
});

Deno.test("a relay cannot learn the password from a login", async () => {
  const desk = new AccessDesk({
    password: await PasswordVerifier.create(PASSWORD, { iterations: SCRAM_ITERATIONS.min }),
  });
  const relay = new Relay({ access: desk });
  const wire: Uint8Array[] = [];
  const connect = (): Promise<MemorySocket> => Promise.resolve(recorded(connectInMemory(relay), wire));
  const clock = new FakeClock();
  assert.equal(await checkLogin(THERE, { connect, clock, login: { password: PASSWORD } }), "password");
  assert.match(
    await refusalOf(checkLogin(THERE, { connect, clock, login: { password: `${PASSWORD}!` } })),
    /^auth_failed /,
  );
  await turns();
  const texts = wire.map((bytes) => TEXT.decode(bytes));
  const server = texts.find((text) => /,s=[^,]+,i=\d+/.test(text)) ?? "";
  const { salt, iterations } = parseServerFirst(server.slice(server.indexOf("r=")));
  const keys = await deriveScramKeys(PASSWORD, { salt, iterations });
  const all = wire.map(toHex).join("|");
  assert.ok(
    all.includes(toHex(salt)) || texts.some((text) => text.includes("i=10000")),
    "the login was recorded",
  );
  for (const [name, key] of Object.entries(keys)) {
    assert.ok(!all.includes(toHex(key)), name);
    assert.ok(!texts.some((text) => text.includes(btoa(String.fromCharCode(...key)))), `${name} as base64`);
  }
  for (const word of PASSWORD.split(" ")) assert.ok(!texts.some((text) => text.includes(word)), word);
  await relay.close();
});

Deno.test("a relay cannot make a client spend a minute on iterations", async () => {
  let derived = 0;
  class Counting extends LoginBook {
    override keys(...given: Parameters<LoginBook["keys"]>): ReturnType<LoginBook["keys"]> {
      derived += given[1].iterations;
      return super.keys(...given);
    }
  }
  const clock = new FakeClock();
  const relay = new LoginRelay();
  relay.password = await verifierOf(PASSWORD);
  relay.challenge = asks("required", "password");
  const book = new Counting({ password: PASSWORD });
  const login = (): Promise<string> =>
    refusalOf(checkLogin(THERE, { connect: relay.connect, clock, login: book }));
  for (
    const asked of [
      "1000001",
      "2147483647",
      "4294967296",
      "9999999999",
      "99999999999999999999",
      "1e9",
      "0",
      "1",
    ]
  ) {
    relay.lieInScram = (message, done) => ({
      message: done ? message : message.replace(/i=\d+$/, `i=${asked}`),
      done,
    });
    assert.match(await login(), /^relay_not_proven 1: /, asked);
  }
  assert.equal(derived, 0, "nothing was hashed");
  relay.lieInScram = (message, done) => ({ message, done });
  assert.equal(await login(), "not refused");
  // Nor by asking again and again within one login.
  relay.lieInScram = (message) => ({ message, done: false });
  derived = 0;
  assert.match(await login(), /^relay_not_proven /);
  assert.equal(derived, SCRAM_ITERATIONS.min, "once");
});

Deno.test("a relay cannot get a password's proof from one login to use it in another", async () => {
  const desk = new AccessDesk({
    password: await PasswordVerifier.create(PASSWORD, { iterations: SCRAM_ITERATIONS.min }),
  });
  const relay = new Relay({ access: desk });
  const wire: Uint8Array[] = [];
  const clock = new FakeClock();
  const connect = (): Promise<MemorySocket> => Promise.resolve(recorded(connectInMemory(relay), wire));
  await checkLogin(THERE, { connect, clock, login: { password: PASSWORD } });
  const mine = wire.filter((bytes) => {
    const type = unpackBatch(bytes, { maxBytes: 1e6, maxFrames: 100 })[0]?.[0] ?? 0xff;
    return type < 0x80;
  });
  assert.equal(mine.length, 3, "hello and two steps");
  const thief = connectInMemory(relay);
  const heard: number[] = [];
  thief.onMessage = (bytes) => {
    for (const frame of unpackBatch(bytes, { maxBytes: 1e6, maxFrames: 100 })) heard.push(frame[0] ?? 0);
  };
  for (const bytes of mine) {
    thief.send(bytes);
    await turns();
  }
  assert.deepEqual(heard, [0x81, 0x8b, 0x88], "welcome, the first step, and a refusal");
  await relay.close();
});
