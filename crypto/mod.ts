/**
 * Everything secret of Sotto. Knows no sockets, no relay frames, no clock and no terminal; runs in a browser.
 *
 * By what it is for:
 *
 * - **who**: {@linkcode Identity}, {@linkcode Verifier}, {@linkcode Bundle}, nicknames, safety words
 * - **getting in**: {@linkcode parseCode}, {@linkcode openDoor}, {@linkcode JoinerExchange},
 *   {@linkcode SponsorExchange}
 * - **saying**: {@linkcode encodeContent}, {@linkcode signPack}, {@linkcode sealFrame} on a
 *   {@linkcode SendingChain}, which {@linkcode sealDistributions} hands to the others
 * - **reading**: {@linkcode openDistribution}, {@linkcode openFrame} on a {@linkcode ReceivingChain},
 *   {@linkcode decodePack}, {@linkcode verifyPack}
 *
 * Every failure is a {@linkcode CryptoError} with a stable `code`. Decoders are total: a value, or the code
 * `decode`. JavaScript cannot promise constant time or that a wiped secret has no copy: `dispose()` and
 * `wipe()` do what can be done.
 *
 * @example One member says something, another reads it
 * ```ts
 * import assert from "node:assert/strict";
 * import * as sotto from "@sotto/sotto/crypto";
 *
 * const room = sotto.randomBytes(16);
 * const ada = await sotto.Identity.generate();
 * const place = { room, member: ada.memberId };
 * const chain = sotto.SendingChain.create();
 * const start = chain.start(); // travels in a distribution
 *
 * const content = sotto.encodeContent({
 *   number: 1,
 *   kind: sotto.ContentKind.text,
 *   lamport: 1,
 *   prevHash: new Uint8Array(32),
 *   deps: [],
 *   body: sotto.utf8("hello"),
 * });
 * const frame = await sotto.sealFrame(chain, place, await sotto.signPack(ada, room, [content]));
 *
 * const verifier = await sotto.Verifier.import(ada.publicKey);
 * const accept = async (plaintext: Uint8Array) => {
 *   if (!await sotto.verifyPack(sotto.decodePack(plaintext), room, verifier)) {
 *     throw new sotto.CryptoError("bad_signature", "Cannot accept a pack: its author did not sign it");
 *   }
 * };
 * const reader = new sotto.ReceivingChain(start);
 * const pack = sotto.decodePack(await sotto.openFrame(reader, place, frame, { accept }));
 * assert.equal(sotto.fromUtf8(pack.contents[0]?.content.body ?? new Uint8Array()), "hello");
 * ```
 *
 * @module
 */
export * from "./bundle.ts";
export * from "./bytes.ts";
export * from "./cbor.ts";
export * from "./codes.ts";
export * from "./content.ts";
export * from "./distribution.ts";
export * from "./doors.ts";
export * from "./errors.ts";
export * from "./fresh_keys.ts";
export * from "./hash.ts";
export * from "./identity.ts";
export * from "./join_handshake.ts";
export * from "./kem.ts";
export * from "./nickname.ts";
export * from "./pack.ts";
export * from "./padding.ts";
export * from "./present.ts";
export * from "./private_seal.ts";
export * from "./safety_words.ts";
export * from "./seal.ts";
export * from "./sender_chain.ts";
export * from "./side_seal.ts";
export * from "./skipped_keys.ts";
export * from "./spake2.ts";
