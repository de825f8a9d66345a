/** A connection whose frames are read along, both ways. @module */
import { type Connect, platformConnect, type Socket } from "../../client/mod.ts";
import {
  type ClientFrame,
  decodeClientFrame,
  decodeRelayFrame,
  type RelayFrame,
  unpackBatch,
} from "../../wire/mod.ts";

const ANY = { maxBytes: Infinity, maxFrames: Infinity } as const;

/** The platform's `connect`; tells every frame before it is sent, or handed to the session. */
export function tapped(
  tell: { sent?: (frame: ClientFrame) => void; got?: (frame: RelayFrame) => void },
): Connect {
  return async (url, options) => {
    const inner = await platformConnect(url, options);
    const socket: Socket = {
      send: (bytes) => {
        for (const frame of unpackBatch(bytes, ANY)) tell.sent?.(decodeClientFrame(frame));
        inner.send(bytes);
      },
      close: () => inner.close(),
      get bufferedAmount() {
        return inner.bufferedAmount;
      },
      onMessage: () => {},
      onClose: () => {},
    };
    inner.onMessage = (bytes) => {
      for (const frame of unpackBatch(bytes, ANY)) tell.got?.(decodeRelayFrame(frame));
      socket.onMessage(bytes);
    };
    inner.onClose = (info) => socket.onClose(info);
    return socket;
  };
}
