/** A link's way back: opens connections until one is in the room again, or it is given up (SPEC §5.6). @module */
import { comeBack, type Place, type Returned } from "./coming_back.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { ClientError } from "./errors.ts";
import type { Keeping } from "./link_events.ts";
import { Lasting, Reconnecting } from "./reconnecting.ts";
import { unreachable } from "./refusals.ts";

/** Where to come back to, and whom to tell. */
export interface ReturnTarget {
  keeping: Keeping;
  /** Our place at the relay. */
  place(): Place;
  /** We are in the room again, on this connection. */
  returned(connection: Connection, returned: Returned): void;
  /** It has been given up, or makes no sense. */
  failed(error: ClientError): void;
}

/** What every connection to come needs of the options; a password of the room or the like is not among it. */
export function lastingOptions(
  { connect, clock, certHash, login, insecureToken, onEvent }: ConnectionOptions,
): ConnectionOptions {
  return {
    connect,
    clock,
    ...(certHash === undefined ? {} : { certHash }),
    ...(login === undefined ? {} : { login }),
    ...(insecureToken === undefined ? {} : { insecureToken }),
    ...(onEvent === undefined ? {} : { onEvent }),
  };
}

/** Brings one link back, as often as needed. */
export class LinkReturn {
  readonly #url: string;
  readonly #options: ConnectionOptions;
  readonly #lasting: Lasting;
  #reconnecting: Reconnecting | null = null;

  /** Opens connections to `url`. */
  constructor(url: string, options: ConnectionOptions) {
    this.#url = url;
    this.#options = options;
    this.#lasting = new Lasting(options.clock);
  }

  /** The connection has carried something of ours or of others. */
  use(): void {
    this.#lasting.use();
  }

  /** The connection is lost, for this reason: tries to come back. */
  begin(reason: string, target: ReturnTarget): void {
    const { keeping } = target;
    this.#reconnecting = new Reconnecting({
      clock: this.#options.clock,
      giveUpMs: keeping.giveUpMs,
      ...this.#lasting.lost(keeping.steadyMs),
      attempt: (signal) => this.#attempt(target, signal),
      waiting: (info) => keeping.waiting(info),
      failed: (error) => target.failed(error),
    }, reason);
  }

  /** While it waits: tries now. */
  now(): void {
    this.#reconnecting?.now();
  }

  /** Tries no more. */
  dispose(): void {
    this.#reconnecting?.dispose();
  }

  async #attempt({ keeping, place, returned }: ReturnTarget, signal: AbortSignal): Promise<void> {
    const connection = await Connection.open(this.#url, { ...this.#options, signal }).catch((error) => {
      throw error instanceof ClientError ? error : unreachable(this.#url, "it does not answer");
    });
    const stop = (): void => connection.end(signal.reason);
    signal.addEventListener("abort", stop);
    try {
      const back = await comeBack(connection, place(), { way: keeping, clock: this.#options.clock });
      if (connection.ended !== null) throw connection.ended;
      this.#lasting.begin(this.#reconnecting?.attempts ?? 0, this.#reconnecting?.absentMs ?? 0);
      this.#reconnecting = null;
      returned(connection, back);
    } catch (error) {
      connection.end(error instanceof ClientError ? error : new ClientError("failed", String(error)));
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}
