/** Time and sockets of the platform that this runs on: Deno, a browser, or anything with `WebSocket`. @module */
import { SUBPROTOCOL } from "../wire/limits.ts";
import { ClientError } from "./errors.ts";
import type { Clock, Connect, ConnectCall, Socket } from "./options.ts";

/** Longest wait that the platform keeps, in milliseconds: what is longer would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The platform's clock and timers. */
export const platformClock: Clock = {
  now: () => Date.now(),
  // A timer of nothing is the end of this turn: browsers and Deno make at least a millisecond of it.
  setTimer: (run, ms) =>
    ms <= 0 && soon !== undefined ? { soon: soon(run) } : setTimeout(run, Math.min(ms, LONGEST_MS)),
  clearTimer: (timer) => {
    if (typeof timer === "object" && timer !== null && "soon" in timer) notSoon?.(timer.soon);
    else clearTimeout(timer as number);
  },
};

const { setImmediate: soon, clearImmediate: notSoon } = globalThis as {
  setImmediate?: (run: () => void) => unknown;
  clearImmediate?: (handle: unknown) => void;
};

/** Opens the platform's `WebSocket`. */
export const platformConnect: Connect = (url: string, { signal, certHash }: ConnectCall): Promise<Socket> =>
  new Promise<Socket>((resolve, reject) => {
    if (certHash !== undefined) return reject(cannotPin(url));
    const ws = new WebSocket(url, [SUBPROTOCOL]);
    ws.binaryType = "arraybuffer";
    let open = false;
    const socket: Socket = {
      send: (bytes) => {
        if (ws.readyState === WebSocket.OPEN) ws.send(bytes as Uint8Array<ArrayBuffer>);
      },
      close: () => ws.close(),
      get bufferedAmount() {
        return ws.bufferedAmount;
      },
      onMessage: () => {},
      onClose: () => {},
    };
    const stop = (): void => {
      ws.close();
      reject(signal.reason);
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    ws.onopen = () => {
      open = true;
      signal.removeEventListener("abort", stop);
      resolve(socket);
    };
    ws.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) socket.onMessage(new Uint8Array(data));
      else ws.close();
    };
    ws.onerror = () => {
      if (!open) reject(new ClientError("unreachable", `Cannot reach the relay at ${url}`, { status: 3 }));
    };
    ws.onclose = ({ code, reason }) => {
      signal.removeEventListener("abort", stop);
      if (open) socket.onClose({ code, reason });
      else reject(new ClientError("unreachable", `Cannot reach the relay at ${url}`, { status: 3 }));
    };
  });

/** A `WebSocket` does not show its certificate: what cannot be checked is not taken for right. */
function cannotPin(url: string): ClientError {
  return new ClientError(
    "cannot_pin",
    `Cannot reach the relay at ${url}: its certificate is to be compared with a fingerprint, which cannot be done here`,
    { status: 3 },
  );
}
