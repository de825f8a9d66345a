import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parsePin } from "./pin.ts";
import { isPinned } from "./pin_match.ts";

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
