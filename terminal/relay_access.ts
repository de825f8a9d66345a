/** The way to a relay: which one, by what connection, with which login. @module */
import { equalBytes } from "../crypto/bytes.ts";
import { ClientError } from "../client/errors.ts";
import type { Connect, SessionOptions } from "../client/options.ts";
import { denoConnect } from "./connect_deno.ts";
import { resolveRelay } from "./find_relay.ts";
import type { GivenLogins } from "./login_sources.ts";
import { type Asker, RelayDoor } from "./relay_door.ts";
import { RelayLogins } from "./relay_logins.ts";
import { hasScheme, isLoopback, relayPlace, relayUrl } from "./relay_url.ts";
import { SeenCertificates } from "./seen_certificates.ts";
import { UnknownCertificate } from "./unknown_certificate.ts";

/** What the user has said of the relay. */
export interface RelaySettings {
  /** Relay named on the command line; it wins over the one in an invite there. */
  relay?: string | undefined;
  /** Relay of the environment. */
  usualRelay?: string | undefined;
  /** Relay that this program came from: the usual one where no other is named. */
  home?: string | undefined;
  /** TLS and nothing else. @default false */
  ssl?: boolean | undefined;
  /** Certificates of the issuers to trust in place of the usual ones, PEM. */
  ca?: string | undefined;
  /** SHA-256 of the one key, or certificate, that the relay of the start may show. */
  pin?: Uint8Array | undefined;
  /** Sends a token without TLS too. @default false */
  insecureToken?: boolean | undefined;
  /** Logins. @default none */
  logins?: GivenLogins | undefined;
  /** Who can be asked for a login, and about a certificate. @default nobody */
  asker?: Asker | null | undefined;
}

/** What goes into the options of a session. */
export type RelayOptions = Pick<SessionOptions, "relay" | "connect" | "login" | "insecureToken" | "certHash">;

/** Is told what the user should know. */
type Tell = (code: string, message: string) => void;

/** What is said when an invite cannot vouch for what the relay hands out. */
const OTHER_CLIENT =
  "This relay hands out another client than the one that runs here: a newer or older one, or one that was changed. " +
  "Invites do not vouch for it";

/** The relay that is used when none is named. */
const DEFAULT_RELAY_TEXT = "127.0.0.1";

/** The way to one relay after another: of a whole run, or of one tab. */
export class RelayAccess {
  /** The logins. */
  readonly logins: RelayLogins;
  /** What the user has said of the relay. */
  readonly settings: RelaySettings;
  readonly #door: RelayDoor;
  readonly #seen: SeenCertificates;
  readonly #text: string | undefined;
  readonly #usual: string;
  #current: string;
  #connect: Connect | null = null;
  /** Whether it is still to be found out if the relay in use has TLS. */
  #toFind = true;

  /** Makes a way to the relay of the settings; with `from`, see {@linkcode RelayAccess.beside}. */
  constructor(settings: RelaySettings, from?: RelayAccess) {
    const { relay, usualRelay, home, ssl: tls = false, logins = {}, asker = null } = settings;
    this.settings = settings;
    const named = relay ?? usualRelay;
    this.#text = named ?? home;
    this.#current = this.#usual = relayUrl(this.#text ?? DEFAULT_RELAY_TEXT, { tls });
    this.logins = from?.logins ??
      new RelayLogins(logins, named === undefined ? undefined : this.#current);
    this.#door = from === undefined ? new RelayDoor(this.logins, asker) : from.#door;
    this.#seen = from === undefined ? new SeenCertificates(asker) : from.#seen;
    if (from === undefined) return;
    this.#current = from.#current;
    this.#toFind = from.#toFind;
    this.#connect = from.#connect;
  }

  /** Another way that begins at the relay in use here and then goes its own way; the logins are the same ones. */
  beside(): RelayAccess {
    return new RelayAccess(this.settings, this);
  }

  /** Whether the user has named a relay, be it by where the program was taken from. */
  get isNamed(): boolean {
    return this.#text !== undefined;
  }

  /** The relay in use, for showing. */
  get current(): string {
    return this.#current;
  }

  /** Whether the relay in use is known by certificates that the user has named, which others lack. */
  get needsCa(): boolean {
    return this.settings.ca !== undefined && this.#current.startsWith("wss:");
  }

  /** Goes over to a relay whose whole address is known, such as that of an invite. */
  use(relay: string): void {
    if (this.settings.ssl === true && relay.startsWith("ws:")) {
      throw new ClientError(
        "no_tls",
        "Cannot join: this invite leads to a relay without TLS, and --ssl asks for it",
        { status: 2 },
      );
    }
    this.#current = relay;
    this.#toFind = false;
  }

  /** Finds out how to speak to the relay in use, if that is not known yet. */
  async ready(signal?: AbortSignal): Promise<void> {
    if (!this.#toFind || this.#text === undefined) return;
    const { ssl: tls = false } = this.settings;
    this.#current = await resolveRelay(this.#text, { tls, ...(signal === undefined ? {} : { signal }) });
    this.#toFind = false;
  }

  /** Goes back to the usual relay. */
  reset(): void {
    this.#current = this.#usual;
    this.#toFind = true;
  }

  /**
   * Does something at the relay in use; where that takes a login, finds one and does it again.
   *
   * @param run What to do, with the options for it.
   * @param tell Is told what the user should know.
   * @param known Whether an invite says which certificate this relay has: then nothing else is asked or remembered.
   */
  async at<T>(
    run: (options: RelayOptions) => Promise<T>,
    tell: Tell,
    known: { byInvite?: boolean } = {},
  ): Promise<T> {
    return await this.#door.through(this.#current, () => this.reach(run, tell, known), { tell });
  }

  /**
   * Which client the relay in use hands out, as far as an invite may say so: what the relay says, unless this client is
   * itself a file of the same kind and another one.
   *
   * @param tell Is told what the user should know.
   */
  async clientHash(tell: (code: string, message: string) => void): Promise<Uint8Array | undefined> {
    const { claimedClientHash, ownClientHash } = await import("./relay_client.ts");
    const { ca } = this.settings;
    const { relay, certHash } = this.#options({ byInvite: false });
    const claimed = await claimedClientHash(relay, {
      pin: certHash,
      ...(ca === undefined ? {} : { caCerts: [ca] }),
    });
    if (claimed === undefined) return undefined;
    const own = await ownClientHash();
    if (own === undefined || equalBytes(own, claimed)) return claimed;
    tell("other_client", OTHER_CLIENT);
    return undefined;
  }

  /** The same without a look for a login: what it takes is known. */
  async reach<T>(
    run: (options: RelayOptions) => Promise<T>,
    tell: Tell,
    { byInvite = false }: { byInvite?: boolean } = {},
  ): Promise<T> {
    for (;;) {
      try {
        return await run(this.#options({ byInvite }));
      } catch (error) {
        if (error instanceof UnknownCertificate && !byInvite) {
          await this.#seen.meet(error, this.#current, tell);
        } else if (!this.#takeTls(error)) throw error;
      }
    }
  }

  /** Goes over to TLS where a relay of this computer has it and nobody has written `ws://`. */
  #takeTls(error: unknown): boolean {
    if (!(error instanceof ClientError) || error.code !== "needs_tls") return false;
    if (this.#current !== this.#usual || !isLoopback(this.#usual)) return false;
    if (this.#text !== undefined && hasScheme(this.#text)) return false;
    this.#current = this.#usual.replace(/^ws:/, "wss:");
    return true;
  }

  /** Options for the relay in use, with what is known to log in with and of its certificate. */
  #options({ byInvite }: { byInvite: boolean }): RelayOptions {
    const relay = this.#current;
    const login = this.logins.of(relay);
    const { insecureToken = false, pin: typed } = this.settings;
    // Like the logins, a certificate is that of the relay of the start, and of no other.
    const own = typed !== undefined && relayPlace(relay) === this.logins.place ? typed : undefined;
    const pin = own ?? (byInvite || !relay.startsWith("wss:") ? undefined : this.#seen.of(relay));
    return { relay, connect: this.connect(), login, insecureToken, ...(pin && { certHash: pin }) };
  }

  /** Opens connections with the user's certificates. */
  connect(): Connect {
    const { ca, pin } = this.settings;
    return this.#connect ??= denoConnect({
      typedPin: pin,
      isSeen: (one) => this.#seen.has(one),
      ...(ca === undefined ? {} : { caCerts: [ca] }),
    });
  }
}
