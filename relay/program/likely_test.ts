import assert from "node:assert/strict";
import { likely } from "./likely.ts";

Deno.test("likely() finds a command behind one slip of the finger, and none behind the name of a host", () => {
  const words = ["status", "top", "token-create", "ban", "accounts"];
  for (const typed of ["statsu", "statu", "statuss", "ststus", "tatus"]) {
    assert.equal(likely(typed, words), "status", typed);
  }
  assert.equal(likely("token-creat", words), "token-create");
  for (const host of ["localhost", "relay", "chat", "account-server", "x"]) {
    assert.equal(likely(host, words), undefined, host);
  }
});
