/** The ways into a room: what the command line and `/join` come down to. @module */
import { ClientError } from "../client/errors.ts";
import type { CreateOptions, SessionOptions } from "../client/options.ts";
import type { RoomSession } from "../client/commands.ts";
import { denoConnect } from "./connect_deno.ts";
import { openEmbeddedRelay } from "./embedded_relay.ts";
import type { ParsedCode } from "../crypto/codes.ts";
import type { JoinWords } from "./join_words.ts";
import { DEFAULT_RELAY } from "./relay_url.ts";
import type { Entrance, EntranceHooks } from "./seat.ts";
import { WayBack } from "./way_back.ts";

/** What all ways in have in common. */
export interface EntranceSettings {
  /** Relay named by the user; at the start it wins over the one in an invite. */
  relay?: string | undefined;
  /** Relay of the environment. */
  usualRelay?: string | undefined;
  /** Nickname. */
  nick: string;
  /** Most members of a room that is founded. */
  limit?: number | undefined;
  /** How long a member that has lost its connection stays one, in milliseconds. */
  awayMs?: number | undefined;
  /** How long a lost connection is tried again, in milliseconds. */
  giveUpMs?: number | undefined;
}

/** Makes entrances, and remembers which relay is in use. */
export class Entrances {
  readonly #settings: EntranceSettings;
  readonly #wayBack: WayBack = new WayBack((words) => this.join(words));
  #relay: string;

  /** Makes entrances with the user's settings. */
  constructor(settings: EntranceSettings) {
    this.#settings = settings;
    this.#relay = usualRelay(settings);
  }

  /** The relay in use. */
  get relay(): string {
    return this.#relay;
  }

  /** Founds a room on a relay that runs already. */
  create(): Entrance {
    return this.#wayBack.remembered(async (hooks) => {
      const { createRoom } = await import("../client/session.ts");
      return await createRoom(this.#createOptions(hooks));
    }, "invite");
  }

  /** Runs a relay and founds a room on it; the relay ends with the session. */
  host(options: { lan: boolean; port: number | undefined }): Entrance {
    return this.#wayBack.remembered(async (hooks) => {
      const relay = await openEmbeddedRelay(options);
      this.#relay = relay.url;
      if (relay.message !== null) {
        hooks.onEvent({ type: "notice", code: "relay_listening", message: relay.message });
      }
      try {
        const { createRoom } = await import("../client/session.ts");
        const session = await createRoom(this.#createOptions(hooks));
        return withRelay(session, async () => {
          await relay.close();
          this.#relay = usualRelay(this.#settings); // the next room is somewhere else
        });
      } catch (error) {
        await relay.close();
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
        const mayHost = this.#settings.relay === undefined && this.#settings.usualRelay === undefined;
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
      const { parseCode } = await import("../crypto/codes.ts");
      const code = parseCode(words.code);
      const way = code.kind === "named" ? "name" : "code";
      return await this.#wayBack.remembered(this.#joinBy(code, words, start), way)(hooks);
    };
  }

  /** The way back into the room that one is in, or was in last. */
  async again(): Promise<Entrance> {
    return await this.#wayBack.again();
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
      const said = start !== undefined && this.#settings.relay !== undefined;
      if (code.kind === "invite" && !said) this.#relay = code.relay;
      if (words.password !== undefined && code.kind !== "named") {
        throw new ClientError("usage", "Cannot join: only a named room has a password", { status: 2 });
      }
      const { limit } = this.#settings;
      const password = words.password ?? (code.kind === "named" ? start?.password : undefined);
      return await joinRoom({
        ...this.#common(hooks),
        code: words.code,
        ...(password === undefined ? {} : { password }),
        ...(limit === undefined ? {} : { limit }),
      });
    };
  }

  #createOptions(hooks: EntranceHooks): CreateOptions {
    const { limit } = this.#settings;
    return { ...this.#common(hooks), ...(limit === undefined ? {} : { limit }) };
  }

  #common(hooks: EntranceHooks): SessionOptions {
    const { nick, awayMs, giveUpMs } = this.#settings;
    return {
      relay: this.#relay,
      nick,
      connect: denoConnect(),
      ...(awayMs === undefined ? {} : { awayMs }),
      ...(giveUpMs === undefined ? {} : { giveUpMs }),
      ...hooks,
    };
  }
}

/** A session whose relay ends with it. */
function withRelay(session: RoomSession, close: () => Promise<void>): RoomSession {
  const ended = session.ended.then(async (ending) => {
    await close();
    return ending;
  });
  return {
    run: (command) => session.run(command),
    leave: async () => {
      await session.leave();
      await ended;
    },
    abort: () => session.abort(),
    ended,
  };
}

function usualRelay({ relay, usualRelay }: EntranceSettings): string {
  return relay ?? usualRelay ?? DEFAULT_RELAY;
}
