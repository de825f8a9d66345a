import assert from "node:assert/strict";
import { fromBase64, toBase64 } from "../crypto/base64.ts";
import { checkPassword, HashGate, makeVerifier, PasswordVerifier } from "./password.ts";

const iterations = 10_000;

Deno.test("a verifier knows its password by what SCRAM stores of it", async () => {
  const verifier = await PasswordVerifier.create("open sesame", { iterations });
  assert.equal(await verifier.check("open sesame"), true);
  assert.equal(await verifier.check("open sesame\u00ad"), true, "prepared as a client prepares it");
  for (const wrong of ["open sesame ", "Open sesame", "", "\n", "x".repeat(5_000)]) {
    assert.equal(await verifier.check(wrong), false);
  }
  assert.equal(JSON.stringify(verifier).includes("sesame"), false);
  assert.equal(verifier.salt.length, 16);
  const other = await PasswordVerifier.create("open sesame", { iterations });
  assert.notDeepEqual(other.storedKey, verifier.storedKey);
});

Deno.test("a verifier of the password of RFC 7677 is the one that servers store", async () => {
  const salt = fromBase64("W22ZaJ0SNY7soEsUEjb6gQ==") ?? new Uint8Array();
  const { storedKey, serverKey } = await makeVerifier("pencil", { salt, iterations: 4_096 });
  assert.equal(toBase64(Uint8Array.from(storedKey)), "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=");
  assert.equal(toBase64(Uint8Array.from(serverKey)), "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
  assert.equal(await checkPassword("pencil", { salt, iterations: 4_096, storedKey, serverKey }), true);
});

Deno.test("HashGate lets two hash at a time and turns away those who would wait too long", async () => {
  const gate = new HashGate();
  const open = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const work = async (): Promise<string> => {
    most = Math.max(most, ++running);
    await open.promise;
    running--;
    return "done";
  };
  const all = Array.from({ length: 40 }, () => gate.run(work));
  assert.equal(gate.full, true);
  open.resolve();
  const results = await Promise.all(all);
  assert.equal(most, 2);
  assert.equal(results.filter((result) => result === "done").length, 34);
  assert.equal(await gate.run(() => Promise.resolve(1)), 1, "nothing is left behind");
  await assert.rejects(gate.run(() => Promise.reject(new Error("no"))));
  assert.equal(await gate.run(() => Promise.resolve(2)), 2);
});
