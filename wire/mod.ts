/**
 * The wire between a client and a relay: frames, batches, limits and error codes. Payloads are opaque bytes to it.
 *
 * @example A frame there and back
 * ```ts
 * import { decodeClientFrame, encodeClientFrame, packBatch, unpackBatch } from "@sotto/sotto/wire";
 *
 * const batch = packBatch([encodeClientFrame({ type: "ping", opaque: 7 })]);
 * const [bytes] = unpackBatch(batch, { maxBytes: 1_000, maxFrames: 10 });
 * if (bytes !== undefined) decodeClientFrame(bytes); // { type: "ping", opaque: 7 }
 * ```
 *
 * @module
 */
export {
  ACK_LENGTH,
  BatchWriter,
  checkBatch,
  deliverLength,
  frameEnd,
  packBatch,
  unpackBatch,
} from "./batch.ts";
export type { BatchBounds } from "./batch.ts";
export type { Bytes } from "./bytes.ts";
export * from "./error_codes.ts";
export * from "./errors.ts";
export * from "./frame.ts";
export * from "./limits.ts";
export * from "./login.ts";
