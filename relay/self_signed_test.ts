import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { inDirectory, openssl } from "../tests/tls_helpers.ts";
import { addressBytes } from "./address_bytes.ts";
import { systemClock } from "./clock.ts";
import { selfSigned } from "./self_signed.ts";
import { formatFingerprint } from "./tls.ts";
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
  const { subjectAltName = "" } = new X509Certificate(source.current().cert);
  for (const part of ["DNS:localhost", "IP Address:127.0.0.1", "DNS:relay.example"]) {
    assert.ok(subjectAltName.includes(part), subjectAltName);
  }
  assert.ok(!/Address:(?:0\.0\.0\.0|(?:0:){7}0|::)(?:,|$)/.test(subjectAltName), subjectAltName);
  assert.equal(await source.reload(), false);
  source.close();
});

Deno.test("selfSignedSource() makes its certificate anew, with the same key, before it ends", async () => {
  let today = Date.UTC(2030, 0, 1);
  let look: (() => unknown) | undefined;
  const clock = {
    ...systemClock,
    setTimer: (run: () => unknown) => look = run,
    clearTimer: () => look = undefined,
  };
  const news: string[] = [];
  const source = await selfSignedSource({
    clock,
    today: () => today,
    onRenewed: (message) => news.push(message),
  });
  const shown: string[] = [];
  source.onChange = ({ cert }) => shown.push(cert);
  const [first, { fingerprint }] = [source.current(), source];
  for (const [day, renewals] of [[59, 0], [61, 1], [62, 1], [122, 2], [300, 3]] as const) {
    today = Date.UTC(2030, 0, 1 + day);
    await look?.();
    assert.deepEqual([shown.length, news.length], [renewals, renewals], `day ${day}`);
    const now = new X509Certificate(source.current().cert);
    assert.ok(Date.parse(now.validFrom) <= today && today < Date.parse(now.validTo), `day ${day}`);
    assert.ok(now.checkPrivateKey(createPrivateKey(source.current().key)));
    assert.equal(source.current().key, first.key);
    assert.deepEqual(source.fingerprint, fingerprint);
  }
  assert.equal(source.current().cert, shown.at(-1));
  assert.match(news[0] ?? "", /made anew, with the same key, and is good until 2030-06-01/);
  source.close();
  assert.equal(look, undefined, "nothing goes on after the end");
});

Deno.test("the fingerprint that a relay prints is what openssl computes from the key of its certificate", () =>
  inDirectory(async (cwd) => {
    const source = await selfSignedSource();
    source.close();
    await Deno.writeTextFile(`${cwd}/cert.pem`, source.current().cert);
    const key = await openssl(["x509", "-in", "cert.pem", "-noout", "-pubkey"], { cwd });
    await Deno.writeTextFile(`${cwd}/key.pem`, key.out);
    await openssl(["pkey", "-pubin", "-in", "key.pem", "-outform", "DER", "-out", "key.der"], { cwd });
    const { out } = await openssl(["dgst", "-sha256", "-c", "key.der"], { cwd });
    assert.equal(out.trim().split("= ")[1]?.toUpperCase(), formatFingerprint(source.fingerprint));
  }));

Deno.test("addressBytes() reads addresses and nothing else", () => {
  assert.deepEqual(addressBytes("192.0.2.7"), Uint8Array.of(192, 0, 2, 7));
  assert.equal(addressBytes("2001:db8::1:0:7")?.toHex(), "20010db8000000000000000100000007");
  assert.equal(addressBytes("::")?.toHex(), "0".repeat(32));
  assert.equal(addressBytes("::ffff:192.0.2.7")?.toHex(), "00000000000000000000ffffc0000207");
  for (const text of ["", "256.1.1.1", "1.2.3", "example.org", "1::2::3", "fe80::1%eth0", "::g"]) {
    assert.equal(addressBytes(text), undefined, text);
  }
});
