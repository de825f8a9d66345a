import assert from "node:assert/strict";
import { addressKey } from "./addresses.ts";

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
