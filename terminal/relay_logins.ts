/** The logins of this run, each for the one relay that it was given for. In RAM only. @module */
import { LoginBook, type Logins } from "../client/login.ts";
import type { GivenLogins } from "./login_sources.ts";
import { relayPlace } from "./relay_url.ts";

/** Logins by relay. */
export class RelayLogins {
  readonly #books = new Map<string, LoginBook>();
  readonly #given: LoginBook;
  #word: string | undefined;
  #place: string | null;
  readonly #typed: GivenLogins["typed"];

  /**
   * Takes what the user has given at the start.
   *
   * @param given Logins.
   * @param relay The relay that they are for; without one, they are for the first that is gone to.
   * @throws {ClientError} `bad_login`, status 2, for what can be no login.
   */
  constructor({ word, typed, ...given }: GivenLogins, relay: string | undefined) {
    this.#given = new LoginBook(given);
    this.#typed = typed;
    this.#word = word;
    this.#place = relay === undefined ? null : relayPlace(relay);
  }

  /** Where the logins of the start belong; null before that is known. */
  get place(): string | null {
    return this.#place;
  }

  /** The book of logins for a relay. */
  of(relay: string): LoginBook {
    const place = relayPlace(relay);
    this.#place ??= place;
    let book = this.#books.get(place);
    if (book === undefined) {
      book = place === this.#place ? this.#given : new LoginBook();
      this.#books.set(place, book);
    }
    return book;
  }

  /** Which login for a relay was typed at the start. */
  typedFor(relay: string): GivenLogins["typed"] {
    return relayPlace(relay) === this.#place ? this.#typed : undefined;
  }

  /** The last word of `connect`, if this is its relay: once, and only if no password of the relay's is known. */
  takeWord(relay: string): string | undefined {
    if (relayPlace(relay) !== this.#place || this.of(relay).logins.password !== undefined) return undefined;
    const word = this.#word;
    this.#word = undefined;
    return word;
  }

  /**
   * Adds a login for a relay, in place of the one of its kind.
   *
   * @param options.only Forgets the others. @default false
   */
  learn(relay: string, logins: Logins, { only = false }: { only?: boolean } = {}): void {
    const book = this.of(relay);
    book.set(only ? logins : { ...book.logins, ...logins });
  }

  /** Forgets everything. */
  wipe(): void {
    for (const book of [this.#given, ...this.#books.values()]) book.set({});
    this.#word = undefined;
  }
}
