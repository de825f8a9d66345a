/** What an ended session has asked of the platform's cryptography comes to its end. @module */

const ROUNDS = 12;
const ROUND_MS = 5;

/**
 * Gives operations time that were under way when their session ended: nothing tells when the platform has finished
 * one whose result nobody waits for any more, and Deno's sanitizer counts it against the test.
 */
export async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await crypto.subtle.digest("SHA-256", new Uint8Array(1));
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  }
}
