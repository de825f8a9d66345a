/** Looks at what speaks on a port: TLS, with which certificate, or something else. Nothing is told to it. @module */
import type { ConnectionOptions, TLSSocket } from "node:tls";

/** What was found. */
export type Peek =
  /** TLS 1.3; `certificate` is DER and has been checked by nobody, `remote` is the address that answered. */
  | { kind: "tls"; certificate: Uint8Array; remote: string }
  /** Somebody answers who does not speak TLS. */
  | { kind: "plain" }
  /** TLS, but no version 1.3. */
  | { kind: "old_tls" }
  /** Nothing listens, nothing answers, or it hung up. */
  | { kind: "silent"; code: string };

/** Host and port of a WebSocket URL as sockets want them. */
export function socketAddress(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === "wss:" ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? usual : Number(port) };
}

/** What every TLS connection of ours has in common. `servername` may not be an address (RFC 6066 §3). */
export function tlsOptions(url: string): ConnectionOptions {
  const { host, port } = socketAddress(url);
  const isAddress = /^[\d.]+$/.test(host) || host.includes(":");
  return { host, port, minVersion: "TLSv1.3", ...(isAddress ? {} : { servername: host }) };
}

/**
 * Shakes hands over TLS, keeps the certificate and hangs up.
 *
 * @param url A WebSocket URL, of which host and port are used.
 * @param signal Ends the wait; what has not answered by then is `silent`.
 */
export async function peekTls(url: string, signal: AbortSignal): Promise<Peek> {
  const { connect } = await import("node:tls"); // takes its time and its memory, and few need it
  if (signal.aborted) return { kind: "silent", code: "ABORTED" };
  const found = Promise.withResolvers<Peek>();
  const socket: TLSSocket = connect({ ...tlsOptions(url), rejectUnauthorized: false }, () => {
    const { raw } = socket.getPeerCertificate();
    found.resolve({ kind: "tls", certificate: new Uint8Array(raw), remote: socket.remoteAddress ?? "" });
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", (error) => found.resolve(failedPeek(String((error as { code?: unknown }).code))));
  const onAbort = (): void => found.resolve({ kind: "silent", code: "TIMEOUT" });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await found.promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    socket.destroy();
    await closed;
  }
}

/** What an error of the handshake tells of the other end. */
function failedPeek(code: string): Peek {
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER") return { kind: "plain" };
  if (code === "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION") return { kind: "old_tls" };
  return { kind: "silent", code };
}
