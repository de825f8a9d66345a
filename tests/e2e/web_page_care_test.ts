/** How the client for browsers shows what is written, and keeps it to itself. Ignored where there is no Chromium. */
import assert from "node:assert/strict";
import { Peer } from "./_peer.ts";
import { makeRoom, webTest } from "./_web_stage.ts";

const LAST_TEXT = "[...document.querySelectorAll('.text')].at(-1)";

webTest(
  "in the browser the marks of messages mean what they mean in the terminal, and spoilers stay covered",
  async ({ open, base }) => {
    const page = await open();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(base).host, invite, "bob");
    await page.shows("bob came in");
    await bob.says("**loud** _soft_ ~~old~~ `f(x)` https://example.org/a?b=1.");
    await page.shows("loud soft");
    // It may stand there before it is laid out, and is seen a frame later.
    await page.until(`${LAST_TEXT}.innerText === "loud soft old f(x) https://example.org/a?b=1."`);
    assert.deepEqual(await page.evaluate(`[...${LAST_TEXT}.children].map((each) => each.localName)`), [
      "strong",
      "em",
      "s",
      "code",
      "a",
    ]);
    assert.deepEqual(
      await page.evaluate(
        `(({ href, target, rel }) => [href, target, rel])(${LAST_TEXT}.querySelector("a"))`,
      ),
      ["https://example.org/a?b=1", "_blank", "noopener noreferrer"],
    );
    for (
      const no of [
        "http://good.example@evil.example/",
        "https://ex\u0430mple.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "[good](https://evil.example/)",
      ]
    ) {
      await bob.says(no);
      await page.until(`${LAST_TEXT}.textContent === ${JSON.stringify(no)}`);
      const links = await page.evaluate<[string, string][]>(
        `[...${LAST_TEXT}.querySelectorAll("a")].map((each) => [each.textContent, each.href])`,
      );
      assert.deepEqual(links.filter(([text, href]) => text !== href), [], `${no} leads where it says`);
      if (!no.startsWith("[")) assert.deepEqual(links, []);
    }
    await bob.says("before\n```\n  one\n  **two**\n```\n> quoted\nafter");
    await page.shows("quoted");
    assert.equal(
      await page.evaluate(`${LAST_TEXT}.querySelector("code.code").textContent`),
      "  one\n  **two**",
    );
    assert.equal(await page.evaluate(`${LAST_TEXT}.querySelector(".quote").textContent`), "quoted");

    await bob.says("the butler ||did **it**||, so it was");
    await page.shows("so it was");
    assert.ok(!(await page.evaluate<string>("document.body.innerHTML")).includes("did"));
    await page.say("the cook ||did too||!");
    const { id } = await bob.sees("message", ({ text }) => text.startsWith("the cook"));
    await bob.run({ command: "reply", id, text: "really" });
    await page.shows("webby: the cook !");
    assert.ok(!(await page.evaluate<string>("document.body.innerHTML")).includes("did"));
    await page.evaluate("void document.querySelector('.spoiler').click()");
    await page.shows("the butler did it, so it was");
    await page.press(await page.evaluate(`document.querySelector(".tool[aria-label^=Cover]").ariaLabel`));
    await page.until(`!document.body.innerText.includes("did it")`);
    assert.deepEqual(page.said, []);
  },
);

webTest(
  "one message takes neither thousands of elements nor the whole screen of the browser's page",
  async ({ open, base }) => {
    const page = await open();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(base).host, invite, "bob");
    await page.shows("bob came in");
    const floods = ["*a* ", "||b|| ", "https://example.org/ ", "> c\nd\n", "\n", "`e` ", "```\nf\n```\n"];
    for (const [i, piece] of floods.entries()) {
      await bob.says(`${piece.repeat(Math.floor(10_000 / piece.length))} end ${i}.`);
      await page.until(`${LAST_TEXT}?.textContent.endsWith(" end ${i}.")`);
      const [nodes = 0, height = 0, screen = 0] = await page.evaluate<number[]>(
        `[${LAST_TEXT}.querySelectorAll("*").length + ${LAST_TEXT}.childNodes.length, ` +
          `${LAST_TEXT}.clientHeight, innerHeight]`,
      );
      assert.ok(nodes <= 300, `${nodes} nodes of ${piece}`);
      assert.ok(height < screen, `${height} pixels of ${piece}`);
    }
    assert.deepEqual(page.said, []);
  },
);

webTest(
  "the browser is asked to send nothing that is written or read to a translator, a speller or a name server",
  async ({ open }) => {
    const page = await open();
    const careless = `[...document.querySelectorAll("input, textarea")]
      .filter((each) => each.type !== "file" && (each.spellcheck || each.autocomplete !== "off" ||
        each.getAttribute("writingsuggestions") !== "false" || each.getAttribute("autocorrect") !== "off"))
      .map((each) => each.outerHTML)`;
    await page.until("document.querySelector('#nick')");
    assert.equal(await page.evaluate("document.documentElement.translate"), false);
    assert.deepEqual(await page.evaluate(careless), []);
    const metas = "[...document.querySelectorAll('meta')].map((each) => each.outerHTML).join()";
    assert.match(await page.evaluate(metas), /notranslate/);
    assert.match(await page.evaluate(metas), /x-dns-prefetch-control" content="off"/);
    await page.press("Make a new room");
    await page.until("document.querySelector('dialog input.code')");
    assert.deepEqual(await page.evaluate(careless), []);
  },
);

webTest(
  "the keyboard stays where it is in the browser while marks, members and messages come",
  async ({ open, base }) => {
    const page = await open();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(base).host, invite, "bob");
    await page.shows("bob came in");
    await page.say("hello");
    await page.shows("✓✓ delivered");
    const focus = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent";
    await page.evaluate(`void document.querySelector(".tool[aria-label='Edit #1']").focus()`);
    const { id } = await bob.sees("message");
    await bob.run({ command: "react", id, emoji: "👍" });
    await page.shows("👍 1");
    assert.equal(await page.evaluate(focus), "Edit #1");
    await page.evaluate("void document.querySelector('.person').focus()");
    await bob.run({ command: "away", text: "at lunch" });
    await page.shows("away: at lunch");
    assert.match(await page.evaluate(focus), /^bob/);
  },
);

webTest(
  "the colours of text in the browser have a contrast of 4.5 to 1, light and dark",
  async ({ open }) => {
    const page = await open();
    await makeRoom(page, "webby");
    for (const value of ["light", "dark"]) {
      await page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
      const weak = await page.evaluate<string[]>(`(() => {
      const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const light = (colour) => {
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((each) => each / 255)
          .map((each) => each <= .04045 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const probe = document.createElement("span");
      document.body.append(probe);
      const seen = (className, hue, set) => {
        probe.className = className;
        if (hue !== undefined) probe.style.setProperty("--hue", hue);
        probe.style.color = set ?? "";
        return getComputedStyle(probe).color;
      };
      const inks = ["ink", "soft", "accent", "danger"].map((each) => [each, seen("", undefined, "var(--" + each + ")")]);
      for (let hue = 0; hue < 360; hue += 10) inks.push(["name " + hue, seen("name", hue)]);
      const out = [];
      for (const back of ["back", "card", "own"]) {
        const under = light(seen("", undefined, "var(--" + back + ")"));
        for (const [name, colour] of inks) {
          const over = light(colour);
          const contrast = (Math.max(over, under) + .05) / (Math.min(over, under) + .05);
          if (contrast < 4.5) out.push(name + " on " + back + ": " + contrast.toFixed(2));
        }
      }
      return out;
    })()`);
      assert.deepEqual(weak, [], value);
    }
  },
);

webTest(
  "in a flood the browser's page keeps to 2,000 messages, to its end, and lays out only what is seen",
  async ({ open, base }) => {
    const page = await open();
    const invite = await makeRoom(page, "webby");
    await using bob = await Peer.joins(new URL(base).host, invite, "bob");
    await page.shows("bob came in");
    const flood = 2_100;
    for (let from = 1; from <= flood; from += 100) {
      const texts = Array.from(
        { length: 100 },
        (_, i) => `message ${from + i} ${"and more ".repeat(i % 40)}`,
      );
      await Promise.all(texts.map((text) => bob.says(text)));
    }
    const rows = "[...document.querySelectorAll('.entries > *')]";
    await page.until(`${rows}.at(-1).textContent.includes("message ${flood} ")`);
    await page.until(
      "(({ scrollHeight, scrollTop, clientHeight }) => " +
        "scrollHeight - scrollTop - clientHeight < 2)(document.querySelector('.log'))",
    );
    assert.equal(await page.evaluate(`${rows}.length`), 2_000);
    const laidOut =
      `${rows}.filter((each) => each.firstElementChild?.checkVisibility({ contentVisibilityAuto: true })).length`;
    assert.ok(await page.evaluate<number>(laidOut) < 200);
    await page.evaluate("void document.querySelector('.log').scrollTo(0, 0)");
    await page.until("document.querySelector('.log').scrollTop === 0");
    await bob.says("one more");
    await page.until(`${rows}.at(-1).textContent.includes("one more")`);
    assert.ok(
      await page.evaluate<number>("document.querySelector('.log').scrollTop") < 2_000,
      "a reader stays",
    );
    await page.say("my own");
    await page.until(
      "(({ scrollHeight, scrollTop, clientHeight }) => " +
        "scrollHeight - scrollTop - clientHeight < 2)(document.querySelector('.log'))",
    );
  },
);
