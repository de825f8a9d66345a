/** The first words with a relay: hello, and its welcome (SPEC §3). @module */
import { packBatch, unpackBatch } from "../wire/batch.ts";
import { decodeRelayFrame, encodeClientFrame, type RelayFrame } from "../wire/frame.ts";
import { ClientError } from "./errors.ts";
import type { Socket } from "./options.ts";
import { refusal, unreachable } from "./refusals.ts";

/** What the relay said of itself. */
export type Welcome = Extract<RelayFrame, { type: "welcome" }>;

/** Sends hello and waits for welcome, before anything else is set up. */
export function greet(socket: Socket, url: string, signal: AbortSignal): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", onAbort);
      socket.onMessage = () => {};
      socket.onClose = () => {};
      socket.close();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) return fail(signal.reason);
    signal.addEventListener("abort", onAbort);
    socket.onClose = ({ reason }) =>
      fail(unreachable(url, reason === "" ? "it closed the connection" : reason));
    socket.onMessage = (bytes) => {
      try {
        const frames = unpackBatch(bytes, { maxBytes: 65_536, maxFrames: 16 }).map(decodeRelayFrame);
        const welcome = frames.find((frame) => frame.type === "welcome");
        const error = frames.find((frame) => frame.type === "error");
        if (welcome?.type === "welcome") {
          signal.removeEventListener("abort", onAbort);
          resolve(welcome);
        } else if (error?.type === "error") fail(refusal(error));
      } catch (cause) {
        fail(
          new ClientError("not_a_relay", `Cannot use ${url}: what answers there is not a Sotto relay`, {
            status: 3,
            cause,
          }),
        );
      }
    };
    socket.send(packBatch([encodeClientFrame({ type: "hello", version: 1, auth: new Uint8Array(0) })]));
  });
}
