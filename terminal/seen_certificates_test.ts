import assert from "node:assert/strict";
import { ClientError } from "../client/errors.ts";
import { SeenCertificates } from "./seen_certificates.ts";
import { UnknownCertificate } from "./unknown_certificate.ts";

const RELAY = "wss://relay.example:4443/ws";
const PIN = new Uint8Array(32).fill(0xab);
const SHOWN = Array(32).fill("AB").join(":");

function unknown(local: boolean): UnknownCertificate {
  return new UnknownCertificate(new ClientError("bad_certificate", "Cannot", { status: 3 }), {
    pin: PIN,
    local,
  });
}

function person(answer: string | null) {
  const [said, asked, told]: [string[], string[], string[]] = [[], [], []];
  return {
    said,
    asked,
    told,
    say: (text: string) => void said.push(text),
    ask: (question: string, { secret }: { secret: boolean }) => {
      assert.ok(!secret);
      asked.push(question);
      return Promise.resolve(answer);
    },
    tell: (code: string, message: string) => void told.push(`${code}: ${message}`),
  };
}

Deno.test("SeenCertificates takes what a relay on this computer shows, tells it, and asks nobody", async () => {
  const { told, asked, ...alice } = person("no");
  const seen = new SeenCertificates(alice);
  assert.equal(seen.of(RELAY), undefined);
  await seen.meet(unknown(true), RELAY, alice.tell);
  assert.deepEqual([seen.of(RELAY), seen.has(PIN), asked], [PIN, true, []]);
  assert.equal(told.length, 1);
  assert.ok(told[0]?.includes("signs its own certificate") && told[0].includes(SHOWN), told[0]);
  assert.equal(seen.of("wss://other.example:4443/ws"), undefined);
});

Deno.test("SeenCertificates takes what another computer shows only when a person says yes to its SHA-256", async () => {
  for (const answer of ["yes", " YES "]) {
    const alice = person(answer);
    const seen = new SeenCertificates(alice);
    await seen.meet(unknown(false), RELAY, alice.tell);
    assert.deepEqual([seen.of(RELAY), alice.said.length, alice.asked.length], [PIN, 1, 1]);
    assert.ok(alice.said[0]?.includes("relay.example:4443") && alice.said[0].includes(SHOWN), alice.said[0]);
    assert.match(alice.asked[0] ?? "", /printed this.*Type yes/);
  }
  for (const answer of [null, "", "y", "no", "yes please", "1", SHOWN]) {
    const alice = person(answer);
    const seen = new SeenCertificates(alice);
    await assert.rejects(seen.meet(unknown(false), RELAY, alice.tell), {
      code: "bad_certificate",
      status: 3,
      message: /you have not taken its certificate, and nothing was sent/,
    });
    assert.deepEqual([seen.of(RELAY), seen.has(PIN)], [undefined, false]);
  }
});

Deno.test("SeenCertificates refuses what another computer shows where nobody can be asked", async () => {
  const seen = new SeenCertificates(null);
  const refusal = unknown(false);
  await assert.rejects(
    seen.meet(refusal, RELAY, () => assert.fail("nothing was to be told")),
    (e) => e === refusal,
  );
  assert.equal(seen.of(RELAY), undefined);
});
