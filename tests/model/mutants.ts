/** Networks and events that are wrong on purpose: a model that does not notice them proves nothing. @module */
import { PayloadKind, payloadKind } from "../../client/payload.ts";
import {
  decodeRelayFrame,
  encodeRelayFrame,
  packBatch,
  type RelayFrame,
  unpackBatch,
} from "../../wire/mod.ts";
import type { Host } from "./net.ts";

/** Has what the relay sends to a host go through `pass`, which drops, doubles or changes frames. */
export function between(host: Host, pass: (frame: RelayFrame) => RelayFrame[]): void {
  host.filter = (bytes) => {
    const frames = unpackBatch(bytes, { maxBytes: 2 ** 26, maxFrames: 65_536 }).map(decodeRelayFrame).flatMap(
      pass,
    );
    return frames.length === 0 ? null : packBatch(frames.map(encodeRelayFrame));
  };
}

/** What the payload of a frame is, if it has one. */
export function kindIn(frame: RelayFrame): number | undefined {
  return frame.type === "deliver" ? payloadKind(frame.payload) : undefined;
}

/** One message never arrives, and nobody ever says that there was one. */
export function swallowOne(host: Host): void {
  let swallowed = "";
  between(host, (frame) => {
    if (frame.type !== "deliver") return [frame];
    const kind = kindIn(frame);
    if (kind === PayloadKind.side || kind === PayloadKind.distribution) return [];
    if (kind !== PayloadKind.sealed) return [frame];
    const name = frame.payload.join();
    if (swallowed === "") swallowed = name;
    return name === swallowed ? [] : [frame];
  });
}

/** Each message arrives twice. */
export function sayTwice(host: Host): void {
  between(host, (frame) => kindIn(frame) === PayloadKind.sealed ? [frame, frame] : [frame]);
}
