import assert from "node:assert/strict";
import { ClientError, type LoginMethod } from "../client/errors.ts";
import { turns } from "../tests/helpers.ts";
import { OverlayStack } from "./app/overlay.ts";
import { ScreenIo } from "./app/screen_io.ts";
import { type Asker, RelayDoor } from "./relay_door.ts";
import { RelayLogins } from "./relay_logins.ts";
import { readAll } from "./view/_rows.ts";

const HERE = "ws://relay.test:4443/ws";
const ALL: readonly LoginMethod[] = ["password", "token", "account"];

/** Somebody who gives these answers, one after the other. */
function somebody(...answers: (string | null)[]): Asker & { asked: string[]; told: string[] } {
  const [asked, told]: [string[], string[]] = [[], []];
  return {
    asked,
    told,
    ask: (question, { secret }) => {
      asked.push(`${question}${secret ? "*" : ""}`);
      return Promise.resolve(answers.shift() ?? null);
    },
    say: (text) => told.push(text),
  };
}

/** A relay that lets in whoever has the right login, and counts the tries. */
function relay(
  logins: RelayLogins,
  right: { password?: string; account?: string },
  methods: readonly LoginMethod[] = ALL,
): { enter: () => Promise<string>; tries: () => number } {
  let tries = 0;
  const enter = (): Promise<string> => {
    tries++;
    const { password, account } = logins.of(HERE).logins;
    if (right.account !== undefined && account?.name === right.account) return Promise.resolve("in");
    if (right.password !== undefined && password === right.password) return Promise.resolve("in");
    const given = password ?? account;
    const code = given === undefined ? "auth_required" : "auth_failed";
    return Promise.reject(new ClientError(code, `Cannot come in: ${code}`, { methods }));
  };
  return { enter, tries: () => tries };
}

const unheard = { tell: (): void => assert.fail("nothing was to be told") };

Deno.test("RelayDoor asks for a password, three times at most, and keeps the right one", async () => {
  const logins = new RelayLogins({}, undefined);
  const asker = somebody("one", "two", "sesame");
  const { enter, tries } = relay(logins, { password: "sesame" });
  assert.equal(await new RelayDoor(logins, asker).through(HERE, enter, unheard), "in");
  assert.equal(tries(), 4);
  assert.deepEqual(asker.asked[0], "This relay asks for a password (Enter for an account instead): *");
  assert.equal(asker.told.length, 2);
  const others = new RelayLogins({}, undefined);
  const wrong = somebody("one", "two", "three", "sesame");
  const door = new RelayDoor(others, wrong);
  await assert.rejects(door.through(HERE, relay(others, { password: "sesame" }).enter, unheard), {
    code: "auth_failed",
    status: 1,
  });
  assert.equal(wrong.asked.length, 3);
});

Deno.test("RelayDoor asks for an account where the relay takes nothing else, or the person prefers it", async () => {
  for (const [methods, answers] of [[["account"], []], [ALL, [""]]] as const) {
    const logins = new RelayLogins({}, undefined);
    const asker = somebody(...answers, "ada", "hunter2");
    const { enter } = relay(logins, { account: "ada" }, methods);
    assert.equal(await new RelayDoor(logins, asker).through(HERE, enter, unheard), "in");
    assert.equal(asker.asked.at(-1), "Password of the account ada: *");
  }
});

Deno.test("RelayDoor takes no answer for giving up, and says what could have been given", async () => {
  for (const answer of ["", null]) {
    const logins = new RelayLogins({}, undefined);
    const door = new RelayDoor(logins, somebody(answer));
    const { enter, tries } = relay(logins, {}, ["password", "token"]);
    await assert.rejects(door.through(HERE, enter, unheard), {
      code: "auth_required",
      message: "Cannot come in: the relay at relay.test:4443 asks for a login; give its password " +
        "(--relay-password-file FILE or SOTTO_RELAY_PASSWORD) or a token (SOTTO_TOKEN or --token TOKEN)",
    });
    assert.equal(tries(), 1);
  }
});

Deno.test("RelayDoor asks once more for a password that was typed and is wrong, and for nothing else", async () => {
  const logins = new RelayLogins({ password: "sesam", typed: "password" }, undefined);
  const asker = somebody("sesamee", "sesame");
  const { enter } = relay(logins, { password: "sesame" });
  assert.equal(await new RelayDoor(logins, asker).through(HERE, enter, unheard), "in");
  assert.deepEqual(asker.asked, ["The relay's password: *", "The relay's password: *"]);
  assert.equal(asker.told.length, 2);
  const account = { name: "ada", password: "slip" };
  const other = new RelayLogins({ account, typed: "account" }, undefined);
  const person = somebody("her own words", "");
  const refuse = (): Promise<never> => Promise.reject(new ClientError("auth_failed", "Cannot come in"));
  await assert.rejects(new RelayDoor(other, person).through(HERE, refuse, unheard), { code: "auth_failed" });
  assert.deepEqual(person.asked, ["Password of the account ada: *", "Password of the account ada: *"]);
  assert.equal(other.of(HERE).logins.account?.password, "her own words");
});

Deno.test("RelayDoor does not ask when what was given in advance is wrong", async () => {
  const logins = new RelayLogins({ password: "wrong" }, undefined);
  const asker = somebody("sesame");
  const { enter } = relay(logins, { password: "sesame" });
  await assert.rejects(new RelayDoor(logins, asker).through(HERE, enter, unheard), { code: "auth_failed" });
  assert.deepEqual(asker.asked, []);
});

Deno.test("RelayDoor uses the last word of connect only where its own relay asks for a password, and says so", async () => {
  const logins = new RelayLogins({ word: "sesame" }, HERE);
  const told: string[] = [];
  const tell = (code: string, message: string): void => void told.push(`${code}: ${message}`);
  const { enter } = relay(logins, { password: "sesame" });
  assert.equal(await new RelayDoor(logins, null).through(HERE, enter, { tell }), "in");
  assert.deepEqual(told, [
    "shared_password: The relay's operator knows this room's password, as it is the relay's as well",
  ]);
  const others = new RelayLogins({ word: "sesame" }, "ws://elsewhere.test:4443/ws");
  const { enter: second } = relay(others, { password: "sesame" });
  await assert.rejects(new RelayDoor(others, null).through(HERE, second, unheard), {
    message: /What you have given is for elsewhere\.test:4443; to use it here, name this relay with --relay$/,
  });
});

Deno.test("RelayDoor passes on what has nothing to do with logins", async () => {
  const door = new RelayDoor(new RelayLogins({}, undefined), somebody("x"));
  const full = new ClientError("room_full", "Cannot join: the room is full");
  await assert.rejects(door.through(HERE, () => Promise.reject(full), unheard), full);
});

Deno.test("RelayLogins shows a login to no other relay than the one that it is for", () => {
  const bound = new RelayLogins({ password: "pw", token: crypto.randomUUID() }, HERE);
  assert.deepEqual(bound.of("wss://elsewhere.test/ws").logins, {});
  assert.equal(bound.of(HERE).logins.password, "pw");
  const first = new RelayLogins({ password: "pw" }, undefined);
  assert.equal(first.of("wss://elsewhere.test/ws").logins.password, "pw");
  assert.deepEqual(first.of(HERE).logins, {});
});

Deno.test("RelayLogins.wipe() forgets everything, and refuses what can be no login", () => {
  const logins = new RelayLogins({ password: "pw" }, HERE);
  logins.learn(HERE, { account: { name: "ada", password: "pw" } });
  const book = logins.of(HERE);
  assert.deepEqual(Object.keys(book.logins), ["password", "account"]);
  logins.wipe();
  assert.deepEqual(book.logins, {});
  assert.throws(() => new RelayLogins({ token: "letmein" }, HERE), { code: "bad_login", status: 2 });
});

Deno.test("RelayDoor asks on the full screen as well, and says there what was wrong before", async () => {
  const logins = new RelayLogins({}, undefined);
  const overlays = new OverlayStack(() => {});
  const io = new ScreenIo({ columns: () => 80, show: () => false, overlays });
  const { enter } = relay(logins, { password: "sesame" }, ["password"]);
  const entering = new RelayDoor(logins, io).through(HERE, enter, unheard);
  const asked: string[] = [];
  for (const word of ["wrong", "sesame"]) {
    await turns();
    const prompt = overlays.top ?? assert.fail("nothing is asked");
    asked.push(readAll(prompt.rows({ columns: 80, rows: 24 })).join("|"));
    for (const text of word) overlays.key({ text }, null);
    overlays.key({ key: "enter", ctrl: false, alt: false, shift: false }, "send");
  }
  assert.equal(await entering, "in");
  assert.match(asked[0] ?? "", /^This relay asks for a password:/);
  assert.match(
    asked[1] ?? "",
    /^That was not right, or is no longer valid\.\|This relay asks for a password:/,
  );
});
