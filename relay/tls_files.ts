/** A certificate on disk that is followed when it is renewed. @module */
import { type RelayClock, systemClock } from "./clock.ts";
import { ownersFile } from "./secret_file.ts";
import { UsageError } from "./usage_error.ts";
import type { TlsPair, TlsSource } from "./tls.ts";
import { type CheckedPair, checkPair, type PairNames } from "./tls_check.ts";

/** How often the files are looked at. */
const LOOK_MS = 5_000;

/** Something the operator should read: a new certificate is in force, one was refused, one is about to expire. */
export interface TlsNews {
  kind: "renewed" | "refused" | "warning";
  message: string;
}

/** Settings of {@linkcode openTlsFiles}. */
export interface TlsFilesOptions {
  /** The certificate chain, PEM. */
  cert: string;
  /** Its key, PEM; only its owner may be able to read it. */
  key: string;
  /** The options as the operator wrote them. @default "--tls-cert" and "--tls-key" */
  flags?: { cert: string; key: string };
  /** Told what happens. */
  onNews?: (news: TlsNews) => void;
  /** Timers. @default the machine's */
  clock?: RelayClock;
  /** Milliseconds since the epoch. @default the machine's clock */
  today?: () => number;
}

/**
 * Reads and checks a certificate and its key, and looks every 5 seconds whether other files lie there.
 *
 * Looked at is what the paths lead to, so that a swapped symbolic link is seen (certbot and Kubernetes renew like
 * that). Files that have just changed are read once they have stayed the same for a look: whoever renews writes two
 * files, one after the other.
 *
 * @throws {UsageError} When they cannot be used, with the option and the fix.
 */
export async function openTlsFiles(options: TlsFilesOptions): Promise<TlsSource> {
  const source = new TlsFiles(options);
  await source.open();
  return source;
}

class TlsFiles implements TlsSource {
  onChange: ((pair: TlsPair) => void) | undefined;
  readonly #options: TlsFilesOptions;
  readonly #names: PairNames;
  readonly #clock: RelayClock;
  readonly #today: () => number;
  #checked: CheckedPair | undefined;
  /** What the files in force, or last refused, looked like. */
  #read = "";
  /** What they looked like at the last look. */
  #seen = "";
  #timer: unknown;
  #loading: Promise<boolean> | undefined;
  #closed = false;

  constructor(options: TlsFilesOptions) {
    const { cert = "--tls-cert", key = "--tls-key" } = options.flags ?? {};
    this.#options = options;
    this.#names = { cert: `${cert} ${options.cert}`, key: `${key} ${options.key}` };
    this.#clock = options.clock ?? systemClock;
    this.#today = options.today ?? Date.now;
  }

  async open(): Promise<void> {
    this.#seen = this.#read = await this.#look();
    this.#checked = await this.#readPair();
    const { warning } = this.#checked;
    if (warning !== undefined) this.#tell("warning", warning);
    this.#wait();
  }

  current(): TlsPair {
    return this.#inForce.pair;
  }

  get fingerprint(): Uint8Array {
    return this.#inForce.fingerprint;
  }

  get #inForce(): CheckedPair {
    if (this.#checked === undefined) throw new Error("Cannot use a certificate: none has been read");
    return this.#checked;
  }

  reload(): Promise<boolean> {
    return this.#loading ??= this.#load().finally(() => this.#loading = undefined);
  }

  close(): void {
    this.#closed = true;
    this.#clock.clearTimer(this.#timer);
  }

  async #load(): Promise<boolean> {
    const look = await this.#look();
    try {
      const next = await this.#readPair();
      if (!next.valid && this.#inForce.valid) throw new UsageError(next.warning ?? "It is not valid now");
      if (this.#closed || samePair(next.pair, this.current())) return false;
      this.onChange?.(next.pair);
      this.#checked = next;
      this.#tell("renewed", `A new certificate is in force (${this.#names.cert}); open connections go on`);
      if (next.warning !== undefined) this.#tell("warning", next.warning);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!this.#closed) this.#tell("refused", `${why}. The certificate that was in force stays so`);
      return false;
    } finally {
      this.#seen = this.#read = look;
    }
  }

  async #readPair(): Promise<CheckedPair> {
    const { flags: { cert = "--tls-cert", key = "--tls-key" } = {}, ...paths } = this.#options;
    const chain = await ownersFile(paths.cert, cert);
    const secret = await ownersFile(paths.key, key);
    if (secret.openTo !== undefined) throw new UsageError(`Cannot use ${this.#names.key}: ${secret.openTo}`);
    return checkPair({ cert: chain.text, key: secret.text }, this.#names, this.#today());
  }

  #wait(): void {
    if (this.#closed) return;
    this.#timer = this.#clock.setTimer(async () => {
      const look = await this.#look();
      const settled = look === this.#seen;
      this.#seen = look;
      if (settled && look !== this.#read && !this.#closed) await this.reload();
      this.#wait();
    }, LOOK_MS);
  }

  /** How the files that the paths lead to look from outside. */
  async #look(): Promise<string> {
    const { cert, key } = this.#options;
    return (await Promise.all([cert, key].map(outside))).join(" ");
  }

  #tell(kind: TlsNews["kind"], message: string): void {
    this.#options.onNews?.({ kind, message });
  }
}

async function outside(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtime, mode } = await Deno.stat(path);
    return [dev, ino, size, mtime?.getTime(), mode].join(":");
  } catch {
    return "-";
  }
}

function samePair(a: TlsPair, b: TlsPair): boolean {
  return a.cert === b.cert && a.key === b.key;
}
