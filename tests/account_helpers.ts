/** Accounts for tests, cheap to make. @module */
import type { Account } from "../relay/accounts.ts";
import type { SealCost } from "../relay/account_seal.ts";

/** A key that takes a millisecond. */
export const CHEAP: SealCost = { memory: 8, passes: 1 };

/** An account with keys that are those of no password. */
export function account(name: string, rest: Partial<Account> = {}): Account {
  const bytes = (length: number, first: number): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => first + i + name.length);
  return {
    name,
    salt: bytes(16, 1),
    iterations: 10_000,
    storedKey: bytes(32, 50),
    serverKey: bytes(32, 100),
    disabled: false,
    operator: false,
    created: "2026-11-21",
    ...rest,
  };
}

/** Runs with a folder of its own. */
export async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "sotto-accounts-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Names in a folder, locks apart. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !name.endsWith(".lock"))
    .sort();
}
