/** What one asks of a relay apart from any room: its public rooms, an account. Every request has a connection of its own. @module */
import { checkLogin, registerAccount } from "../client/accounts.ts";
import { ClientError } from "../client/errors.ts";
import type { SessionEvent } from "../client/events.ts";
import type { AccountLogin } from "../client/login.ts";
import { listRooms, type PublicRoom } from "../client/public_rooms.ts";
import type { RelayAccess } from "./relay_access.ts";
import { relayPlace } from "./relay_url.ts";
import { sanitizeName } from "./sanitize.ts";

/** Receives what the user should know. */
export type OnEvent = (event: SessionEvent) => void;

/** Asks the relay in use. */
export class RelayDesk {
  readonly #access: RelayAccess;
  #listed: readonly PublicRoom[] = [];
  #asked = false;

  /** A desk at the relay in use. */
  constructor(access: RelayAccess) {
    this.#access = access;
  }

  /** The relay's address, for showing. */
  get place(): string {
    return relayPlace(this.#access.current);
  }

  /** The public rooms; they can be joined by their number from now on. */
  async list(onEvent: OnEvent): Promise<readonly PublicRoom[]> {
    await this.#access.ready();
    this.#listed = await this.#access.at(
      ({ relay, ...options }) => listRooms(relay, { ...options, onEvent }),
      tellBy(onEvent),
    );
    this.#asked = true;
    return this.#listed;
  }

  /** Checks an account, and keeps it for this relay. The connection that a room has stays as it is. */
  async login(account: AccountLogin, onEvent: OnEvent): Promise<string> {
    await this.#access.ready();
    await this.#access.reach(
      ({ relay, ...options }) => checkLogin(relay, { ...options, login: { account }, onEvent }),
      tellBy(onEvent),
    );
    this.#access.logins.learn(this.#access.current, { account });
    return `Logged in at ${this.place} as ${account.name}`;
  }

  /** Makes an account, and keeps it for this relay. */
  async register(account: AccountLogin, onEvent: OnEvent): Promise<string> {
    await this.#access.ready();
    await this.#access.at(
      ({ relay, ...options }) => registerAccount(relay, account, { ...options, onEvent }),
      tellBy(onEvent),
    );
    this.#access.logins.learn(this.#access.current, { account });
    return `The account ${account.name} is yours at ${this.place}`;
  }

  /** Names of the rooms of the last list. */
  get listed(): readonly string[] {
    return this.#listed.map(({ name }) => name);
  }

  /** The invite of a room of the last list: by its number, such as `#2`, or by its name if only one has it. */
  invite(code: string): string | undefined {
    const number = /^#(\d{1,3})$/.exec(code)?.[1];
    if (number !== undefined) {
      const room = this.#listed[Number(number) - 1];
      if (room !== undefined) return room.invite;
      throw new ClientError(
        "no_such_room",
        `Cannot join ${code}: ${
          !this.#asked
            ? "type /list first"
            : this.#listed.length === 0
            ? "no rooms were listed; /list looks again"
            : "the list has no such number; type /list for a new one"
        }`,
      );
    }
    const named = this.#listed.filter(({ name }) => same(name, code));
    if (named.length > 1) {
      const numbers = named.map((room) => `#${this.#listed.indexOf(room) + 1}`).join(" or ");
      throw new ClientError(
        "ambiguous",
        `Cannot tell which room you mean: several have this name; type /join ${numbers}`,
      );
    }
    return named[0]?.invite;
  }
}

function same(listed: string, typed: string): boolean {
  const plain = (text: string): string =>
    sanitizeName(text).normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
  return plain(listed) === plain(typed);
}

function tellBy(onEvent: OnEvent): (code: string, message: string) => void {
  return (code, message) => onEvent({ type: "notice", code, message });
}
