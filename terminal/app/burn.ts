/** Wipes everything at once and ends: rooms, keys, texts, screen. Nothing on the way may stop it. @module */

/** All that has to go, in the order in which it goes. */
export interface BurnTargets {
  /** Gives the terminal back with nothing of ours on it; at once. */
  screen: { leave(): void };
  /** Ends with keys wiped; the last word to the others is not waited for. */
  sessions: Iterable<{ abort(): unknown }>;
  /** Whatever holds texts: models, drafts, input history, kill rings, windows, caches, the lock. */
  texts: Iterable<{ wipe(): void }>;
  /** Ends the program. */
  exit: () => void;
}

/**
 * Burns. All of it happens before this returns; a step that fails does not keep the others from happening.
 *
 * @returns What failed, for tests; there is nobody to tell it to.
 */
export function burn({ screen, sessions, texts, exit }: BurnTargets): unknown[] {
  const failures: unknown[] = [];
  const attempt = (step: () => unknown): void => {
    try {
      const result = step();
      if (result instanceof Promise) result.catch(() => {});
    } catch (error) {
      failures.push(error);
    }
  };
  attempt(() => screen.leave());
  attempt(() => {
    for (const session of sessions) attempt(() => session.abort());
  });
  attempt(() => {
    for (const text of texts) attempt(() => text.wipe());
  });
  attempt(exit);
  return failures;
}
