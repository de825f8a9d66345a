/** Reading the environment without ever needing permission for it. @module */

/**
 * Reads an environment variable.
 *
 * @param name Its name.
 * @returns Its value; undefined when it is unset, empty or may not be read.
 */
export function readEnv(name: string): string | undefined {
  // Without --allow-env, reading would ask the user or throw: go on as if it were unset.
  if (!mayReadEnv(name)) return undefined;
  const value = Deno.env.get(name);
  return value === "" ? undefined : value;
}

/** Whether an environment variable may be read without asking the user. */
export function mayReadEnv(name: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
}
