/**
 * What a person or a bot sees: line mode, JSON mode, and everything that makes text from others safe to show.
 *
 * @example Text from a peer, made safe for a terminal
 * ```ts
 * import { sanitize } from "./mod.ts";
 *
 * sanitize("\x1b[31mred\u202e"); // "[31mred"
 * ```
 *
 * @module
 */
export type { Connect, Socket } from "../client/options.ts";
export { clientMain } from "./client_main.ts";
export { denoConnect } from "./connect_deno.ts";
export { relayUrl } from "./relay_url.ts";
export { sanitize, sanitizeName, type SanitizeOptions } from "./sanitize.ts";
