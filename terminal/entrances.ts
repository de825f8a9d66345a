/** The ways into a room: what the command line and `/join` come down to. @module */
import { ClientError } from "../client/errors.ts";
import type { CreateOptions, SessionOptions } from "../client/options.ts";
import type { RoomSession } from "../client/commands.ts";
import { openEmbeddedRelay } from "./embedded_relay.ts";
import type { ParsedCode } from "../crypto/codes.ts";
import type { JoinWords } from "./join_words.ts";
import { OwnRelays } from "./own_relays.ts";
import type { RelayAccess, RelayOptions } from "./relay_access.ts";
import type { Entrance, EntranceHooks } from "./seat.ts";
import { WayBack } from "./way_back.ts";
import { usableWords } from "./usable_words.ts";

/** What all ways in have in common. */
export interface EntranceSettings {
  /** The way to relays. */
  access: RelayAccess;
  /** Nickname. */
  nick: string;
  /** Most members of a room that is founded. */
  limit?: number | undefined;
  /** How long a member that has lost its connection stays one, in milliseconds. */
  awayMs?: number | undefined;
  /** How long a lost connection is tried again, in milliseconds. */
  giveUpMs?: number | undefined;
  /** Relays that run inside this program. @default none yet */
  relays?: OwnRelays;
}

/** What a room is founded with, beside what all rooms have. */
export type Founding = Pick<CreateOptions, "public" | "topic">;

/** Makes entrances. */
export class Entrances {
  readonly #settings: EntranceSettings;
  readonly #relays: OwnRelays;
  readonly #wayBack: WayBack = new WayBack((words) => this.join(words));

  /** Makes entrances with the user's settings. */
  constructor(settings: EntranceSettings) {
    this.#settings = settings;
    this.#relays = settings.relays ?? new OwnRelays();
  }

  /** Ways that begin at the relay in use here, and then go to relays of their own. */
  beside(): Entrances {
    const { access } = this.#settings;
    return new Entrances({ ...this.#settings, relays: this.#relays, access: access.beside() });
  }

  /** The way to the relay in use. */
  get access(): RelayAccess {
    return this.#settings.access;
  }

  /** The relay in use. */
  get relay(): string {
    return this.#settings.access.current;
  }

  /** Whether others need a file for `--ca` to reach it. */
  get needsCa(): boolean {
    return this.#settings.access.needsCa;
  }

  /** Founds a room on a relay that runs already. */
  create(founding: Founding = {}): Entrance {
    return this.#wayBack.remembered(async (hooks) => {
      const { access } = this.#settings;
      await access.ready(hooks.signal);
      const tell = (code: string, message: string): void => hooks.onEvent({ type: "notice", code, message });
      const { createRoom } = await import("../client/session.ts");
      const more = { ...founding, findClientHash: () => access.clientHash(tell) };
      return await this.#at(
        hooks,
        (options) => createRoom({ ...this.#createOptions(hooks, options), ...more }),
      );
    }, "invite");
  }

  /** Runs a relay and founds a room on it; the relay ends with the last of our rooms on it. */
  host(options: { lan: boolean; port: number | undefined }): Entrance {
    return this.#wayBack.remembered(async (hooks) => {
      const relay = await openEmbeddedRelay(options);
      const { access } = this.#settings;
      this.#relays.add(relay);
      access.use(relay.url);
      if (relay.message !== null) {
        hooks.onEvent({ type: "notice", code: "relay_listening", message: relay.message });
      }
      try {
        const { createRoom } = await import("../client/session.ts");
        const own = { relay: relay.url, connect: access.connect() };
        const session = await createRoom(this.#createOptions(hooks, own));
        return this.#relays.hold(relay.url, session, {
          onEvent: hooks.onEvent,
          founder: true,
          after: () => access.reset(), // the next room is somewhere else
        });
      } catch (error) {
        await this.#relays.drop(relay.url);
        throw error;
      }
    }, "none");
  }

  /** Founds a room on the usual relay or, where none runs, on a relay of its own: for those who just want a room. */
  createAnyhow(): Entrance {
    return async (hooks) => {
      try {
        return await this.create()(hooks);
      } catch (error) {
        const mayHost = !this.#settings.access.isNamed;
        if (!mayHost || !(error instanceof ClientError) || error.code !== "unreachable") throw error;
        hooks.onEvent({
          type: "notice",
          code: "own_relay",
          message: "No relay runs here yet, so this room brings its own, as `host` does",
        });
        return await this.host({ lan: false, port: undefined })(hooks);
      }
    };
  }

  /**
   * Joins by code, or by name and password.
   *
   * @param words Code and password.
   * @param start Given for the way in that the command line names: there `--relay` wins over the relay of an invite, and
   * a named room without a password takes `password`.
   */
  join(words: JoinWords, start?: { password?: string | undefined }): Entrance {
    return async (hooks) => {
      const code = await usableWords(words);
      const way = code.kind === "named" ? "name" : "code";
      return await this.#wayBack.remembered(this.#joinBy(code, words, start), way)(hooks);
    };
  }

  /** The way back into the room that one is in, or was in last. */
  async again(): Promise<Entrance> {
    return await this.#wayBack.again();
  }

  /**
   * Whether these words lead into the room that one is in: nobody comes in twice.
   *
   * @param words What was typed.
   * @param relay Where it was typed; a code without a relay of its own is meant for that one.
   */
  async isHere(words: JoinWords, relay: string = this.relay): Promise<boolean> {
    const code = await usableWords(words);
    return (code.kind === "invite" || relay === this.relay) && await this.#wayBack.isHere(code);
  }

  /** The way into an older room of the same name, which has come back; null when ours was not entered by name. */
  byName(): Entrance | null {
    return this.#wayBack.byName();
  }

  #joinBy(
    code: ParsedCode,
    words: JoinWords,
    start: { password?: string | undefined } | undefined,
  ): Entrance {
    return async (hooks) => {
      const { joinRoom } = await import("../client/session.ts");
      const { limit } = this.#settings;
      const { access } = this.#settings;
      const said = start !== undefined && access.settings.relay !== undefined;
      if (code.kind === "invite" && !said) access.use(code.relay);
      else await access.ready(hooks.signal);
      const password = words.password ?? (code.kind === "named" ? start?.password : undefined);
      const byInvite = code.kind === "invite" && code.certHash !== undefined && code.relay === access.current;
      const enter = (options: RelayOptions): Promise<RoomSession> =>
        joinRoom({
          ...this.#common(hooks, options),
          code: words.code,
          ...(password === undefined ? {} : { password }),
          ...(limit === undefined ? {} : { limit }),
        });
      return await this.#at(hooks, enter, { byInvite });
    };
  }

  /** Tries to enter at the relay in use, with whatever logins it takes. */
  async #at(
    hooks: EntranceHooks,
    enter: (options: RelayOptions) => Promise<RoomSession>,
    known: { byInvite?: boolean } = {},
  ): Promise<RoomSession> {
    const { access } = this.#settings;
    const { onEvent } = hooks;
    const tell = (code: string, message: string): void => onEvent({ type: "notice", code, message });
    const session = await access.at(enter, tell, known);
    return this.#relays.hold(access.current, session, { onEvent });
  }

  #createOptions(hooks: EntranceHooks, options: RelayOptions): CreateOptions {
    const { limit } = this.#settings;
    return { ...this.#common(hooks, options), ...(limit === undefined ? {} : { limit }) };
  }

  #common(hooks: EntranceHooks, options: RelayOptions): SessionOptions {
    const { nick, awayMs, giveUpMs } = this.#settings;
    return {
      ...options,
      nick,
      ...(awayMs === undefined ? {} : { awayMs }),
      ...(giveUpMs === undefined ? {} : { giveUpMs }),
      ...hooks,
    };
  }
}
