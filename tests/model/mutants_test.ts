/** The model can fail: without what delivery rests on, random schedules go red, for that reason. */
import assert from "node:assert/strict";
import { runMutant } from "../faults/mutant.ts";
import { WITHOUT } from "../faults/without.ts";

const script = "tests/model/small.ts";

/** The first room goes red today; where the code has changed it may be a later one. */
const MOST_ROOMS = "20";

/** What the model says first without each of these. */
const SAYS: Record<keyof typeof WITHOUT, RegExp> = {
  "repair": / (was told that \d+ of \w+ were lost|not whole after .*)\n/,
  "telling repeats": /: heard "(\w+) \d+" after \1 \d+\n/,
  // What comes before its turn does not follow on what came last, which also looks like two stories.
  "holding back": /: (heard "(\w+) \d+" after \2 \d+|\{"type":"equivocation",.*)\n/,
};

Deno.test("a room of the model is whole in an unchanged copy", async () => {
  const { status, stdout, stderr } = await runMutant([], { script, args: ["1"] });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "whole\n", stderr: "" });
});

for (const [name, changes] of Object.entries(WITHOUT)) {
  Deno.test(`without ${name} the model goes red, and names the seed`, async () => {
    const { status, stdout } = await runMutant(changes, { script, args: [MOST_ROOMS] });
    assert.equal(status, 1, stdout);
    const [first = ""] = stdout.split(/^delay /m);
    assert.match(first, /^red: MODEL_SEED=\d+ runs it again/);
    assert.match(first, SAYS[name as keyof typeof WITHOUT]);
  });
}
