import assert from "node:assert/strict";
import { parseCidr } from "./cidr.ts";
import { type ClientAddress, clientAddress } from "./client_address.ts";

const TRUSTED = ["10.0.0.0/8", "fd00::/8"].map(parseCidr);

function from(ip: string, headers: Record<string, string>, trusted = TRUSTED): ClientAddress {
  return clientAddress(new Headers(headers), { ip, tls: false }, trusted);
}

Deno.test("clientAddress() believes nobody who is not trusted", () => {
  const headers = {
    "x-forwarded-for": "192.0.2.1",
    forwarded: "for=192.0.2.1;proto=https",
    "x-forwarded-proto": "https",
  };
  assert.deepEqual(from("203.0.113.5", headers), { ip: "203.0.113.5", secure: false });
  assert.deepEqual(from("203.0.113.5", headers, []), { ip: "203.0.113.5", secure: false });
});

Deno.test("clientAddress() takes the rightmost address that is no trusted proxy's", () => {
  const list = (text: string): string => from("10.0.0.1", { "x-forwarded-for": text }).ip;
  assert.equal(list("192.0.2.1"), "192.0.2.1");
  assert.equal(list("6.6.6.6, 192.0.2.1"), "192.0.2.1");
  assert.equal(list("6.6.6.6, 192.0.2.1, 10.9.9.9"), "192.0.2.1");
  assert.equal(list("6.6.6.6,192.0.2.1:4711 ,[fd00::1]:80"), "192.0.2.1");
  assert.equal(list("10.1.1.1, 10.2.2.2"), "10.1.1.1", "a list of proxies only");
  assert.equal(list("2001:db8::1"), "2001:db8::1");
});

Deno.test("clientAddress() takes the socket's address for what cannot be read", () => {
  for (
    const text of ["", "unknown", "192.0.2.1, garbage", "192.0.2.1,", "1.2.3", "a".repeat(10_000), "[::1"]
  ) {
    assert.deepEqual(from("10.0.0.1", { "x-forwarded-for": text, "x-forwarded-proto": "https" }), {
      ip: "10.0.0.1",
      secure: false,
    }, text);
  }
  for (const text of ["for=_hidden", "for=unknown", "by=192.0.2.1", 'for="192.0.2.1', "x"]) {
    assert.equal(from("10.0.0.1", { forwarded: text }).ip, "10.0.0.1", text);
  }
});

Deno.test("clientAddress() reads Forwarded, and X-Forwarded-For before it", () => {
  const forwarded = 'for=6.6.6.6, for="[2001:db8::7]:1234";proto=https;by=10.0.0.1';
  assert.deepEqual(from("10.0.0.1", { forwarded }), { ip: "2001:db8::7", secure: true });
  assert.deepEqual(from("10.0.0.1", { forwarded, "x-forwarded-for": "192.0.2.1" }), {
    ip: "192.0.2.1",
    secure: false,
  });
});

Deno.test("clientAddress() counts https at a trusted proxy, TLS and this machine as secure", () => {
  const https = { "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https" };
  assert.equal(from("10.0.0.1", https).secure, true);
  assert.equal(from("10.0.0.1", { ...https, "x-forwarded-proto": "https, http" }).secure, false);
  assert.equal(from("127.0.0.1", {}).secure, true);
  assert.equal(from("::1", {}).secure, true);
  assert.equal(clientAddress(new Headers(), { ip: "192.0.2.1", tls: true }, []).secure, true);
});

Deno.test("clientAddress() does not count a proxy on this machine that is not trusted as this machine", () => {
  for (const name of ["x-forwarded-for", "forwarded", "via", "x-real-ip"]) {
    assert.deepEqual(from("127.0.0.1", { [name]: "192.0.2.1" }), { ip: "127.0.0.1", secure: false }, name);
  }
});
