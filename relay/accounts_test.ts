import assert from "node:assert/strict";
import fc from "fast-check";
import { account } from "../tests/account_helpers.ts";
import { decodeAccounts, encodeAccounts, MAX_TABLE_BYTES } from "./account_codec.ts";
import { type Account, accountName, Accounts, MAX_ACCOUNTS } from "./accounts.ts";
import { WireError } from "../wire/errors.ts";

const secret = new Uint8Array(32).fill(7);

Deno.test("an account's name is 1 to 32 plain characters, in lower case", () => {
  assert.deepEqual(["Alice", "a", "0-_.z", "x".repeat(32)].map(accountName), [
    "alice",
    "a",
    "0-_.z",
    "x".repeat(32),
  ]);
  for (const wrong of ["", "-a", ".a", "a b", "a\n", "älice", "x".repeat(33), "a,b", "a=b", "../a"]) {
    assert.equal(accountName(wrong), undefined, wrong);
  }
});

Deno.test("Accounts tells of each change, and of those that void logins", () => {
  const accounts = new Accounts();
  const told: string[] = [];
  accounts.onChange = () => void told.push("change");
  accounts.onRevoked = (name) => told.push(`revoked ${name}`);
  const steps: [() => boolean, boolean, string[]][] = [
    [() => accounts.add(account("alice")), true, ["change"]],
    [() => accounts.add(account("alice")), false, []],
    [() => accounts.disable("alice", true), true, ["change", "revoked alice"]],
    [() => accounts.disable("alice", false), true, ["change"]],
    [() => accounts.promote("alice", true), true, ["change"]],
    [() => accounts.reset("alice", account("another")), true, ["change", "revoked alice"]],
    [() => accounts.disable("bob", true), false, []],
    [() => accounts.remove("alice"), true, ["change", "revoked alice"]],
    [() => accounts.remove("alice"), false, []],
  ];
  for (const [step, result, expected] of steps) {
    told.length = 0;
    assert.equal(step(), result);
    assert.deepEqual(told, expected);
  }
});

Deno.test("Accounts shows no keys, and takes none that cannot be", () => {
  const accounts = new Accounts([account("bob"), account("alice", { operator: true })]);
  assert.deepEqual(accounts.show(), [
    { name: "alice", disabled: false, operator: true, created: "2026-11-21" },
    { name: "bob", disabled: false, operator: false, created: "2026-11-21" },
  ]);
  const wrong: Partial<Account>[] = [
    { name: "Carol" },
    { iterations: 9_999 },
    { iterations: 1_000_001 },
    { salt: new Uint8Array(7) },
    { salt: new Uint8Array(65) },
    { storedKey: new Uint8Array(31) },
    { serverKey: new Uint8Array(33) },
  ];
  for (const change of wrong) assert.throws(() => accounts.add(account("carol", change)), RangeError);
  assert.throws(() => accounts.reset("bob", { ...account("bob"), iterations: 1 }), RangeError);
  assert.equal(accounts.size, 2);
});

Deno.test("Accounts are bounded in number", () => {
  const many = Array.from({ length: MAX_ACCOUNTS }, (_, i) => account(`a${String(i).padStart(6, "0")}`));
  const accounts = new Accounts(many);
  assert.equal(accounts.full, true);
  assert.throws(() => accounts.add(account("bob")), /there are 10000 already/);
  assert.ok(encodeAccounts({ secret, accounts: accounts.list() }).length < MAX_TABLE_BYTES);
});

const anyName = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,31}$/);
const anyAccount: fc.Arbitrary<Account> = fc.record({
  name: anyName,
  salt: fc.uint8Array({ minLength: 8, maxLength: 64 }),
  iterations: fc.integer({ min: 10_000, max: 1_000_000 }),
  storedKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  serverKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  disabled: fc.boolean(),
  operator: fc.boolean(),
  created: fc.integer({ min: 0, max: 40_000 }).map((day) =>
    new Date(day * 86_400_000).toISOString().slice(0, 10)
  ),
}, { noNullPrototype: true });

Deno.test("accounts come back as they were written", () => {
  fc.assert(fc.property(fc.uniqueArray(anyAccount, { selector: ({ name }) => name }), (made) => {
    const accounts = new Accounts(made).list();
    assert.deepEqual(decodeAccounts(encodeAccounts({ secret, accounts })), { secret, accounts });
  }));
});

Deno.test("bytes that are no accounts are refused with one class of error", () => {
  const whole = encodeAccounts({ secret, accounts: [account("alice"), account("bob")] });
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => decodeAccounts(whole.subarray(0, length)), WireError);
  }
  assert.throws(() => decodeAccounts(Uint8Array.of(...whole, 0)), WireError);
  const unsorted = encodeAccounts({ secret, accounts: [account("bob"), account("alice")] });
  assert.throws(() => decodeAccounts(unsorted), /not in order/);
  const twice = encodeAccounts({ secret, accounts: [account("bob"), account("bob")] });
  assert.throws(() => decodeAccounts(twice), /not in order/);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), (noise, at) => {
    const bytes = whole.slice();
    bytes.set(noise.subarray(0, 8), at % (whole.length - 8));
    for (const hostile of [noise, bytes]) {
      try {
        const { accounts } = decodeAccounts(hostile);
        new Accounts(accounts);
        assert.deepEqual(encodeAccounts(decodeAccounts(hostile)), hostile);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
    }
  }));
});
