import assert from "node:assert/strict";
import { Attention, type AttentionOptions, type Call, notificationKind, titleText } from "./attention.ts";

const ROOM = {};

function attention(over: Partial<AttentionOptions> = {}) {
  let out = "";
  let now = 0;
  const one = new Attention({
    write: (text) => out += text,
    now: () => now,
    notify: "osc9",
    ...over,
  });
  return {
    one,
    /** Something happens while nobody looks, long after whatever was before. @returns What is written then. */
    call(kind: Call["kind"], more: Partial<Call> & { after?: number } = {}): string {
      now += more.after ?? 60_000;
      out = "";
      one.call({ kind, room: ROOM, looking: false, ...more });
      return out;
    },
  };
}

Deno.test("what is for us rings and notifies; plain messages only where that is wanted", () => {
  const usual = attention();
  assert.equal(usual.call("message"), "");
  assert.equal(usual.call("mention"), "\x1b]9;Sotto: somebody named you\x1b\\\x07");
  assert.equal(usual.call("private"), "\x1b]9;Sotto: private message\x1b\\\x07");
  assert.equal(usual.call("alarm"), "\x1b]9;Sotto: security warning\x1b\\\x07");
  const all = attention({ bell: "all", notifications: "off" });
  assert.equal(all.call("message"), "\x07");
  assert.equal(attention({ bell: "off", notifications: "off" }).call("alarm"), "");
});

Deno.test("nothing rings while the user is looking at the room", () => {
  const { call } = attention({ bell: "all" });
  assert.equal(call("private", { looking: true }), "");
  assert.equal(call("alarm", { looking: true }), "");
});

Deno.test("a muted room rings for warnings alone, and other rooms as before", () => {
  const { one, call } = attention();
  assert.equal(one.setMuted(ROOM), true);
  assert.equal(call("mention"), "");
  assert.notEqual(call("alarm"), "");
  assert.notEqual(call("mention", { room: {} }), "");
  assert.equal(one.setMuted(ROOM), false);
  assert.notEqual(call("mention"), "");
});

Deno.test("do-not-disturb rings for nothing at all until it is switched off", () => {
  const { one, call } = attention();
  assert.equal(one.setDoNotDisturb(), true);
  assert.equal(call("alarm"), "");
  assert.equal(one.setDoNotDisturb(), false);
  assert.notEqual(call("mention"), "");
});

Deno.test("a flood of mentions rings once in three seconds; a warning is never held back", () => {
  const { call } = attention();
  assert.notEqual(call("mention"), "");
  assert.equal(call("mention", { after: 1_000 }), "");
  assert.notEqual(call("alarm", { after: 1_000 }), "");
  assert.notEqual(call("mention", { after: 3_000 }), "");
});

Deno.test("a notification says nothing but its kind: it is not even told names or texts", () => {
  const seen = new Set(
    (["message", "mention", "private", "alarm"] as const).map((kind) =>
      attention({ bell: "off", notifications: "all", notify: "osc777" }).call(kind)
    ),
  );
  assert.deepEqual(
    seen,
    new Set([
      "\x1b]777;notify;Sotto;new message\x1b\\",
      "\x1b]777;notify;Sotto;somebody named you\x1b\\",
      "\x1b]777;notify;Sotto;private message\x1b\\",
      "\x1b]777;notify;Sotto;security warning\x1b\\",
    ]),
  );
});

Deno.test("a terminal that may show such sequences as text gets none", () => {
  const none = (): undefined => undefined;
  assert.equal(notificationKind(none, false), null);
  assert.equal(notificationKind(none, true), "osc9");
  assert.equal(notificationKind((name) => name === "VTE_VERSION" ? "7600" : undefined, true), "osc777");
  assert.equal(notificationKind((name) => name === "TERM" ? "foot" : undefined, true), "osc777");
  assert.equal(attention({ notify: null }).call("mention"), "\x07");
});

Deno.test("the title counts what is unread and names nothing", () => {
  assert.equal(titleText({ unread: 0, mentions: 0 }), "Sotto");
  assert.equal(titleText({ unread: 3, mentions: 0 }), "(3) Sotto");
  assert.equal(titleText({ unread: 5_000, mentions: 2 }), "(999+, 2 for you) Sotto");
});
