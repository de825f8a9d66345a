/** Which lines may hold a code or a password. @module */

/** Commands that take one, and words behind what may be one of them with a slip, such as `/joni`. */
const SECRET = /^\s*\/(?:(?:join|login|register)(?![\p{L}\p{N}_-])|(?:jo|lo|reg)\w*\s)/iu;

/** Whether a line is never to be kept, shown again or searched. */
export function carriesSecret(line: string): boolean {
  return SECRET.test(line);
}
