/** Which lines may hold a code or a password. @module */

/** Commands that take one. */
const SECRET = /^\s*\/(?:join|login|register)(?![\p{L}\p{N}_-])/iu;

/** Whether a line is never to be kept, shown again or searched. */
export function carriesSecret(line: string): boolean {
  return SECRET.test(line);
}
