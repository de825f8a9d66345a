/** The client for browsers in a real one, with the terminal's at the other end. Ignored where there is no Chromium. */
import assert from "node:assert/strict";
import { AccessDesk } from "../../relay/access_desk.ts";
import { Accounts } from "../../relay/accounts.ts";
import { AccessTokens } from "../../relay/access_tokens.ts";
import { PasswordVerifier } from "../../relay/password.ts";
import { selfSignedSource } from "../../relay/tls_in_memory.ts";
import { JsonClient } from "./_client_process.ts";
import { Peer } from "./_peer.ts";
import { joinRoomIn, makeRoom, webTest } from "./_web_stage.ts";

webTest(
  "a room made in the browser is joined from the terminal, and texts go both ways",
  async ({ open }) => {
    const page = await open();
    const invite = await makeRoom(page, "webby");
    await using bob = new JsonClient(["join", invite, "--nick", "bob"]);
    await bob.until("joined");
    await page.shows("bob came in");
    await page.say("hello from the browser");
    const { from } = await bob.until("message", ({ text }) => text === "hello from the browser");
    assert.equal((from as { nick: string }).nick, "webby");
    await bob.say({ command: "send", text: "hello from the terminal" });
    await page.shows("hello from the terminal");
    await page.shows("✓✓ delivered");
    assert.deepEqual(page.said, []);
  },
);

webTest(
  "the link of a terminal's room opens in the browser, and its code leaves the address bar",
  async (stage) => {
    await using alice = new JsonClient(["create", "--nick", "alice", "--relay", stage.base]);
    const { invite, code } = await alice.until("invite") as unknown as { invite: string; code: string };
    const payload = invite.split("#")[1] ?? "";
    const page = await stage.open(`#${payload}`);
    await page.shows("You are invited");
    assert.equal(await page.evaluate("location.href"), `${stage.base}/web`);
    assert.ok(!(await page.evaluate<string>("document.documentElement.outerHTML")).includes(payload));
    await joinRoomIn(page, "webby");
    await alice.until("member_joined", ({ nick }) => nick === "webby");
    await page.say("here I am");
    await alice.until("message", ({ text }) => text === "here I am");
    const other = await stage.open();
    await joinRoomIn(other, "second", code);
    await page.shows("second came in");
    await other.say("by the spoken code");
    await alice.until("message", ({ text }) => text === "by the spoken code");
    const asked = [...page.requests, ...other.requests];
    const own = [`${stage.base}/web`, `${stage.base.replace("http", "ws")}/ws`];
    const bare = asked.map((url) => url.split("#")[0] ?? "").filter((url) => !url.startsWith("data:"));
    assert.deepEqual([...new Set(bare)].sort(), own.sort(), "nothing but the page and the relay's WebSocket");
  },
);

webTest(
  "the relay's own page hands an invite on to the browser's client behind the # alone",
  async (stage) => {
    await using alice = await Peer.founds(new URL(stage.base).host, "alice");
    const { invite } = await alice.sees("invite");
    const payload = invite.split("#")[1] ?? "";
    const page = await stage.browser.open(invite);
    await page.shows("You are invited");
    const link = "[...document.querySelectorAll('[data-web]')].find((each) => each.checkVisibility())";
    assert.equal(await page.evaluate(`${link}.href`), `${stage.base}/web#${payload}`);
    await page.evaluate(`${link}.click()`);
    await page.shows("The code of the link has been read");
    await joinRoomIn(page, "webby");
    await alice.sees("member_joined", ({ nick }) => nick === "webby");
    const plain = await stage.browser.open(`${stage.base}/`);
    await plain.shows("Open a room in the browser");
    assert.equal(await plain.evaluate(`${link}.href`), `${stage.base}/web`);
  },
);

webTest(
  "over TLS two pages talk with each other, and a link with http:// leads to the same relay",
  async (stage) => {
    const base = stage.base.replace("http:", "https:");
    const page = await stage.browser.open(`${base}/web`);
    const invite = await makeRoom(page, "ada");
    assert.ok(invite.startsWith(`${base}/#`), invite);
    const other = await stage.browser.open(`${base}/web`);
    await joinRoomIn(other, "grace", invite.replace("https:", "http:"));
    await other.say("hello from the other page");
    await page.shows("hello from the other page");
    await page.say("and back");
    await other.shows("and back");
    assert.deepEqual([...page.requests, ...other.requests].filter((url) => url.startsWith("ws")), [
      `${base.replace("https", "wss")}/ws`,
      `${base.replace("https", "wss")}/ws`,
    ]);
    assert.deepEqual([...page.said, ...other.said], []);
  },
  {
    tls: () => selfSignedSource({ hosts: ["127.0.0.1"] }),
    args: ["--ignore-certificate-errors"],
  },
);

webTest(
  "the public rooms of the relay are listed in the browser, and one of them is entered",
  async (stage) => {
    const page = await stage.open();
    await page.press("Public rooms");
    await page.shows("There are none now.");
    await page.press("Close");
    await using bob = await Peer.founds(new URL(stage.base).host, "bob");
    await bob.run({ command: "topic", text: "<b>all</b> welcome" });
    await bob.run({ command: "public", name: "Deno talk" });
    await page.press("Public rooms");
    await page.shows("1 member: <b>all</b> welcome");
    await page.evaluate("document.querySelector('dialog .person').click()");
    await page.until("document.querySelector('.room')");
    await bob.sees("member_joined");
  },
);

webTest(
  "waiting for a room can be given up in the browser, and a code that is none is told",
  async ({ open }) => {
    const page = await open();
    const phone = { width: 360, height: 740, deviceScaleFactor: 1, mobile: true };
    await page.send("Emulation.setDeviceMetricsOverride", phone);
    await page.write("#code", "41793-copper-lemon-orbit-walnut");
    await page.key("Enter");
    await page.shows("Nobody is there yet");
    const bottom = "document.querySelector('.now').getBoundingClientRect().bottom";
    assert.ok(await page.evaluate<number>(bottom) <= phone.height, "what is waited for is in sight");
    assert.equal(await page.evaluate("document.querySelector('fieldset').disabled"), true);
    await page.press("Give up");
    await page.until("!document.querySelector('fieldset').disabled");
    assert.equal(await page.evaluate("document.activeElement.id"), "code");
    await page.write("#code", "http://x/#abc");
    await page.press("Join");
    await page.shows("This invite is for another relay");
    await page.write("#code", `${await page.evaluate("location.origin")}/#abc`);
    await page.press("Join");
    await page.shows("part of it is missing or mistyped");
    assert.deepEqual(page.said, []);
  },
);

/** Lets in who knows it. */
const PASSWORD = "correct horse battery staple";
const desk = new AccessDesk({
  password: await PasswordVerifier.create(PASSWORD, { iterations: 10_000 }),
  tokens: new AccessTokens(),
});

webTest("a relay that asks for a password asks for it in the browser too", async ({ open }) => {
  const page = await open();
  await page.write("#nick", "webby");
  await page.press("Make a new room");
  await page.until("document.querySelector('details.logins').open");
  await page.write("#relay-password", PASSWORD);
  await page.press("Make a new room");
  await page.shows("You are in the room as webby");
}, { options: { access: desk } });

const accounts = new Accounts();
/** Lets in who has an account, which everybody may make. */
const club = new AccessDesk({
  tokens: new AccessTokens(),
  accounts,
  registration: "open",
  accountOnly: true,
});

webTest("an account is made in the browser, and is what lets one in", async ({ open }) => {
  const page = await open();
  await page.write("#nick", "webby");
  await page.press("Make a new room");
  await page.until("document.querySelector('details.logins').open");
  await page.write("#account", "Webby");
  await page.write("#account-password", "short");
  await page.press("Make this account");
  await page.shows("Cannot register: ");
  assert.equal(accounts.get("webby"), undefined);
  await page.write("#account-password", PASSWORD);
  await page.press("Make this account");
  await page.shows("The account Webby is yours at 127.0.0.1:");
  await page.press("Make this account");
  await page.shows("This account name is taken");
  const top = "document.querySelector('.problem').getBoundingClientRect().top";
  assert.ok(await page.evaluate<number>(top) >= 0, "what is wrong is in sight");
  await page.press("Make a new room");
  await page.shows("You are in the room as webby");
  assert.ok(!page.frames.join("").includes(PASSWORD));
  assert.deepEqual(page.said, []);
}, { options: { access: club } });
