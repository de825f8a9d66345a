import assert from "node:assert/strict";
import { burn } from "./burn.ts";

Deno.test("burning clears the screen first, then keys, then texts, then ends, all before it returns", () => {
  const order: string[] = [];
  const step = (name: string) => (): void => void order.push(name);
  const failures = burn({
    screen: { leave: step("screen") },
    sessions: [{ abort: step("keys 1") }, { abort: step("keys 2") }],
    texts: [{ wipe: step("draft") }, { wipe: step("model") }],
    exit: step("exit"),
  });
  assert.deepEqual(order, ["screen", "keys 1", "keys 2", "draft", "model", "exit"]);
  assert.deepEqual(failures, []);
});

Deno.test("nothing that fails while burning keeps the rest from being wiped", () => {
  const order: string[] = [];
  const fail = (): never => {
    throw new Error("no");
  };
  const failures = burn({
    screen: { leave: fail },
    sessions: [{ abort: fail }, { abort: () => Promise.reject(new Error("late")) }, {
      abort: () => order.push("keys"),
    }],
    texts: [{ wipe: fail }, { wipe: () => void order.push("text") }],
    exit: () => void order.push("exit"),
  });
  assert.deepEqual(order, ["keys", "text", "exit"]);
  assert.equal(failures.length, 3);
});
