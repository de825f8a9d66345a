import assert from "node:assert/strict";
import { DEFAULT_LIMITS } from "../wire/mod.ts";
import { Addresses, addressKey } from "./addresses.ts";

Deno.test("addressKey() takes IPv4 whole, mapped or not", () => {
  assert.equal(addressKey("192.0.2.1"), "192.0.2.1");
  assert.equal(addressKey("::ffff:192.0.2.1"), "192.0.2.1");
});

Deno.test("addressKey() takes the /64 of IPv6, however it is written", () => {
  const key = addressKey("2001:db8:0:7:1:2:3:4");
  assert.equal(key, "2001:db8:0:7");
  for (const same of ["2001:DB8:0:7::", "2001:0db8:0000:0007::1", "2001:db8:0:7:ffff::2%eth0"]) {
    assert.equal(addressKey(same), key);
  }
  assert.notEqual(addressKey("2001:db8:0:8::1"), key);
  assert.equal(addressKey("::1"), "0:0:0:0");
  assert.equal(addressKey("2001:db8::5:6:7"), "2001:db8:0:0");
  assert.equal(addressKey(""), "");
});

Deno.test("Addresses remembers so many and no more; the others share one allowance until there is room again", () => {
  const addresses = new Addresses({ ...DEFAULT_LIMITS, connectBurst: 2, connectRate: 1 }, 3);
  const enter = (ip: string): number => addresses.refusal(addresses.enter(ip, 0), 0);
  for (const ip of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) assert.equal(enter(ip), 0);
  assert.deepEqual([enter("192.0.2.4"), enter("192.0.2.5"), enter("192.0.2.6")], [0, 0, 1_000]);
  assert.equal(addresses.size, 4);
  assert.equal(enter("192.0.2.1"), 0, "who is known has an allowance of its own");
  const gone = new Addresses(DEFAULT_LIMITS, 1);
  gone.enter("192.0.2.1", 0).connections--;
  gone.sweep(60_000);
  gone.enter("192.0.2.2", 60_000);
  assert.notEqual(gone.enter("192.0.2.2", 60_000), gone.enter("192.0.2.3", 60_000));
});

Deno.test("Addresses remembers 65,536 and what the others share, unless it is told otherwise", () => {
  const addresses = new Addresses(DEFAULT_LIMITS);
  for (let i = 0; i < 65_600; i++) addresses.enter(`10.${i >> 16}.${i >> 8 & 255}.${i & 255}`, 0);
  assert.equal(addresses.size, 65_537);
});
