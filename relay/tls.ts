/** TLS for the relay: a source of certificates, and the HTTPS server that follows it. @module */
import { createHash, type X509Certificate } from "node:crypto";
import type { Server, ServerOptions } from "node:http";
import { createServer } from "node:https";
import type { SecureContextOptions } from "node:tls";

/** A certificate chain and its private key, both PEM. */
export interface TlsPair {
  /** The certificate, then those that lead to its issuer. */
  cert: string;
  /** The private key of the first. */
  key: string;
}

/** Where the relay's certificate comes from, and goes on coming from. */
export interface TlsSource {
  /** The pair in force; it has been checked. */
  current(): TlsPair;
  /** Set by the server: called with each later pair, which has been checked. */
  onChange?: ((pair: TlsPair) => void) | undefined;
  /** SHA-256 of the key of the certificate in force: what clients are told with `--pin`. */
  readonly fingerprint: Uint8Array;
  /** Looks for another pair at once (SIGHUP); false when there is none, or it cannot be used. */
  reload(): Promise<boolean>;
  /** Stops looking. */
  close(): void;
}

/** TLS 1.3 and nothing else, in every context: one that is set later does not inherit it. */
function secure(pair: TlsPair): SecureContextOptions {
  return { ...pair, minVersion: "TLSv1.3" };
}

/**
 * Makes what the node listener makes its servers with. New certificates reach all of them; connections that are open
 * go on with the one they began with.
 */
export function httpsMaker(source: TlsSource): (options: ServerOptions) => Server {
  return (options) => {
    const server = createServer({ ...options, ...secure(source.current()) });
    const others = source.onChange;
    source.onChange = (pair) => {
      others?.(pair);
      server.setSecureContext(secure(pair));
    };
    // A handshake that fails closes its own connection; it is no error of the server.
    server.on("tlsClientError", (_, socket) => socket.destroy());
    return server as Server;
  };
}

/** SHA-256 of a certificate's key (SubjectPublicKeyInfo, DER): it stays when the certificate is renewed with the same key. */
export function keyFingerprint({ publicKey }: X509Certificate): Uint8Array {
  const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
  return new Uint8Array(createHash("sha256").update(spki).digest());
}

/** A fingerprint as it is shown and typed: `AB:CD:…`, as openssl shows it. */
export function formatFingerprint(fingerprint: Uint8Array): string {
  return fingerprint.toHex().toUpperCase().match(/../g)?.join(":") ?? "";
}
