/**
 * Sotto as a library: end-to-end encrypted rooms through a relay that learns nothing.
 *
 * @example A relay and two members in one program
 * ```ts
 * import { createRoom, joinRoom, openRelay } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const relay = await openRelay({ port: 0 });
 * const invited = Promise.withResolvers<string>();
 * const heard = Promise.withResolvers<string>();
 *
 * const alice = await createRoom({
 *   relay: relay.url,
 *   nick: "alice",
 *   onEvent: (event) => {
 *     if (event.type === "invite") invited.resolve(event.invite);
 *     if (event.type === "message") heard.resolve(`${event.from.nick}: ${event.text}`);
 *   },
 * });
 * const bob = await joinRoom({ relay: relay.url, nick: "bob", code: await invited.promise });
 *
 * await bob.run({ command: "send", text: "hello" });
 * assert.equal(await heard.promise, "bob: hello");
 *
 * await bob.leave();
 * await alice.leave();
 * await relay.close();
 * ```
 *
 * @module
 */
export * from "./client/mod.ts";
export { openRelay, type OpenRelayOptions, type RunningRelay } from "./relay/mod.ts";
