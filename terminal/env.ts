/** Reading the environment without ever needing permission for it. @module */

/**
 * Reads an environment variable.
 *
 * @param name Its name.
 * @returns Its value; undefined when it is unset, empty or may not be read.
 */
export function readEnv(name: string): string | undefined {
  try {
    const value = Deno.env.get(name);
    return value === "" ? undefined : value;
  } catch {
    return undefined; // no --allow-env: go on as if it were unset
  }
}
