import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the demonstration holds all that it claims", async () => {
  const demo = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", "tools/demo.ts"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await demo.output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text + new TextDecoder().decode(stderr));
  const steps = text.split("\n").filter((line) => /^\d\. /.test(line));
  assert.deepEqual(steps, [
    "1. A relay, and three people who want a room",
    "2. They talk",
    "3. Somebody guesses the code",
    "4. The relay turns hostile: it plays an old message again",
    "5. The relay swaps keys while somebody joins, with the right code",
    "6. alice puts bob out; the relay takes his side",
    "7. They leave",
  ]);
  const held = text.split("\n").filter((line) => line.startsWith("   [ok] ")).length;
  assert.match(text, new RegExp(`All ${held} checks held`));
  assert.equal(held, 19);
  for (const line of text.split("\n")) {
    assert.ok(line.length <= 78 || line.includes("://"), `too wide: ${line}`);
  }
});
