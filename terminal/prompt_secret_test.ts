import assert from "node:assert/strict";
import { Output } from "./output.ts";
import { promptSecret } from "./prompt_secret.ts";

async function ask(...typed: string[]): Promise<{ answer: string | null; shown: string; hidden: string[] }> {
  let shown = "";
  const hidden: string[] = [];
  const output = new Output({
    write: (bytes) => {
      shown += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  });
  const source = {
    read: (buffer: Uint8Array) => {
      const next = typed.shift();
      return Promise.resolve(next === undefined ? null : new TextEncoder().encodeInto(next, buffer).written);
    },
  };
  const answer = await promptSecret("Password: ", {
    output,
    source,
    hide: () => hidden.push("hide"),
    show: () => hidden.push("show"),
  });
  return { answer, shown, hidden };
}

Deno.test("promptSecret() shows the question and nothing of the secret", async () => {
  const { answer, shown, hidden } = await ask("hun", "x\x7fter2\r");
  assert.equal(answer, "hunter2");
  assert.equal(shown, "Password: \n");
  assert.deepEqual(hidden, ["hide", "show"]);
});

for (
  const [what, keys] of [["Ctrl-C", "abc\x03"], ["Ctrl-D", "\x04"], ["the end of input", "abc"]] as const
) {
  Deno.test(`promptSecret() gives null and restores echo after ${what}`, async () => {
    const { answer, hidden } = await ask(keys);
    assert.equal(answer, null);
    assert.deepEqual(hidden, ["hide", "show"]);
  });
}
