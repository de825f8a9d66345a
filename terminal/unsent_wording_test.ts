import assert from "node:assert/strict";
import { unsentText, waitingText } from "./unsent_wording.ts";

const ONLINE = { size: 0, unsent: 0, atRisk: 0, offline: false, nextTry: "" };
const OFFLINE = { ...ONLINE, offline: true, nextTry: "next try in 4 s" };

Deno.test("waitingText() says what leaving waits for, when it tries next, and how not to wait", () => {
  const going = { ending: true };
  assert.deepEqual([
    waitingText({ ...OFFLINE, unsent: 3 }, going),
    waitingText({ ...OFFLINE, unsent: 1 }, going),
    waitingText({ ...OFFLINE, unsent: 1_200 }, { ending: false }),
    waitingText({ ...OFFLINE, size: 1 }, going),
    waitingText(OFFLINE, going),
    waitingText({ ...ONLINE, size: 300, unsent: 300, atRisk: 300 }, going),
    waitingText(ONLINE, going),
    waitingText(ONLINE, { ending: false }),
  ], [
    "Waiting for the connection to send 3 messages (next try in 4 s); Ctrl-C again to leave without them.",
    "Waiting for the connection to send 1 message (next try in 4 s); Ctrl-C again to leave without it.",
    "Waiting for the connection to send 1,200 messages (next try in 4 s); Ctrl-C twice to leave without them.",
    "Waiting for the connection to do what you asked for (next try in 4 s). Ctrl-C again ends at once.",
    "Leaving without a connection (next try in 4 s). Ctrl-C again ends at once.",
    "Sending 300 messages as fast as the relay takes them; Ctrl-C again to leave without them.",
    "Leaving; what you said last is still being delivered (10 s at most). Ctrl-C again ends at once.",
    "Leaving; what you said last is still being delivered (10 s at most).",
  ]);
});

Deno.test("unsentText() counts", () => {
  assert.equal(unsentText(1), "1 message was not sent");
  assert.equal(unsentText(2_000), "2,000 messages were not sent");
});
