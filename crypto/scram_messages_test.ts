import assert from "node:assert/strict";
import fc from "fast-check";
import { CryptoError } from "./errors.ts";
import {
  buildClientFinal,
  buildClientFirst,
  buildServerFinal,
  buildServerFirst,
  parseClientFinal,
  parseClientFirst,
  parseServerFinal,
  parseServerFirst,
} from "./scram_messages.ts";

const KEY = new Uint8Array(32).fill(7);
const KEY_TEXT = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

function refused(read: () => unknown, text: string): void {
  assert.throws(read, (error) => error instanceof CryptoError && error.code === "decode", text);
}

const nonces = fc.stringMatching(/^[\x21-\x2b\x2d-\x7e]{1,100}$/);
const names = fc.string({ unit: "grapheme", maxLength: 40 }).filter((name) => !name.includes("\0"));
const bytes = (length: number, max = length) => fc.uint8Array({ minLength: length, maxLength: max });

Deno.test("SCRAM messages are read as they were built", () => {
  fc.assert(
    fc.property(names, nonces, bytes(1, 64), fc.integer({ min: 1, max: 9_999_999_999 }), bytes(32), (
      name,
      nonce,
      salt,
      iterations,
      key,
    ) => {
      const first = buildClientFirst({ name, nonce });
      assert.deepEqual(parseClientFirst(first.message), { name, nonce, bare: first.bare });
      const server = { nonce, salt: new Uint8Array(salt), iterations };
      assert.deepEqual(parseServerFirst(buildServerFirst(server)), server);
      const final = { nonce, proof: new Uint8Array(key) };
      const text = buildClientFinal(final);
      assert.deepEqual(parseClientFinal(text), { ...final, withoutProof: text.slice(0, text.length - 47) });
      assert.deepEqual(parseServerFinal(buildServerFinal({ signature: final.proof })), {
        signature: final.proof,
      });
    }),
  );
});

Deno.test("a SCRAM name is escaped, and only what is escaped is read", () => {
  assert.equal(buildClientFirst({ name: "a,b=c", nonce: "x" }).message, "n,,n=a=2Cb=3Dc,r=x");
  assert.equal(parseClientFirst("n,,n=a=2Cb=3Dc,r=x").name, "a,b=c");
  assert.equal(parseClientFirst("n,,n==3D2C,r=x").name, "=2C");
  for (const name of ["a=b", "a=2c", "a=", "a=3"]) refused(() => parseClientFirst(`n,,n=${name},r=x`), name);
});

Deno.test("a SCRAM message out of order, doubled, cut or with a mandatory extension is refused", () => {
  for (
    const text of [
      "",
      "n,",
      "n,,",
      "n,,n=a",
      "n,,r=x,n=a",
      "n,,n=a,n=a,r=x",
      "n,,n=a,r=x,r=x",
      "n,,m=1,n=a,r=x",
      "n,,n=a,r=x,m=1",
      "n,,n=a,r=",
      "n,,n=a,r=x,",
      "n,,n=a,r=x y",
      "n,,n=a,r=x\u00e9",
      "n,,n=a,r=x,t=",
      "n,,n=a,r=x,1=2",
      "n,,n=a,r=x,tt=1",
      "n,,n=a\0,r=x",
      "n,,n=\ud800,r=x",
      "n,a=b,n=a,r=x",
      "y,,n=a,r=x",
      "p=tls-exporter,,n=a,r=x",
      `n,,n=${"a".repeat(256)},r=x`,
      `n,,n=a,r=${"x".repeat(257)}`,
      `n,,n=a,r=x,t=${"x".repeat(1024)}`,
    ]
  ) refused(() => parseClientFirst(text), text);
  for (
    const text of [
      "r=x,s=AAAA",
      "r=x,i=10000,s=AAAA",
      "r=x,s=,i=10000",
      "r=x,s=AAA,i=10000",
      "r=x,s=AB==,i=10000", // not canonical
      "r=x,s=AA-_,i=10000",
      `r=x,s=${"A".repeat(88)},i=10000`,
      "r=x,s=AAAA,i=0",
      "r=x,s=AAAA,i=010000",
      "r=x,s=AAAA,i=1e4",
      "r=x,s=AAAA,i=-1",
      "r=x,s=AAAA,i=99999999999",
      "r=x,s=AAAA,i=10000,i=20000",
      "m=1,r=x,s=AAAA,i=10000",
    ]
  ) refused(() => parseServerFirst(text), text);
  for (
    const text of [
      "c=biws,r=x",
      `c=eSws,r=x,p=${KEY_TEXT}`,
      `r=x,c=biws,p=${KEY_TEXT}`,
      `c=biws,r=x,p=${KEY_TEXT},t=1`,
      `c=biws,r=x,p=${KEY_TEXT},p=${KEY_TEXT}`,
      `c=biws,r=x,m=1,p=${KEY_TEXT}`,
      "c=biws,r=x,p=AAAA",
      "c=biws,r=x,p=",
    ]
  ) refused(() => parseClientFinal(text), text);
  for (const text of ["v=", "v=AAAA", `v=${KEY_TEXT},v=${KEY_TEXT}`, `m=1,v=${KEY_TEXT}`, "x=1", "e=a,e=b"]) {
    refused(() => parseServerFinal(text), text);
  }
});

Deno.test("a SCRAM message may carry more than is known", () => {
  assert.equal(parseClientFirst("n,,n=a,r=x,t=1,u=2").nonce, "x");
  assert.equal(parseServerFirst("r=x,s=AAAA,i=10000,t=1").iterations, 10_000);
  assert.equal(parseClientFinal(`c=biws,r=x,t=1,p=${KEY_TEXT}`).withoutProof, "c=biws,r=x,t=1");
  assert.deepEqual(parseServerFinal(`v=${KEY_TEXT},t=1`), { signature: KEY });
  assert.deepEqual(parseServerFinal("e=invalid-proof"), { error: "invalid-proof" });
});

Deno.test("reading any text as a SCRAM message gives a value or the error decode", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(fc.constantFrom("n", ",", "=", "r", "s", "i", "c", "biws", "p", "v", "m", "AAAA", "1", KEY_TEXT))
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const read of [parseClientFirst, parseServerFirst, parseClientFinal, parseServerFinal]) {
        try {
          read(text);
        } catch (error) {
          assert.ok(error instanceof CryptoError && error.code === "decode");
        }
      }
    }),
    { numRuns: 500 },
  );
});
