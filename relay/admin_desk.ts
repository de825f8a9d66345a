/** Does what is asked over the admin socket. @module */
import type { NewToken, TokenInfo } from "./access_tokens.ts";
import type { ScramVerifier } from "../crypto/scram_keys.ts";
import { AdminError, type AdminRequest } from "./admin_requests.ts";
import type { Bans } from "./bans.ts";
import { parseCidr } from "./cidr.ts";
import { type RelayClock, systemClock } from "./clock.ts";
import type { ConnectionInfo, Control } from "./control.ts";
import type { Figures } from "./figures.ts";
import { type Lag, LoopLag } from "./loop_lag.ts";

type KeysInBase64 = Extract<AdminRequest, { command: "account-reset" }>["keys"];

/** A token as it is listed. */
export type AdminToken = TokenInfo;

/** Tokens and accounts of a relay; `AccessDesk` is one. */
export interface AdminAccess {
  createToken(wish: NewToken): AdminToken & { token: string };
  listTokens(): AdminToken[];
  revokeToken(idOrToken: string): boolean;
  disableAccount(name: string, disabled: boolean): boolean;
  removeAccount(name: string): boolean;
  resetAccount(name: string, keys: ScramVerifier): boolean;
  addAccount(name: string, keys: ScramVerifier, operator: boolean): boolean;
}

/** An account as it is listed. */
export interface AdminAccount {
  name: string;
  disabled: boolean;
  operator: boolean;
  created: string;
}

/** The accounts; `Accounts` is one. */
export interface AdminAccounts {
  show(): AdminAccount[];
  /** Whether the last change gets to the disk; undefined where nothing saves them. */
  readonly saving?: Promise<boolean> | undefined;
}

/** What the desk works on. */
export interface AdminDeskOptions {
  relay: { control: Control; bans: Bans };
  version: string;
  /** Absent where the relay has no password, and so neither tokens nor accounts. */
  access?: AdminAccess | undefined;
  /** Absent where the relay keeps no accounts. */
  accounts?: AdminAccounts | undefined;
  /** How long a token lasts unless its maker says otherwise. @default 86_400_000 */
  tokenTtlMs?: number;
  /** Time. @default the machine's */
  clock?: RelayClock;
}

/** The answer to `status`. */
export interface Status extends Figures {
  version: string;
  lag: Lag;
  /** Bytes of memory that the process has. */
  memoryBytes: number;
  /** Absent where there are no tokens. */
  activeTokens?: number;
}

/** One desk a socket. It samples the event loop until it is closed. */
export class AdminDesk {
  readonly #options: AdminDeskOptions;
  readonly #lag: LoopLag;

  /** For one relay. */
  constructor(options: AdminDeskOptions) {
    this.#options = options;
    this.#lag = new LoopLag(options.clock ?? systemClock);
  }

  /** Ends the sampling. */
  close(): void {
    this.#lag.close();
  }

  /** Does it. Rejects with an {@linkcode AdminError}, a sentence for whoever asked. */
  async do(request: AdminRequest): Promise<unknown> {
    try {
      return await this.#do(request);
    } catch (error) {
      if (error instanceof RangeError) throw new AdminError("refused", error.message, { cause: error });
      throw error;
    }
  }

  #do(request: AdminRequest): unknown {
    const { control, bans } = this.#options.relay;
    switch (request.command) {
      case "status":
        return this.#status();
      case "rooms":
        return { rooms: control.rooms() };
      case "close-room":
        return found(control.closeRoom(request.id), `there is no room ${request.id}`, "close the room");
      case "connections":
        return { connections: control.connections() };
      case "cut": {
        const cut = control.cut(picker(request));
        // A range may well be empty; a number was read from a list.
        if (cut === 0 && request.id !== undefined) {
          return found(false, `there is no connection ${request.id}`, "cut it off");
        }
        return { cut };
      }
      case "bans":
        return { bans: bans.list() };
      case "ban": {
        const { cidr, reason, forMs } = request;
        const { has } = parseCidr(cidr);
        const ended = control.connections().filter(({ ip }) => has(ip)).length;
        bans.add(cidr, { ...(reason && { reason }), ...(forMs && { forMs }) });
        return { ended };
      }
      case "unban":
        return found(bans.remove(request.cidr), `${request.cidr} is not banned`, "take the ban back");
      case "drain":
        if (request.off === true) control.undrain();
        else control.drain(request.sentence);
        return { draining: control.draining };
      case "tokens":
        return { tokens: this.#access.listTokens() };
      case "token-create": {
        const { name, ip, uses, ttlMs = this.#options.tokenTtlMs ?? 86_400_000 } = request;
        return this.#access.createToken({ name, ttlMs, ...(ip && { ip }), ...(uses && { uses }) });
      }
      case "token-revoke":
        return found(this.#access.revokeToken(request.token), NO_TOKEN, "revoke the token");
      case "accounts":
        return { accounts: this.#accounts.show() };
      case "account-disable": {
        const { disabled } = request;
        const name = request.name.toLowerCase(); // as all of them are
        const what = disabled ? "disable the account" : "enable the account";
        return this.#kept(
          found(this.#keeper.disableAccount(name, disabled), `there is no account ${name}`, what),
        );
      }
      case "account-remove": {
        const name = request.name.toLowerCase();
        const done = this.#keeper.removeAccount(name);
        return this.#kept(found(done, `there is no account ${name}`, "remove the account"));
      }
      case "account-reset": {
        const name = request.name.toLowerCase();
        const done = this.#keeper.resetAccount(name, readKeys(request.keys));
        return this.#kept(found(done, `there is no account ${name}`, "reset the account"));
      }
      case "account-add": {
        const { name, keys, operator = false } = request;
        const done = this.#keeper.addAccount(name.toLowerCase(), readKeys(keys), operator);
        return this.#kept(found(done, "there is one of this name already", "add the account"));
      }
    }
  }

  /** Answers when a change of accounts is on the disk: a restart would undo any other. */
  async #kept<T>(done: T): Promise<T> {
    if (await this.#options.accounts?.saving !== false) return done;
    throw new AdminError(
      "unsaved",
      "It is done in the relay that runs, but could not be written to the account file: a restart would undo it. The " +
        "relay tries again every 30 s; what it said on its own terminal tells why",
    );
  }

  #status(): Status {
    const { relay, version, access } = this.#options;
    return {
      version,
      ...relay.control.figures(),
      lag: this.#lag.take(),
      memoryBytes: Deno.memoryUsage().rss,
      ...(access === undefined ? {} : { activeTokens: access.listTokens().length }),
    };
  }

  get #access(): AdminAccess {
    const { access } = this.#options;
    if (access !== undefined) return access;
    throw new AdminError("no_tokens", "This relay has no tokens: start it with a password");
  }

  get #accounts(): AdminAccounts {
    const { accounts } = this.#options;
    if (accounts !== undefined) return accounts;
    throw new AdminError("no_accounts", "This relay has no accounts: start it with --accounts FILE");
  }

  /** Who changes accounts, where there are any. */
  get #keeper(): AdminAccess {
    this.#accounts.show();
    return this.#access;
  }
}

const NO_TOKEN =
  "there is no such token: it has expired or was revoked, and nobody who came in by it is here; or it was " +
  "never made. `tokens` shows those that are left";

function readKeys({ salt, iterations, storedKey, serverKey }: KeysInBase64): ScramVerifier {
  try {
    const [a, b, c] = [salt, storedKey, serverKey].map((text) => Uint8Array.fromBase64(text));
    if (a && b && c) return { salt: a, iterations, storedKey: b, serverKey: c };
  } catch { /* told below */ }
  throw new AdminError("bad_request", "Cannot read the request: its field keys is wrong");
}

function found(done: boolean, why: string, what: string): { done: true } {
  if (!done) throw new AdminError("not_found", `Cannot ${what}: ${why}`);
  return { done: true };
}

/** One connection, or all of an address or a range; never all by mistake. */
function picker(
  { id, cidr }: { id?: number | undefined; cidr?: string | undefined },
): (c: ConnectionInfo) => boolean {
  if (id === undefined && cidr === undefined) {
    throw new AdminError("bad_request", "Cannot cut connections: name a number or an address");
  }
  const range = cidr === undefined ? undefined : parseCidr(cidr);
  return (connection) => (id === undefined || connection.id === id) && (range?.has(connection.ip) ?? true);
}
