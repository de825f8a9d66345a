/** The suite can fail: with one thing switched off, the small scenario goes red, for that reason. */
import assert from "node:assert/strict";
import { type Change, runMutant } from "./mutant.ts";

interface Mutant {
  name: string;
  changes: readonly Change[];
  /** What the small scenario says first. */
  says: RegExp;
}

const MUTANTS: readonly Mutant[] = [
  {
    name: "without repair",
    changes: [{
      file: "client/wiring.ts",
      text: "    missing: () => room.delivery.missing(),\n",
      instead: "    missing: () => [],\n",
    }],
    says:
      /^red: (the time is up, waiting until all is shown|m\d was told: {"type":"lost"|m\d was shown .*: something is missing)/,
  },
  {
    name: "without telling repeats",
    changes: [{
      file: "client/delivery.ts",
      text: "    if (known !== undefined) {\n",
      instead:
        "    if (known !== undefined) {\n      this.#events.deliver({ author: id, item, pack, gap: false });\n",
    }],
    says: /^red: m\d was shown m\d \d+ twice/,
  },
  {
    name: "without holding back",
    changes: [
      {
        file: "client/delivery_turns.ts",
        text: "    const next = author.waiting.get(author.head.number + 1);\n    author.deadline",
        instead: "    const next = author.waiting.values().next().value;\n    author.deadline",
      },
      {
        file: "client/delivery_turns.ts",
        text: "    if (this.#deps.lacking(next).length > 0) {\n",
        instead: "    if (this.#time.now() < 0) {\n",
      },
      {
        file: "client/delivery_turns.ts",
        text:
          "    author.waiting.delete(author.head.number + 1);\n    this.hand(id, author, next, this.#deps.answersToLost(next));",
        instead:
          "    author.waiting.delete(next.item.content.number);\n    this.hand(id, author, next, false);",
      },
    ],
    // What comes before its turn does not follow on what came last, which also looks like two stories.
    says: /^red: m\d (was shown m\d \d+ after \d+: something is missing|was told: {"type":"equivocation")/,
  },
];

Deno.test("the small scenario is whole in an unchanged copy", async () => {
  const { status, stdout, stderr } = await runMutant([], { patienceMs: 600_000 });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "whole\n", stderr: "" });
});

for (const { name, changes, says } of MUTANTS) {
  Deno.test(`${name} the small scenario goes red`, async () => {
    const { status, stdout } = await runMutant(changes);
    assert.equal(status, 1, stdout);
    assert.match(stdout, says);
  });
}

Deno.test("a piece that is not in its file is told, so that no mutant is the project itself", async () => {
  const change: Change = { file: "client/delivery.ts", text: "no such piece", instead: "" };
  await assert.rejects(runMutant([change]), /client\/delivery\.ts has "no such piece" 0 times, not once/);
});
