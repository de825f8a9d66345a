import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { inDirectory, openssl } from "../tests/tls_helpers.ts";
import { addressBytes } from "./address_bytes.ts";
import { selfSigned } from "./self_signed.ts";
import { selfSignedSource } from "./tls_in_memory.ts";

Deno.test("selfSigned() makes a certificate that openssl reads, for exactly the hosts given", () =>
  inDirectory(async (cwd) => {
    const hosts = [
      "localhost",
      "Relay.example.ORG",
      "127.0.0.1",
      "::1",
      "2001:db8::7",
      "no host",
      "-x",
      "fe80::1%eth0",
    ];
    const { cert } = await selfSigned({ hosts, now: Date.UTC(2030, 0, 1), days: 90 });
    const { ok, out } = await openssl(["x509", "-noout", "-text"], { cwd, input: cert });
    assert.ok(ok, out);
    assert.match(out, /Version: 3 /);
    assert.match(out, /NIST CURVE: P-256/);
    assert.match(out, /CA:FALSE/);
    assert.match(out, /Not After : Apr {2}1 00:00:00 2030 GMT/);
    assert.match(
      out,
      /DNS:localhost, DNS:relay\.example\.org, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:7\n/,
    );
    await Deno.writeTextFile(`${cwd}/c.pem`, cert);
    const at = String(Date.UTC(2030, 1, 1) / 1_000);
    const verified = await openssl(["verify", "-attime", at, "-CAfile", "c.pem", "c.pem"], { cwd });
    assert.ok(verified.ok, verified.out);
  }));

Deno.test("selfSigned() never makes the same key or number twice, and dates beyond 2049", async () => {
  const [a, b] = await Promise.all([selfSigned(), selfSigned({ now: Date.UTC(2049, 11, 1) })]);
  const [one, two] = [new X509Certificate(a.cert), new X509Certificate(b.cert)];
  assert.notEqual(one.serialNumber, two.serialNumber);
  assert.notEqual(a.key, b.key);
  assert.match(two.validTo, /2050 GMT$/);
});

Deno.test("selfSignedSource() names this machine and the host that it was given, and no address that means all", async () => {
  const source = await selfSignedSource({ hosts: ["0.0.0.0", "::", "relay.example"] });
  const { subjectAltName = "", fingerprint256 } = new X509Certificate(source.current().cert);
  for (const part of ["DNS:localhost", "IP Address:127.0.0.1", "DNS:relay.example"]) {
    assert.ok(subjectAltName.includes(part), subjectAltName);
  }
  assert.ok(!/Address:(?:0\.0\.0\.0|(?:0:){7}0|::)(?:,|$)/.test(subjectAltName), subjectAltName);
  assert.equal(source.fingerprint.toHex(), fingerprint256.replaceAll(":", "").toLowerCase());
  assert.equal(await source.reload(), false);
});

Deno.test("addressBytes() reads addresses and nothing else", () => {
  assert.deepEqual(addressBytes("192.0.2.7"), Uint8Array.of(192, 0, 2, 7));
  assert.equal(addressBytes("2001:db8::1:0:7")?.toHex(), "20010db8000000000000000100000007");
  assert.equal(addressBytes("::")?.toHex(), "0".repeat(32));
  assert.equal(addressBytes("::ffff:192.0.2.7")?.toHex(), "00000000000000000000ffffc0000207");
  for (const text of ["", "256.1.1.1", "1.2.3", "example.org", "1::2::3", "fe80::1%eth0", "::g"]) {
    assert.equal(addressBytes(text), undefined, text);
  }
});
