/** What the client for browsers keeps, lets in and refuses, seen in a real browser. Ignored where there is none. */
import assert from "node:assert/strict";
import { joinRoom } from "../../client/mod.ts";
import { Room } from "../../client/room.ts";
import { formatInvite, parseInvite } from "../../crypto/invite.ts";
import { Person } from "../attack/crowd.ts";
import { Browser, CHROMIUM } from "./_browser.ts";
import { Hostile } from "../attack/hostile_member.ts";
import { Peer } from "./_peer.ts";
import { joinRoomIn, makeRoom, pagePath, webTest } from "./_web_stage.ts";

const SECRET = "the treasure lies under the oak";

webTest("hostile text from a member stays text in the browser", async ({ open, base }) => {
  const page = await open();
  const invite = await makeRoom(page, "webby");
  await using eve = await Peer.joins(new URL(base).host, invite, "eve");
  const evil = [
    `<img src="${base}/stolen" onerror="globalThis.pwned = 1">`,
    "<script>globalThis.pwned = 1</script>",
    `</p></article><iframe src="${base}/stolen"></iframe>`,
    "javascript:globalThis.pwned=1",
    "\x1b]0;title\x07\x1b[2Jred\x1b[31m",
    "user\u202etxt.exe\u2066\u200b\u{e0041}",
    "e" + "\u0301".repeat(500),
  ];
  for (const text of evil) await eve.says(text);
  await eve.run({ command: "topic", text: "<u>topic</u>" }).catch(() => {}); // only operators may
  await eve.run({ command: "away", text: "<i>gone</i>" });
  await eve.run({ command: "react", emoji: "<svg onload=pwned=1>" }).catch(() => {});
  await eve.says("the last one");
  await page.shows("the last one");
  const texts = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.text')].map((e) => e.textContent)",
  );
  assert.deepEqual(texts.slice(0, 4), evil.slice(0, 4));
  assert.equal(texts[4], "]0;title[2Jred[31m");
  assert.equal(texts[5], "usertxt.exe");
  assert.ok([...texts[6] ?? ""].length < 10);
  assert.deepEqual(
    await page.evaluate(
      "[...document.querySelectorAll('.log *')].map((e) => e.localName).filter((n) => " +
        "!['article','header','bdi','span','time','p','div','button','a'].includes(n))",
    ),
    [],
    "a message makes no elements of its own",
  );
  const links = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.log a')].map((e) => e.getAttribute('href') + ' ' + e.textContent)",
  );
  assert.deepEqual(
    [...new Set(links)],
    [`${base}/stolen ${base}/stolen`],
    "a link is the address that is seen",
  );
  assert.equal(await page.evaluate("typeof pwned"), "undefined");
  assert.deepEqual(page.requests.filter((url) => url.includes("stolen")), []);
});

webTest(
  "after a session in the browser nothing of it is stored, and leaving empties the page",
  async ({ open, base }) => {
    const page = await open();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(base).host, invite, "bob");
    await page.shows("bob came in");
    await page.say(SECRET);
    await bob.sees("message", ({ text }) => text === SECRET);
    await page.say("/quit");
    await page.shows("You have left the room");
    await bob.sees("member_left", ({ nick, reason }) => nick === "webby" && reason === "left");
    const whole = await page.evaluate<string>(
      "document.documentElement.outerHTML.split('<script')[0] + document.body.innerText",
    );
    for (const trace of [SECRET, "bob", invite, invite.split("#")[1] ?? ""]) {
      assert.ok(!whole.includes(trace), `the page still shows ${trace}`);
    }
    const stored = await page.evaluate(`(async () => ({
    local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }))()`);
    assert.deepEqual(stored, { local: 0, session: 0, cookies: "", databases: 0, caches: 0, workers: 0 });
    assert.ok(
      !(await page.evaluate<string>("document.title + location.href + JSON.stringify(history.state)"))
        .includes("#A"),
    );
  },
);

/** All files below a folder that hold one of these. */
async function filesWith(folder: string, traces: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await filesWith(path, traces));
    if (!isFile) continue;
    const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
    if (traces.some((trace) => text.includes(trace) || text.includes([...trace].join("\0")))) {
      found.push(path);
    }
  }
  return found;
}

/** The code that was pasted. */
let pasted = "";

webTest(
  "what is said in the browser, and a code that was pasted, are not in its profile on disk",
  async (stage) => {
    await using bob = await Peer.founds(new URL(stage.base).host, "bob");
    const { invite } = await bob.sees("invite");
    pasted = invite.split("#")[1] ?? "";
    const page = await stage.open();
    await joinRoomIn(page, "webbynick", invite);
    await page.say(SECRET);
    await bob.sees("message", ({ text }) => text === SECRET);
    await bob.says("no, under the beech tree");
    await page.shows("no, under the beech tree");
    await page.write("textarea", "a draft that nobody sent");
  },
  {
    async left(profile) {
      const traces = [SECRET, "under the beech tree", "a draft that nobody sent", "webbynick", pasted];
      assert.deepEqual(await filesWith(profile, traces), []);
      assert.notDeepEqual(await filesWith(profile, ["/web"]), [], "the profile was read");
    },
  },
);

webTest(
  "nothing that is said in the browser, no name, topic or code, passes the relay in the clear",
  async (stage) => {
    const page = await stage.open();
    const invite = await makeRoom(page, "webbynick");
    await using bob = await Peer.joins(new URL(stage.base).host, invite, "bobbynick");
    await page.shows("bobbynick came in");
    await page.say(SECRET);
    await bob.sees("message", ({ text }) => text === SECRET);
    await page.say("/topic buried things");
    await bob.sees("topic");
    await bob.says("under the beech tree");
    await page.shows("under the beech tree");
    const all = page.frames.join("");
    assert.ok(page.frames.length > 10 && all.length > 10_000, "the frames were seen");
    const secret = parseInvite(invite).secret;
    const traces = [SECRET, "beech", "buried", "webbynick", "bobbynick", String.fromCharCode(...secret)];
    assert.deepEqual(traces.filter((trace) => all.includes(trace)), []);
    assert.ok(
      all.includes(String.fromCharCode(...parseInvite(invite).roomId)),
      "the room's number is no secret",
    );
  },
);

webTest("burning in the browser leaves an empty page, and the others are told", async ({ open, base }) => {
  const page = await open();
  const invite = await makeRoom(page, "webby");
  await using bob = await Peer.joins(new URL(base).host, invite, "bob");
  await page.shows("bob came in");
  await bob.says(SECRET);
  await page.shows(SECRET);
  await page.say("/burn").catch(() => {}); // the page goes while it answers
  await bob.sees("member_left", ({ nick }) => nick === "webby");
  await page.until("location.href === 'about:blank'");
  assert.equal(await page.evaluate("document.documentElement.innerText"), "");
});

webTest(
  "without a secure context the page says why it cannot start, and starts nothing",
  async ({ relay, browser }) => {
    const page = await browser.open(`http://insecure.example:${relay.port}/web`);
    await page.shows(
      "Sotto cannot start: this page came over a connection on which anybody could have changed it",
    );
    assert.equal(await page.evaluate("document.querySelectorAll('input, button').length"), 0);
  },
  { args: ["--host-resolver-rules=MAP insecure.example 127.0.0.1"] },
);

webTest("a browser that is too old is told so in a sentence", async ({ open }) => {
  const page = await open("", { before: "delete Promise.withResolvers" });
  await page.shows("Sotto cannot start: this browser is too old for it.");
});

webTest(
  "a browser without ML-KEM and Argon2id uses those of the page, and talks with the terminal's client",
  async (stage) => {
    const lacks =
      "for (const name of ['encapsulateBits', 'decapsulateBits']) delete SubtleCrypto.prototype[name];";
    const page = await stage.open("", { before: lacks });
    const invite = await makeRoom(page, "webby");
    assert.equal(await page.evaluate("'encapsulateBits' in crypto.subtle"), false);
    await using bob = await Peer.joins(new URL(stage.base).host, invite, "bob");
    await bob.says("do you read me?");
    await page.shows("do you read me?");
    await page.say("I do");
    await bob.sees("message", ({ text }) => text === "I do");
  },
);

webTest(
  "a script that gets into the browser's page does not run, and reaches nobody",
  async ({ open, base }) => {
    let reached = 0;
    const elsewhere = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
      reached++;
      return new Response("stolen");
    });
    const page = await open();
    await page.until("document.querySelector('#nick')");
    const violations = await page.evaluate<string[]>(`(async () => {
    const seen = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => seen.push(effectiveDirective));
    const attempt = async (run) => { try { await run(); } catch (error) { seen.push(error.name); } };
    await attempt(() => { document.body.innerHTML += "<img src=x onerror='pwned=1'>"; });
    await attempt(() => { const s = document.createElement("script"); s.textContent = "pwned=1"; document.body.append(s); });
    await attempt(() => { const s = document.createElement("script"); s.src = "/client.js"; document.body.append(s); });
    await attempt(() => { document.body.setAttribute("onclick", "pwned=1"); document.body.click(); });
    await attempt(() => eval("pwned=1"));
    await attempt(() => fetch("http://127.0.0.1:${elsewhere.addr.port}/"));
    await attempt(() => new Promise((done, fail) => {
      const ws = new WebSocket("ws://127.0.0.1:${elsewhere.addr.port}/");
      ws.onopen = done; ws.onerror = () => fail(new TypeError("refused"));
    }));
    await attempt(() => navigator.serviceWorker.register("/web"));
    await new Promise((done) => setTimeout(done));
    return seen;
  })()`);
    assert.equal(await page.evaluate("typeof pwned"), "undefined");
    assert.ok(violations.includes("require-trusted-types-for"), violations.join());
    assert.ok(violations.includes("connect-src"), violations.join());
    assert.ok(
      violations.filter((name) => /Error$/.test(name)).length >= 6,
      violations.join(),
    );
    const answer = await fetch(`${base}/web`);
    await answer.body?.cancel();
    assert.match(
      answer.headers.get("content-security-policy") ?? "",
      /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-/,
    );
    assert.equal(reached, 0);
    await elsewhere.shutdown();
  },
);

webTest("the page works from a file, where the relay lets such pages in", async ({ relay, browser }) => {
  await using bob = await Peer.founds(`127.0.0.1:${relay.port}`, "bob");
  const { invite } = await bob.sees("invite");
  const page = await browser.open(`file://${await pagePath()}`);
  await page.shows("This page was opened from a file");
  await joinRoomIn(page, "webby", invite);
  await bob.says("hello file");
  await page.shows("hello file");
}, { options: { origins: ["null"] } });

webTest(
  "a relay lets no page in that was opened from a file unless its operator allows it",
  async ({ relay, browser }) => {
    await using bob = await Peer.founds(`127.0.0.1:${relay.port}`, "bob");
    const { invite } = await bob.sees("invite");
    const page = await browser.open(`file://${await pagePath()}`);
    await page.write("#code", invite);
    await page.press("Join");
    await page.shows("Cannot reach the relay");
    assert.ok(bob.events.every(({ type }) => type !== "member_joined"));
  },
);

webTest(
  "a warning of a member who says two things under one number cannot be overlooked in the browser",
  async (stage) => {
    const page = await stage.open();
    const invite = await makeRoom(page, "webby");
    const mallory = new Person("mallory");
    const onEvent = (event: Person["events"][number]): void => void mallory.events.push(event);
    const options = { relay: stage.relay.url, nick: "mallory", code: invite, onEvent };
    const session = await joinRoom(options);
    assert.ok(session instanceof Room);
    mallory.room = session;
    await page.shows("mallory came in");
    await session.run({ command: "send", text: "an honest word" });
    await page.shows("an honest word");
    const hostile = new Hostile(mallory);
    const { number, hash } = hostile.head;
    await hostile.says({ kind: "text", text: "I will pay" });
    await hostile.says({ kind: "text", text: "I will not" }, { number: number + 1, prevHash: hash });
    await page.shows("mallory has said two different things under one number");
    assert.equal(await page.evaluate("document.querySelector('[role=alert] .alarm') !== null"), true);
    await page.say("I say something all the same");
    assert.equal(
      await page.evaluate("document.querySelector('textarea').value"),
      "I say something all the same",
    );
    assert.equal(await page.evaluate("document.querySelectorAll('.message.own').length"), 0);
    await page.say("/verify mallory");
    await page.shows("Safety words with mallory"); // commands work
    await page.press("Close");
    await page.say("/react #1 👍");
    await page.shows("Nothing was sent: read the warning first."); // those that others see do not
    assert.equal(await page.evaluate("document.querySelector('textarea').value"), "/react #1 👍");
    assert.equal(
      await page.evaluate("document.querySelector('[aria-label=\"Offer a file\"]').disabled"),
      true,
    );
    await page.write("textarea", "I say something all the same");
    await page.press("I have read this");
    await page.until(
      "document.querySelector('.alarm') === null || document.querySelector('[role=alert] .alarm') === null",
    );
    assert.equal(await page.evaluate("document.activeElement.localName"), "textarea");
    await page.press("Send");
    await page.until("document.querySelectorAll('.message.own').length === 1");
    session.abort();
    await session.ended;
  },
);

webTest(
  "an invite that names a certificate's fingerprint is refused in the browser, which cannot compare it",
  async (stage) => {
    await using bob = await Peer.founds(new URL(stage.base).host, "bob");
    const { invite } = await bob.sees("invite");
    const pinned = formatInvite({ ...parseInvite(invite), certHash: new Uint8Array(32).fill(7) });
    const page = await stage.open();
    await page.write("#code", pinned);
    await page.press("Join");
    await page.shows("its certificate is to be compared with a fingerprint, which cannot be done here");
  },
);

webTest("an invite of another relay is not opened by this relay's page", async (stage) => {
  const page = await stage.open();
  await page.write(
    "#code",
    "https://other.example/#AZv0ZBMAOqV6Dd2GQrXRMh8u4k0vJ0CcU9yQ2xgq3b1mZ7w8Xn5pT6sK",
  );
  await page.press("Join");
  await page.shows("This invite is for another relay");
  assert.ok(page.requests.every((url) => !url.includes("other.example")));
});

/** What a relay says at once, each time somebody comes, before it says no more. */
const RUBBISH: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  "<b>hello</b>",
  "",
  new Uint8Array(0),
  new Uint8Array(100).fill(0xff),
  new Uint8Array(2_000_000),
  crypto.getRandomValues(new Uint8Array(5_000)),
];

Deno.test({
  name: "a relay that says rubbish is told of in a sentence, and does nothing to the browser's page",
  ignore: CHROMIUM === undefined,
  async fn() {
    const html = await Deno.readFile(await pagePath());
    let visits = 0;
    const relay = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
      if (new URL(request.url).pathname !== "/ws") {
        return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
      }
      const protocol = request.headers.get("sec-websocket-protocol")?.split(",")[0]?.trim();
      const { socket, response } = Deno.upgradeWebSocket(request, protocol === undefined ? {} : { protocol });
      const rubbish = RUBBISH[visits++ % RUBBISH.length] ?? "";
      socket.onopen = () => {
        socket.send(rubbish);
        socket.close(4_000, "<i>\u202egone</i>");
      };
      return response;
    });
    try {
      await using browser = await Browser.start();
      const page = await browser.open(`http://127.0.0.1:${relay.addr.port}/web`);
      for (let visit = 1; visit <= RUBBISH.length; visit++) {
        await page.press("Make a new room");
        await page.until(
          `!document.querySelector("fieldset").disabled && document.querySelector(".problem").innerText`,
        );
        const told = await page.evaluate<string>("document.querySelector('.problem').innerText");
        assert.match(told, /^[A-Z][^\u202e]*\.$/);
        assert.doesNotMatch(told, /went wrong inside/);
        assert.equal(visits, visit);
      }
      assert.equal(await page.evaluate("document.querySelectorAll('b, i, .room').length"), 0);
      assert.deepEqual(page.said, []);
    } finally {
      await relay.shutdown();
    }
  },
});
