/** What an ended session has asked of the platform's cryptography comes to its end. @module */
import { cryptoAtRest } from "./crypto_rest.ts";

const ROUNDS = 4;
const ROUND_MS = 5;

/**
 * Gives operations time that were under way when their session ended: nobody waits for their result any more, and
 * Deno's sanitizer counts them against the test. Sockets that were closed meanwhile get a moment as well.
 */
export async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await cryptoAtRest();
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  }
  await cryptoAtRest();
}
