import assert from "node:assert/strict";
import { FakeClock } from "../../tests/relay_helpers.ts";
import { settle } from "../../tests/settle.ts";
import { AccountFileError } from "../account_file_error.ts";
import type { Account } from "../accounts.ts";
import { AccountSaver, AGAIN_MS } from "./account_saver.ts";

/** A disk that is full until it is told otherwise. */
class Stage {
  readonly clock = new FakeClock();
  readonly said: string[] = [];
  full = true;
  accounts: Account[] = [];
  saved: readonly Account[] | undefined;
  readonly saver = new AccountSaver({
    file: {
      path: "accounts",
      save: (accounts) => {
        if (this.full) return Promise.reject(new AccountFileError("unsaved", "Cannot use accounts: full"));
        this.saved = accounts;
        return Promise.resolve();
      },
    },
    list: () => this.accounts,
    io: { print: (text) => void this.said.push(text), complain: (text) => void this.said.push(text) },
    clock: this.clock,
  });
}

Deno.test("accounts that could not be saved are saved when the disk has room again, and the operator told once each", async () => {
  const test = new Stage();
  for (let i = 0; i < 3; i++) assert.equal(await test.saver.save(), false);
  test.clock.advance(AGAIN_MS);
  await settle();
  assert.deepEqual(test.said, ["Cannot use accounts: full."]);
  test.full = false;
  test.clock.advance(AGAIN_MS);
  await settle();
  assert.equal(test.saved, test.accounts);
  assert.equal(await test.saver.save(), true);
  assert.deepEqual(test.said.slice(1), ["All accounts are saved again (accounts)."]);
  await test.saver.close();
  assert.equal(test.clock.waiting, 0);
});

Deno.test("accounts that could not be saved are tried once more at the end", async () => {
  const test = new Stage();
  await test.saver.save();
  test.full = false;
  await test.saver.close();
  assert.equal(test.saved, test.accounts);
  assert.equal(test.clock.waiting, 0);
});
