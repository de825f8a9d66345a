import assert from "node:assert/strict";
import { tokenHash, Tokens } from "./tokens.ts";

function place(): { token: string; previousToken: string } {
  return { token: "", previousToken: "" };
}

function tokens(): Tokens<ReturnType<typeof place>> {
  let count = 0;
  return new Tokens((length) => new Uint8Array(length).fill(++count));
}

Deno.test("Tokens keeps hashes only", () => {
  const table = tokens();
  const holder = place();
  const token = table.issue(holder);
  assert.equal(holder.token, tokenHash(token));
  assert.equal(table.find(token), holder);
  assert.equal(tokenHash(new Uint8Array(0)), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
});

Deno.test("Tokens keeps the one that was used until settle(), and no other", () => {
  const table = tokens();
  const holder = place();
  const first = table.issue(holder);
  const second = table.issue(holder, first);
  const third = table.issue(holder, first);
  assert.deepEqual([first, second, third].map((token) => table.find(token) === holder), [true, false, true]);
  table.settle(holder);
  table.settle(holder);
  assert.deepEqual([first, third].map((token) => table.find(token) === holder), [false, true]);
  assert.equal(table.size, 1);
});

Deno.test("Tokens.revoke() leaves nothing", () => {
  const table = tokens();
  const holder = place();
  table.issue(holder, table.issue(holder));
  table.revoke(holder);
  assert.deepEqual([table.size, holder.token, holder.previousToken], [0, "", ""]);
});
