import assert from "node:assert/strict";
import { readSecretFile } from "./secret_file.ts";
import { UsageError } from "./usage_error.ts";

Deno.test("readSecretFile() takes a file of 65,536 bytes, and none that is larger", async () => {
  const path = await Deno.makeTempFile({ prefix: "sotto-secret-" });
  try {
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    await Deno.writeTextFile(path, "x".repeat(65_535) + "\n");
    assert.equal((await readSecretFile(path, "--password-file")).length, 65_535);
    await Deno.writeTextFile(path, "x\n".repeat(32_768) + "x");
    await assert.rejects(readSecretFile(path, "--password-file"), (error: Error) => {
      return error instanceof UsageError && /too large/.test(error.message);
    });
  } finally {
    await Deno.remove(path);
  }
});
