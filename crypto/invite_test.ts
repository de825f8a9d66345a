import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bytes, concat, toBase64Url } from "./bytes.ts";
import { formatInvite, type Invite, parseCode } from "./codes.ts";
import { CryptoError } from "./errors.ts";
import { hashParts } from "./hash.ts";

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }) as fc.Arbitrary<Bytes>;
const relay = fc.tuple(
  fc.constantFrom("ws", "wss"),
  fc.constantFrom("relay.example", "127.0.0.1", "[::1]", "xn--bcher-kva.example"),
  fc.constantFrom("", ":4443", ":8080"),
).map(([protocol, host, port]) => `${protocol}://${host}${port}/ws`);
const invite: fc.Arbitrary<Invite> = fc.record(
  { relay, roomId: bytes(16), secret: bytes(16), clientHash: bytes(32), certHash: bytes(32) },
  { requiredKeys: ["relay", "roomId", "secret"] },
);
const fixed = {
  relay: "wss://relay.example/ws",
  roomId: new Uint8Array(16),
  secret: new Uint8Array(16).fill(9),
};
const link = formatInvite(fixed);

function reason(text: string): string {
  try {
    parseCode(text);
  } catch (error) {
    assert.ok(error instanceof CryptoError && error.code === "bad_code", String(error));
    return error.message;
  }
  return assert.fail(`${text} was taken`);
}

function withPayload(body: Uint8Array): string {
  const sum = hashParts("sotto/v1/invite", body).slice(0, 4);
  return `https://relay.example/#${toBase64Url(concat(body, sum))}`;
}

Deno.test("parseCode() reads every link that formatInvite() writes", () => {
  fc.assert(fc.property(invite, (given) => {
    assert.deepEqual(parseCode(formatInvite(given)), { kind: "invite", ...given });
  }));
});

Deno.test("formatInvite() takes web and socket addresses, drops paths and default ports", () => {
  const of = (relay: string) => formatInvite({ ...fixed, relay }).split("#")[0];
  assert.equal(of("ws://host:4443/ws"), "http://host:4443/");
  assert.equal(of("http://host:4443"), "http://host:4443/");
  assert.equal(of("wss://Host:443/ws"), "https://host/");
  assert.equal(of("https://host/"), "https://host/");
  for (const relay of ["host:4443", "", "ftp://host", "ws://"]) {
    assert.throws(() => of(relay), (error) => error instanceof CryptoError && error.code === "bad_code");
  }
});

Deno.test("parseCode() finds every single mistyped or missing character of the payload", () => {
  const start = link.indexOf("#") + 1;
  for (let i = start; i < link.length; i++) {
    const other = link[i] === "A" ? "B" : "A";
    assert.match(reason(link.slice(0, i) + other + link.slice(i + 1)), /missing or mistyped/);
    assert.match(reason(link.slice(0, i) + link.slice(i + 1)), /missing or mistyped/);
    if (i > start) assert.match(reason(link.slice(0, i)), /missing or mistyped/);
  }
  for (const more of ["A", ".", "AAAA", "=", " x"]) assert.match(reason(link + more), /missing or mistyped/);
});

Deno.test("parseCode() never takes a broken link for a name", () => {
  const payload = link.slice(link.indexOf("#"));
  assert.match(reason("https://relay.example/"), /the part after # is missing/);
  assert.match(reason("htps://relay.example/" + payload), /https/);
  assert.match(reason("wss://relay.example/" + payload), /https/);
  assert.match(reason("relay.example/" + payload), /address cannot be read/);
  assert.match(reason("relay.example" + payload), /address cannot be read/);
  assert.match(reason("https://" + payload), /address cannot be read/);
  assert.match(reason("https://relay.example/x/" + payload), /parts that an invite does not have/);
  assert.match(reason("https://me:pw@relay.example/" + payload), /parts that an invite does not have/);
  assert.match(reason("https://relay.example/#" + "A".repeat(3000)), /too long/);
});

Deno.test("parseCode() ignores unknown fields and refuses malformed ones and later versions", () => {
  const head = concat(Uint8Array.of(1), new Uint8Array(32));
  const hash = new Uint8Array(32).fill(5);
  const extended = parseCode(withPayload(concat(head, Uint8Array.of(200, 1, 7, 2, 32), hash)));
  assert.deepEqual(extended.kind === "invite" && extended.certHash, hash);
  const malformed = [
    concat(head, Uint8Array.of(1)),
    concat(head, Uint8Array.of(9, 4, 0)),
    concat(head, Uint8Array.of(1, 31), hash.slice(1)),
    concat(head, Uint8Array.of(9, 0, 9, 0)),
  ];
  for (const body of malformed) assert.match(reason(withPayload(body)), /malformed/);
  assert.match(reason(withPayload(concat(Uint8Array.of(2), new Uint8Array(32)))), /newer version/);
});
