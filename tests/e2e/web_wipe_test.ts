/**
 * What is left in the memory of a page once a room has been left: whatever its scripts could still reach, seen through
 * the browser's heap snapshots. Ignored where there is no Chromium.
 */
import assert from "node:assert/strict";
import type { BrowserPage } from "./_browser.ts";
import { Peer } from "./_peer.ts";
import { makeRoom, type WebStage, webTest } from "./_web_stage.ts";

/** Remembers the bytes of each key that is given to WebCrypto, without keeping them. */
const WATCH_KEYS = `{
  const seen = globalThis.seenKeys = [];
  const own = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (format, bytes, ...rest) {
    if (ArrayBuffer.isView(bytes)) seen.push(new WeakRef(bytes));
    return own.call(this, format, bytes, ...rest);
  };
}`;

const SAID = ["the treasure lies under the oak", "dig there at midnight", "no earlier than friday"];

/**
 * A room in which both have said something; texts and names are never part of an expression that is evaluated, as the
 * page would keep that.
 */
async function talked(stage: WebStage): Promise<{ page: BrowserPage; bob: Peer; traces: string[] }> {
  const page = await stage.open("", { before: WATCH_KEYS });
  const invite = await makeRoom(page, "webbynickname");
  const bob = await Peer.joins(new URL(stage.base).host, invite, "bobbynickname");
  await page.until("document.querySelectorAll('.person').length === 1");
  await bob.says(SAID[0] ?? "");
  await bob.run({ command: "msg", to: "webbynickname", text: SAID[1] ?? "" });
  await page.until("document.querySelectorAll('.text').length === 2");
  await page.say(SAID[2] ?? "");
  await bob.sees("message", ({ text }) => text === SAID[2]);
  await page.say("/topic buried things");
  await bob.sees("topic");
  const traces = [...SAID, "buried things", "webbynickname", "bobbynickname", invite.split("#")[1] ?? ""];
  return { page, bob, traces };
}

/** Those that are found. */
function found(heap: string, traces: readonly string[]): string[] {
  return traces.filter((trace) => heap.includes(trace));
}

webTest(
  "after a room has been left, no text, name, code or key of it can be reached in the browser's page",
  async (stage) => {
    const { page, bob, traces } = await talked(stage);
    assert.deepEqual(found(await page.heap(), traces), traces, "a snapshot shows what is there");
    await page.say("/quit");
    await page.until("document.querySelector('#nick')");
    assert.deepEqual(found(await page.heap(), traces), []);
    const keys = await page.evaluate<{ seen: number; held: number }>(`({
      seen: seenKeys.length,
      held: seenKeys.filter((each) => [...new Uint8Array(each.deref()?.buffer ?? 0)].some((byte) => byte !== 0)).length,
    })`);
    assert.ok(keys.seen > 10, "keys were seen");
    assert.equal(keys.held, 0, "all of them are collected, or zeros");
    await bob[Symbol.asyncDispose]();
  },
);

webTest("after burning, no text, name or code can be reached where the page was", async (stage) => {
  const { page, bob, traces } = await talked(stage);
  await page.say("/burn").catch(() => {}); // the page goes while it answers
  await page.until("location.href === 'about:blank'");
  assert.deepEqual(found(await page.heap(), traces), []);
  await bob[Symbol.asyncDispose]();
});
