/**
 * Sessions in end-to-end encrypted rooms, without a user interface: no sockets, clocks or terminals of its own.
 *
 * @example A session that says one thing and leaves
 * ```ts
 * import { createRoom } from "./mod.ts";
 *
 * export async function shout(relay: string): Promise<void> {
 *   const session = await createRoom({ relay, nick: "ada" });
 *   await session.run({ command: "send", text: "anybody there?" });
 *   await session.leave();
 * }
 * ```
 *
 * @module
 */
export { type AccountOptions, checkLogin, registerAccount } from "./accounts.ts";
export * from "./commands.ts";
export * from "./errors.ts";
export * from "./events.ts";
export type { FileSink, FileState } from "./file_getting.ts";
export type { FileSource } from "./file_giving.ts";
export type { FileInfo } from "./file_info.ts";
export type { FileReadingState } from "./file_reading.ts";
export { type AccountLogin, LoginBook, type Logins } from "./login.ts";
export * from "./options.ts";
export type { ScramKeys } from "../crypto/scram_keys.ts";
export { platformClock, platformConnect } from "./platform.ts";
export { listRooms, type PublicRoom } from "./public_rooms.ts";
export { createRoom, joinRoom } from "./session.ts";
