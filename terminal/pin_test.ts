import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { newKeys, selfSigned } from "../relay/self_signed.ts";
import { parsePin } from "./pin.ts";
import { isPinned, keyPin } from "./pin_match.ts";

const certificate = Uint8Array.of(1, 2, 3);
const pin = new Uint8Array(createHash("sha256").update(certificate).digest());

Deno.test("parsePin() reads a fingerprint in each of the forms in which one is shown", () => {
  const hex = pin.toHex();
  const colons = hex.toUpperCase().match(/../g)?.join(":") ?? "";
  const forms = [hex, colons, ` SHA256:${hex} `, `sha256 Fingerprint=${colons}`];
  forms.push(pin.toBase64(), pin.toBase64({ alphabet: "base64url", omitPadding: true }));
  for (const form of forms) assert.deepEqual(parsePin(form), pin, form);
});

Deno.test("parsePin() refuses what is no fingerprint, or one of another length", () => {
  for (const text of ["", "x", pin.toHex().slice(2), `${pin.toHex()}00`, "AQID", "SHA256:", "ü".repeat(64)]) {
    assert.throws(() => parsePin(text), { code: "bad_pin", status: 2 }, text);
  }
});

Deno.test("isPinned() knows the one certificate", () => {
  assert.ok(isPinned(certificate, pin));
  assert.ok(!isPinned(Uint8Array.of(1, 2, 4), pin));
  assert.ok(!isPinned(certificate, pin.subarray(1)));
});

Deno.test("isPinned() knows a certificate by its key, also when it is renewed with it, and no other", async () => {
  const keys = await newKeys();
  const [first, renewed, other] = await Promise.all([
    selfSigned({ keys }),
    selfSigned({ keys, now: Date.now() + 60 * 86_400_000 }),
    selfSigned(),
  ]);
  const der = ({ cert }: { cert: string }): Uint8Array => new Uint8Array(new X509Certificate(cert).raw);
  const ofKey = keyPin(der(first));
  assert.ok(ofKey);
  assert.ok(isPinned(der(first), ofKey) && isPinned(der(renewed), ofKey));
  assert.ok(!isPinned(der(other), ofKey));
  const whole = new Uint8Array(createHash("sha256").update(der(first)).digest());
  assert.ok(isPinned(der(first), whole) && !isPinned(der(renewed), whole));
  assert.equal(keyPin(certificate), undefined);
});
