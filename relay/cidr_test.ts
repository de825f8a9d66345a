import assert from "node:assert/strict";
import { isAddress, isLoopback, parseCidr } from "./cidr.ts";

const INSIDE: [range: string, ip: string][] = [
  ["192.0.2.7", "192.0.2.7"],
  ["192.0.2.0/24", "192.0.2.255"],
  ["10.0.0.0/8", "::ffff:10.1.2.3"],
  ["::ffff:10.0.0.0/104", "10.255.0.1"],
  ["0.0.0.0/0", "203.0.113.9"],
  ["172.16.0.0/12", "172.31.255.255"],
  ["2001:db8::/32", "2001:DB8:ffff::1"],
  ["2001:db8:0:8000::/49", "2001:db8:0:ffff::"],
  ["::/0", "fe80::1%eth0"],
  ["::1", "0:0:0:0:0:0:0:1"],
  ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
];

const OUTSIDE: [range: string, ip: string][] = [
  ["192.0.2.7", "192.0.2.8"],
  ["192.0.2.0/24", "192.0.3.0"],
  ["172.16.0.0/12", "172.32.0.0"],
  ["0.0.0.0/0", "::1"],
  ["::/0", "192.0.2.1"],
  ["2001:db8::/32", "2001:db9::"],
  ["2001:db8:0:8000::/49", "2001:db8:0:7fff::"],
  ["0.0.0.0/0", "unknown"],
  ["0.0.0.0/0", ""],
];

const BAD = [
  "",
  "/",
  "/8",
  "10/8",
  "10.0.0/8",
  "10.0.0.0/",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/08",
  "10.0.0.0/8/8",
  "10.0.0.0/8 ",
  " 10.0.0.0/8",
  "010.0.0.0/8",
  "0x0a.0.0.0/8",
  "256.0.0.0/8",
  "10.0.0.1.",
  "1.2.3.4.5",
  "10.0.0.1/8",
  "::1/64",
  "2001:db8::/129",
  "2001:db8:::/32",
  "2001::db8::/32",
  "12345::/16",
  "fe80::1%eth0",
  "[::1]",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::8:9",
  "1.2.3.4::",
  "::ffff:10.0.0.0/95",
  "localhost",
];

Deno.test("parseCidr() ranges hold the addresses that they should, IPv4 in IPv6 included", () => {
  for (const [range, ip] of INSIDE) assert.ok(parseCidr(range).has(ip), `${range} holds ${ip}`);
  for (const [range, ip] of OUTSIDE) assert.ok(!parseCidr(range).has(ip), `${range} does not hold ${ip}`);
});

Deno.test("parseCidr() refuses what is no range and names it", () => {
  for (const text of BAD) {
    assert.throws(() => parseCidr(text), (error: unknown) => {
      return error instanceof RangeError && error.message.includes(JSON.stringify(text));
    }, text);
  }
});

Deno.test("parseCidr() says what to write where bits are left over", () => {
  assert.throws(() => parseCidr("10.0.0.1/8"), {
    message:
      'Cannot read the address range "10.0.0.1/8": it has bits beyond /8; write the first address of the range',
  });
});

Deno.test("isAddress() and isLoopback() take addresses only", () => {
  for (const ip of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) assert.ok(isLoopback(ip), ip);
  for (const ip of ["128.0.0.1", "::2", "localhost", "", "127.0.0.1:80"]) assert.ok(!isLoopback(ip), ip);
  assert.ok(isAddress("2001:db8::1") && !isAddress("[2001:db8::1]") && !isAddress("1.2.3.4:5"));
});
