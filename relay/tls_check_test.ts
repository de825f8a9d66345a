import assert from "node:assert/strict";
import { inDirectory, openssl } from "../tests/tls_helpers.ts";
import { UsageError } from "./usage_error.ts";
import { selfSigned } from "./self_signed.ts";
import { checkPair } from "./tls_check.ts";

const DAY_MS = 86_400_000;
const NAMES = { cert: "--tls-cert c.pem", key: "--tls-key k.pem" };
const now = Date.now();
const [one, other] = await Promise.all([selfSigned({ now }), selfSigned({ now })]);

function refuses(pair: { cert: string; key: string }, message: RegExp): void {
  assert.throws(() => checkPair(pair, NAMES, now), (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("checkPair() takes a pair that fits, and one whose chain follows", () => {
  const { fingerprint, valid, warning } = checkPair(one, NAMES, now);
  assert.deepEqual([fingerprint.length, valid, warning], [32, true, undefined]);
  const chained = checkPair({ cert: one.cert + other.cert, key: one.key }, NAMES, now);
  assert.deepEqual(chained.fingerprint, fingerprint);
});

Deno.test("checkPair() refuses a key that does not belong to its certificate, and names both options", () => {
  refuses(
    { cert: one.cert, key: other.key },
    /^Cannot use --tls-key k\.pem: .*does not belong.*--tls-cert c\.pem/,
  );
  refuses({ cert: other.cert + one.cert, key: one.key }, /--tls-cert c\.pem: .*must be the first/);
});

Deno.test("checkPair() refuses what is not PEM, swapped, damaged or locked, each in its own words", async () => {
  refuses({ cert: "x", key: one.key }, /--tls-cert c\.pem: it is not PEM/);
  refuses({ cert: one.cert, key: "x" }, /--tls-key k\.pem: it is not PEM/);
  refuses({ cert: one.key, key: one.cert }, /--tls-cert c\.pem: it is a private key; is it --tls-key's\?/);
  refuses({ cert: one.cert, key: one.cert }, /--tls-key k\.pem: it is a certificate; is it --tls-cert's\?/);
  refuses({ cert: one.cert.replace(/\n.{64}\n/, "\n"), key: one.key }, /its certificate is damaged/);
  refuses({ cert: one.cert, key: one.key.replace(/\n.{64}\n/, "\n") }, /its key is damaged/);
  const locked = await openssl(["pkcs8", "-topk8", "-passout", "pass:abc"], { input: one.key });
  refuses({ cert: one.cert, key: locked.out }, /locked with a passphrase/);
});

Deno.test("checkPair() refuses kinds of key with which every handshake would fail", () =>
  inDirectory(async (cwd) => {
    const make = async (...kind: string[]): Promise<{ cert: string; key: string }> => {
      const args = [
        "req",
        "-x509",
        "-newkey",
        ...kind,
        "-nodes",
        "-keyout",
        "k",
        "-out",
        "c",
        "-subj",
        "/CN=x",
      ];
      const { ok, out } = await openssl(args, { cwd });
      assert.ok(ok, out);
      return { cert: await Deno.readTextFile(`${cwd}/c`), key: await Deno.readTextFile(`${cwd}/k`) };
    };
    refuses(await make("ed448"), /cannot use ed448/);
    refuses(await make("rsa:1024"), /RSA of 1024 bits/);
    refuses(await make("ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"), /the curve secp256k1/);
    for (
      const kind of [["ed25519"], ["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]]
    ) {
      assert.ok(checkPair(await make(...kind), NAMES, Date.now()).valid);
    }
  }));

Deno.test("checkPair() warns of a certificate that has expired, is not valid yet, or soon expires", async () => {
  const at = async (from: number, days: number): Promise<[boolean, string]> => {
    const { valid, warning } = checkPair(await selfSigned({ now: now + from, days }), NAMES, now);
    return [valid, warning ?? ""];
  };
  const [wasValid, expired] = await at(-40 * DAY_MS, 30);
  assert.ok(!wasValid && /c\.pem expired on \d{4}-\d\d-\d\d/.test(expired), expired);
  const [isValid, early] = await at(5 * DAY_MS, 30);
  assert.ok(!isValid && /valid from .* on/.test(early), early);
  const [stillValid, soon] = await at(0, 3);
  assert.ok(stillValid && /expires in 3 days/.test(soon), soon);
});
