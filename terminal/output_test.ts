import assert from "node:assert/strict";
import { Output } from "./output.ts";

Deno.test("Output writes everything in order, however little the sink takes at a time", async () => {
  let written = "";
  const output = new Output({
    write: (bytes) => {
      written += new TextDecoder().decode(bytes.subarray(0, 3));
      return Promise.resolve(Math.min(3, bytes.length));
    },
  });
  output.line("hello");
  output.write("wor");
  output.line("ld");
  await output.flush();
  output.line("more");
  await output.flush();
  assert.equal(written, "hello\nworld\nmore\n");
});

Deno.test("Output tells once that nobody reads, and goes on quietly", async () => {
  let told = 0;
  const output = new Output({ write: () => Promise.reject(new Deno.errors.BrokenPipe()) });
  output.onBroken = () => told++;
  output.line("a");
  await output.flush();
  output.line("b");
  await output.flush();
  assert.equal(told, 1);
});

Deno.test("Output keeps no more than 64 Mi characters for a reader that has stalled", () => {
  let told = 0;
  const output = new Output({ write: () => new Promise(() => {}) });
  output.onBroken = () => told++;
  const part = "x".repeat(1_048_576);
  for (let parts = 0; parts < 65; parts++) output.write(part); // the first is being written
  assert.equal(told, 0);
  output.write("y");
  assert.equal(told, 1);
  output.write(part);
  assert.equal(told, 1);
});
