/** The suite can fail: with one thing switched off, the small scenario goes red, for that reason. */
import assert from "node:assert/strict";
import { type Change, runMutant } from "./mutant.ts";
import { WITHOUT } from "./without.ts";

/** What the small scenario says first without each of these. */
const SAYS: Record<keyof typeof WITHOUT, RegExp> = {
  "repair":
    /^red: (the time is up, waiting until all is shown|m\d was told: {"type":"lost"|m\d was shown .*: something is missing)/,
  "telling repeats": /^red: m\d was shown m\d \d+ twice/,
  // What comes before its turn does not follow on what came last, which also looks like two stories.
  "holding back":
    /^red: m\d (was shown m\d \d+ after \d+: something is missing|was told: {"type":"equivocation")/,
};

Deno.test("the small scenario is whole in an unchanged copy", async () => {
  const { status, stdout, stderr } = await runMutant([], { patienceMs: 600_000 });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "whole\n", stderr: "" });
});

for (const [name, changes] of Object.entries(WITHOUT)) {
  Deno.test(`without ${name} the small scenario goes red`, async () => {
    const { status, stdout } = await runMutant(changes);
    assert.equal(status, 1, stdout);
    assert.match(stdout, SAYS[name as keyof typeof WITHOUT]);
  });
}

Deno.test("a piece that is not in its file is told, so that no mutant is the project itself", async () => {
  const change: Change = { file: "client/delivery.ts", text: "no such piece", instead: "" };
  await assert.rejects(runMutant([change]), /client\/delivery\.ts has "no such piece" 0 times, not once/);
});
