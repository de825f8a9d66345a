/** A certificate made at start, for `--tls-self-signed`: nothing is written to disk, and the next start makes another. @module */
import { createHash, X509Certificate } from "node:crypto";
import { addressBytes } from "./address_bytes.ts";
import { type SelfSigned, selfSigned } from "./self_signed.ts";
import type { TlsPair, TlsSource } from "./tls.ts";

/** Settings of {@linkcode selfSignedSource}. */
export interface SelfSignedSourceOptions {
  /** The host that the relay listens on, or is known by. */
  hosts?: readonly string[];
  /** Milliseconds since the epoch. @default the machine's clock */
  now?: number;
}

/** Makes a certificate for this machine: localhost, its addresses, and the hosts given. */
export async function selfSignedSource(options: SelfSignedSourceOptions = {}): Promise<TlsSource> {
  const { hosts = [], now = Date.now() } = options;
  const all = ["localhost", "127.0.0.1", "::1", ...hosts.filter((host) => !isAny(host)), ...ownHosts()];
  return new InMemory(await selfSigned({ hosts: all, now }));
}

class InMemory implements TlsSource {
  onChange: ((pair: TlsPair) => void) | undefined;
  readonly fingerprint: Uint8Array;
  readonly #pair: SelfSigned;

  constructor(pair: SelfSigned) {
    const { raw } = new X509Certificate(pair.cert);
    this.fingerprint = new Uint8Array(createHash("sha256").update(new Uint8Array(raw)).digest());
    this.#pair = pair;
  }

  current(): TlsPair {
    return this.#pair;
  }

  /** There is never another: invites carry this one's fingerprint. */
  reload(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): void {}
}

/** Addresses that mean all of them stand for none. */
function isAny(host: string): boolean {
  return addressBytes(host)?.every((byte) => byte === 0) ?? false;
}

/** The machine's name and addresses, as far as Deno lets us see them; those of a single link (fe80::/10) are of no use. */
function ownHosts(): string[] {
  const may = (kind: "hostname" | "networkInterfaces"): boolean =>
    Deno.permissions.querySync({ name: "sys", kind }).state === "granted";
  const addresses = may("networkInterfaces") ? Deno.networkInterfaces().map(({ address }) => address) : [];
  return [
    ...(may("hostname") ? [Deno.hostname()] : []),
    ...addresses.filter((address) => !/^fe[89ab]/i.test(address)),
  ];
}
