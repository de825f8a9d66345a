/** What is said and done in a room in the client for browsers. Ignored where there is no Chromium. */
import assert from "node:assert/strict";
import { JsonClient } from "./_client_process.ts";
import { Peer } from "./_peer.ts";
import { joinRoomIn, makeRoom, webTest } from "./_web_stage.ts";
import { Proxy } from "../faults/proxy.ts";

webTest(
  "in the browser the words for a pair are those of the terminal, and are marked as compared",
  async (stage) => {
    const page = await stage.open();
    const invite = await makeRoom(page, "webby");
    await using bob = new JsonClient(["join", invite, "--nick", "bob"]);
    await bob.until("joined");
    await page.shows("bob came in");
    await bob.say({ command: "verify", member: "webby" });
    const { words } = await bob.until("safety", ({ nick }) => nick === "webby");
    await page.shows("1 not verified");
    await page.say("/verify bob");
    await page.shows("Safety words with bob");
    assert.equal(await page.evaluate("document.querySelector('dialog .words').textContent"), words);
    await page.press("They are the same");
    await page.shows("Encrypted, all verified");
    await page.say("/verify");
    await page.shows("Everybody in the room should see the same words");
    const room = await bob.until("safety", ({ nick }) => nick === null);
    assert.equal(await page.evaluate("document.querySelector('dialog .words').textContent"), room.words);
  },
);

webTest(
  "what members do to messages shows in the browser: answers, changes, reactions, words for one alone",
  async (stage) => {
    const page = await stage.open();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(stage.base).host, invite, "bob");
    await page.shows("bob came in");
    await page.say("a question");
    const { id } = await bob.sees("message", ({ text }) => text === "a question");
    await bob.run({ command: "reply", id, text: "an answer" });
    await page.shows("answers #1");
    await bob.run({ command: "edit", text: "a better answer" });
    await page.shows("a better answer");
    await bob.run({ command: "react", id, emoji: "👍" });
    await page.shows("👍 1");
    await bob.run({ command: "delete" });
    await page.shows("This message was deleted.");
    await bob.run({ command: "msg", to: "webby", text: "for your eyes" });
    await page.shows("to you alone");
    await bob.run({ command: "typing", on: true });
    await page.shows("bob is typing…");
    await page.press("Reply #1");
    await page.say("to myself");
    await bob.sees("message", ({ text, replyTo }) => text === "to myself" && replyTo === id);
    await page.press("Edit #1");
    await page.key("Enter");
    await bob.sees("edited", (event) => event.id === id);
    await page.say("/nick webster");
    await bob.sees("nick", ({ nick }) => nick === "webster");
    await page.say("/kick bob");
    await page.shows("bob was put out by you");
    await page.shows("The codes of the room have changed: Invite shows the new ones.");
    assert.equal(await page.evaluate("document.querySelector('dialog')"), null, "nobody asked to see them");
    await page.press("Invite");
    await page.shows("Code to say aloud");
    await bob.sees("ended", ({ code }) => code === "kicked");
  },
);

webTest("a command used wrongly is told in the browser, and comes back to be corrected", async ({ open }) => {
  const page = await open();
  await makeRoom(page, "webby");
  await page.say("/kcik bob");
  await page.shows("did you mean /kick?");
  assert.equal(await page.evaluate("document.querySelector('textarea').value"), "/kcik bob");
  await page.write("textarea", "");
  await page.say("/join elsewhere");
  await page.shows("Cannot do /join in the browser");
});

webTest(
  "a cut connection shows in the browser, what is said waits, and all of it comes back",
  async ({ relay, browser }) => {
    const proxy = await Proxy.open({ target: relay.port, seed: 1 });
    try {
      const page = await browser.open(`http://127.0.0.1:${proxy.port}/web`);
      const invite = await makeRoom(page, "webby");
      const code = invite.replace(`:${proxy.port}`, `:${relay.port}`);
      await using bob = await Peer.joins(`127.0.0.1:${relay.port}`, code, "bob");
      await page.shows("bob came in");
      proxy.refuses = true;
      proxy.cutAll();
      await page.shows("○ No connection");
      await page.say("said in a tunnel");
      await page.shows("waits for the connection");
      await bob.says("meanwhile");
      proxy.refuses = false;
      await page.press("Try now");
      await page.shows("● Online");
      await page.shows("meanwhile");
      await bob.sees("message", ({ text }) => text === "said in a tunnel");
      await page.shows("✓✓ delivered");
    } finally {
      await proxy.close();
    }
  },
);

webTest(
  "a page that slept through a cut comes back by itself once it is looked at",
  async ({ relay, browser }) => {
    const proxy = await Proxy.open({ target: relay.port, seed: 1 });
    try {
      const page = await browser.open(`http://127.0.0.1:${proxy.port}/web`);
      const invite = await makeRoom(page, "webby");
      const code = invite.replace(`:${proxy.port}`, `:${relay.port}`);
      await using bob = await Peer.joins(`127.0.0.1:${relay.port}`, code, "bob");
      await page.shows("bob came in");
      await page.send("Page.setWebLifecycleState", { state: "frozen" });
      proxy.cutAll();
      await bob.sees("member_away", ({ nick }) => nick === "webby");
      await bob.says("said while it slept");
      await page.send("Page.setWebLifecycleState", { state: "active" });
      await page.shows("said while it slept");
      await page.shows("● Online");
    } finally {
      await proxy.close();
    }
  },
);

webTest(
  "who is put out of the room is told in the browser, and keeps what was said until leaving",
  async (stage) => {
    await using bob = await Peer.founds(new URL(stage.base).host, "bob");
    const { invite } = await bob.sees("invite");
    const page = await stage.open();
    await joinRoomIn(page, "webby", invite);
    await page.say("my last word");
    await bob.sees("message", ({ text }) => text === "my last word");
    await bob.run({ command: "kick", member: "webby" });
    await page.shows("You are no longer in the room");
    await page.press("Close");
    await page.shows("my last word");
    await page.shows("Not in the room any more");
    assert.equal(await page.evaluate("document.querySelector('.composer [type=submit]').disabled"), true);
    await page.press("Leave");
    await page.shows("You have left the room");
    assert.ok(!(await page.text()).includes("my last word"));
  },
);

webTest("a room can be left in the browser without a connection", async ({ relay, browser }) => {
  const proxy = await Proxy.open({ target: relay.port, seed: 1 });
  try {
    const page = await browser.open(`http://127.0.0.1:${proxy.port}/web`);
    await makeRoom(page, "webby");
    proxy.refuses = true;
    proxy.cutAll();
    await page.shows("○ No connection");
    await page.press("Leave");
    await page.shows("You have left the room");
  } finally {
    await proxy.close();
  }
});

webTest(
  "closing the page tells the others, and puts the one who closed it out of the room",
  async ({ open, base }) => {
    await using bob = await Peer.founds(new URL(base).host, "bob");
    const { invite } = await bob.sees("invite");
    const page = await open();
    await joinRoomIn(page, "webby", invite);
    await page.say("soon gone");
    await bob.sees("message", ({ text }) => text === "soon gone");
    await page.shows("✓✓ delivered");
    await page.send("Page.navigate", { url: "about:blank" });
    await bob.sees("member_left", ({ nick, reason }) => nick === "webby" && reason === "left");
  },
);

webTest(
  "a reload is asked about first in the browser while there is a room, and not otherwise",
  async (stage) => {
    const page = await stage.open();
    await page.write("#nick", "webby");
    await page.send("Page.reload");
    await page.until("document.querySelector('#nick')?.value !== 'webby'");
    assert.deepEqual(page.asked, []);
    await makeRoom(page, "webby");
    await page.say("something");
    await page.send("Page.reload");
    await page.until("document.querySelector('#nick')");
    assert.deepEqual(page.asked, ["beforeunload"]);
  },
);

webTest(
  "a file that the browser offers is fetched whole, and one offered to it is saved under a safe name",
  async (stage) => {
    const folder = await Deno.makeTempDir({ prefix: "sotto-web-files-" });
    try {
      const page = await stage.open();
      const invite = await makeRoom(page, "webby");
      await using bob = await Peer.joins(new URL(stage.base).host, invite, "bob");
      await page.shows("bob came in");
      const bytes = crypto.getRandomValues(new Uint8Array(50_000));
      await Deno.writeFile(`${folder}/plan.bin`, bytes);
      const { result } = await page.send<{ result: { objectId: string } }>("Runtime.evaluate", {
        expression: "document.querySelector('input[type=file]')",
      });
      await page.send("DOM.setFileInputFiles", { files: [`${folder}/plan.bin`], objectId: result.objectId });
      const offer = await bob.sees("message", ({ kind }) => kind === "file");
      assert.deepEqual([offer.file?.name, offer.file?.size], ["plan.bin", bytes.length]);
      const got: Uint8Array[] = [];
      const sink = {
        write: (part: Uint8Array) => Promise.resolve(void got.push(part)),
        done: () => Promise.resolve("here"),
        abort: () => {},
      };
      await bob.run({ command: "save", id: offer.id, sink });
      await bob.sees("file", (event) => event.state === "saved");
      assert.deepEqual(new Uint8Array(await new Blob(got as Uint8Array<ArrayBuffer>[]).arrayBuffer()), bytes);
      await page.shows("bob has the whole of plan.bin");

      await stage.browser.send("Browser.setDownloadBehavior", {
        behavior: "allow",
        downloadPath: `${folder}/got`,
      });
      const source = {
        name: "...evil<b>|.exe",
        size: bytes.length,
        read: (at: number, length: number) => Promise.resolve(bytes.slice(at, at + length)),
        close: () => {},
      };
      await bob.run({ command: "file", source });
      await page.shows("offers");
      await page.press("Save #2");
      await page.shows("it is what was offered");
      await page.shows("Saved");
      const saved = await savedIn(`${folder}/got`, bytes.length);
      assert.equal(saved, "evil_b__.exe");
      assert.deepEqual(await Deno.readFile(`${folder}/got/${saved}`), bytes);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** The only file in a folder, once it is as large as it should be: the browser may take the name before it writes. */
async function savedIn(folder: string, size: number): Promise<string> {
  for (let look = 0; look < 1_200; look++) {
    const names = (await Array.fromAsync(Deno.readDir(folder)).catch(() => [])).map(({ name }) => name);
    const [name] = names;
    if (names.length === 1 && name !== undefined && !name.endsWith(".crdownload")) {
      if ((await Deno.stat(`${folder}/${name}`)).size === size) return name;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`nothing was saved in ${folder}`);
}

webTest(
  "the browser's client fits a screen of 360 pixels, and all of it is reached by the keyboard",
  async (stage) => {
    const page = await stage.open();
    const narrow = async (): Promise<void> => {
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      assert.equal(wide, 360, "nothing sticks out");
    };
    await page.send("Emulation.setDeviceMetricsOverride", {
      width: 360,
      height: 740,
      deviceScaleFactor: 1,
      mobile: true,
    });
    await page.until("document.querySelector('#nick')");
    await narrow();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(stage.base).host, invite, "bob");
    await page.shows("bob came in");
    await bob.says(`a-word-without-an-end-${"x".repeat(300)}`);
    await page.shows("a-word-without-an-end");
    await narrow();
    await page.press("People (2)");
    await narrow();
    await page.say("/verify bob");
    await page.shows("Safety words with bob");
    await narrow();
    await page.key("Escape");
    await page.until("document.querySelector('dialog') === null");
    const reached = await page.evaluate<string[]>(`[...document.querySelectorAll("button, textarea, .log")]
    .filter((each) => each.checkVisibility() && each.tabIndex < 0).map((each) => each.outerHTML)`);
    assert.deepEqual(reached, []);
    const named = await page.evaluate<number>(`[...document.querySelectorAll("button, textarea, .log")]
    .filter((each) => (each.textContent || each.getAttribute("aria-label") || "") === "").length`);
    assert.equal(named, 0);
    assert.equal(await page.evaluate("document.querySelector('.log').getAttribute('aria-live')"), "polite");
  },
);
