/**
 * A certificate for `--tls-self-signed`: nothing is written to disk. The key is made at the start and lasts as long as
 * the relay runs; the certificate is made anew with it before it ends, so that pins, which name the key, go on.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { addressBytes } from "./address_bytes.ts";
import { type RelayClock, systemClock } from "./clock.ts";
import { newKeys, type SelfSigned, selfSigned } from "./self_signed.ts";
import { keyFingerprint, type TlsPair, type TlsSource } from "./tls.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a certificate is valid, in days. */
const VALID_DAYS = 90;
/** How long before its end it is made anew. */
const RENEW_MS = 30 * DAY_MS;
/** How often the time is looked at: a machine may sleep, and no timer waits for months. */
const LOOK_MS = 6 * HOUR_MS;

/** Settings of {@linkcode selfSignedSource}. */
export interface SelfSignedSourceOptions {
  /** The host that the relay listens on, or is known by. */
  hosts?: readonly string[];
  /** Told in a sentence that the certificate was made anew. */
  onRenewed?: (message: string) => void;
  /** Timers. @default the machine's */
  clock?: RelayClock;
  /** Milliseconds since the epoch. @default the machine's clock */
  today?: () => number;
}

/** Makes a certificate for this machine: localhost, its addresses, and the hosts given. */
export async function selfSignedSource(options: SelfSignedSourceOptions = {}): Promise<TlsSource> {
  const source = new InMemory(options, await newKeys());
  await source.make();
  source.wait();
  return source;
}

class InMemory implements TlsSource {
  onChange: ((pair: TlsPair) => void) | undefined;
  readonly #options: SelfSignedSourceOptions;
  readonly #keys: CryptoKeyPair;
  readonly #clock: RelayClock;
  readonly #today: () => number;
  #pair: SelfSigned = { cert: "", key: "" };
  #until = 0;
  #timer: unknown;
  #closed = false;

  constructor(options: SelfSignedSourceOptions, keys: CryptoKeyPair) {
    this.#options = options;
    this.#keys = keys;
    this.#clock = options.clock ?? systemClock;
    this.#today = options.today ?? Date.now;
  }

  async make(): Promise<void> {
    const now = this.#today();
    const hosts = ["localhost", "127.0.0.1", "::1", ...this.#options.hosts ?? [], ...ownHosts()];
    const named = hosts.filter((host) => !isAny(host));
    this.#pair = await selfSigned({ hosts: named, now, days: VALID_DAYS, keys: this.#keys });
    this.#until = now + VALID_DAYS * DAY_MS;
  }

  current(): TlsPair {
    return this.#pair;
  }

  /** That of the key, which is the same for as long as the relay runs. */
  get fingerprint(): Uint8Array {
    return keyFingerprint(new X509Certificate(this.#pair.cert));
  }

  /** There is never another key: invites carry this one's fingerprint. */
  reload(): Promise<boolean> {
    return Promise.resolve(false);
  }

  wait(): void {
    if (this.#closed) return;
    this.#timer = this.#clock.setTimer(async () => {
      // What fails is tried again at the next look; there are many of them before the end.
      if (this.#until - this.#today() < RENEW_MS) await this.#renew().catch(() => {});
      this.wait();
    }, LOOK_MS);
  }

  async #renew(): Promise<void> {
    await this.make();
    if (this.#closed) return;
    this.onChange?.(this.#pair);
    const day = new Date(this.#until).toISOString().slice(0, 10);
    this.#options.onRenewed?.(
      `The certificate was made anew, with the same key, and is good until ${day}; invites and --pin go on as they are`,
    );
  }

  close(): void {
    this.#closed = true;
    this.#clock.clearTimer(this.#timer);
  }
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
