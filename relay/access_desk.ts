/** Who may come in: by the relay's password, by a token, or by an account. @module */
import { CloseCode, encodeChallenge } from "../wire/mod.ts";
import type { ScramVerifier } from "../crypto/scram_keys.ts";
import type { Access, Guest } from "./access.ts";
import { AccessTokens, type NewToken, type TokenInfo } from "./access_tokens.ts";
import type { Accounts } from "./accounts.ts";
import { type Audit, NO_AUDIT } from "./audit.ts";
import { type RelayClock, systemClock } from "./clock.ts";
import { Desk, type Registration } from "./desk.ts";
import { DeskLogin } from "./desk_login.ts";
import { LoginThrottle, type ThrottleOptions } from "./login_throttle.ts";
import { checkPassword, HashGate, PASSWORD_ITERATIONS } from "./password.ts";

/** Settings of {@linkcode AccessDesk}. */
export interface AccessOptions {
  /** The relay's password. If there is one, a login is required. */
  password?: ScramVerifier | undefined;
  /** Tokens that let somebody in. */
  tokens?: AccessTokens | undefined;
  /** Accounts that let somebody in. */
  accounts?: Accounts | undefined;
  /** What an account file keeps for its relay, so that a restart does not tell which accounts exist. @default random */
  secret?: Uint8Array | undefined;
  /** What accounts that do not exist say of their iterations: what clients register with. @default 600,000 */
  accountIterations?: number;
  /** Who may register. @default "invited" */
  registration?: Registration;
  /** Rooms need an account; password and token only let somebody register. @default false */
  accountOnly?: boolean;
  /** Takes note of logins and changes. @default nobody */
  audit?: Audit;
  /** Time. @default the machine's */
  clock?: RelayClock;
  /** Random bytes. @default `crypto.getRandomValues` */
  random?: (length: number) => Uint8Array;
  /** How often somebody may fail; one throttle may serve HTTP as well. */
  throttle?: ThrottleOptions | LoginThrottle;
  /** How long a connection may be there without a login where one is required, in milliseconds. @default 120,000 */
  loginTimeoutMs?: number;
}

/** Whether somebody is an operator; `retryAfterMs` above 0: nothing was checked, it was too often. */
export type AdminCheck = { admitted: true; name: string } | { admitted: false; retryAfterMs: number };

/** Decides over the logins of a relay. What is revoked here closes the connections that came in by it. */
export class AccessDesk implements Access {
  readonly challenge: Uint8Array;
  readonly #desk: Desk;
  readonly #tokens: AccessTokens | undefined;
  readonly #accounts: Accounts | undefined;
  readonly #audit: Audit;
  readonly #clock: RelayClock;
  readonly #loginTimeoutMs: number;
  readonly #gate = new HashGate();
  readonly #logins = new Set<DeskLogin>();

  /** A desk. It is told by the tokens and the accounts of what is void. */
  constructor(options: AccessOptions) {
    const { password, tokens, accounts, registration = "invited", accountOnly = false } = options;
    const { audit = NO_AUDIT, clock = systemClock, loginTimeoutMs = 120_000 } = options;
    const { accountIterations = PASSWORD_ITERATIONS } = options;
    const random = options.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
    this.#desk = new Desk({
      password,
      tokens,
      accounts,
      secret: options.secret ?? random(32),
      accountIterations,
      registration,
      accountOnly,
      throttle: options.throttle instanceof LoginThrottle
        ? options.throttle
        : new LoginThrottle(options.throttle),
      audit,
      random,
      today: () => new Date().toISOString().slice(0, 10),
    });
    this.#tokens = tokens;
    this.#accounts = accounts;
    this.#audit = audit;
    this.#clock = clock;
    this.#loginTimeoutMs = loginTimeoutMs;
    this.challenge = encodeChallenge({
      required: this.#desk.required,
      password: password !== undefined,
      token: tokens !== undefined,
      account: accounts !== undefined,
      register: accounts !== undefined && registration !== "closed",
      accountOnly,
    });
    if (tokens !== undefined) {
      tokens.onRevoked = (id) => {
        audit.record({ type: "token_revoked", tokenId: id });
        this.#expel(({ token }) => token?.id === id);
      };
    }
    if (accounts !== undefined) accounts.onRevoked = (name) => this.#expel(({ account }) => account === name);
  }

  /** Begins with a connection. */
  begin(guest: Guest, end: (code: number) => void): DeskLogin {
    const timer = this.#desk.required
      ? this.#clock.setTimer(() => {
        if (!login.admitted) end(CloseCode.deadline);
      }, this.#loginTimeoutMs)
      : undefined;
    const left = (): void => {
      if (timer !== undefined) this.#clock.clearTimer(timer);
      this.#logins.delete(login);
    };
    const login = new DeskLogin(this.#desk, guest, { end, left });
    this.#logins.add(login);
    return login;
  }

  /** Tokens that have not expired. */
  get activeTokens(): number {
    return this.#tokens?.size ?? 0;
  }

  /** Makes a token. @throws {RangeError} with a sentence for whoever asks. */
  createToken(wish: NewToken): TokenInfo & { token: string } {
    const made = this.#desk.tokens.create(wish);
    this.#audit.record({ type: "token_created", tokenId: made.id, name: made.name });
    return made;
  }

  /** All tokens that have not expired. */
  listTokens(): TokenInfo[] {
    return this.#tokens?.list() ?? [];
  }

  /**
   * Makes a token void, by itself or its id, and closes all connections that came in by it, also where it has expired
   * since; false when there is nothing to do.
   */
  revokeToken(idOrToken: string): boolean {
    if (this.#tokens?.revoke(idOrToken) === true) return true;
    const id = AccessTokens.idOf(idOrToken);
    const came = ({ token }: DeskLogin): boolean => token?.id === id;
    if (![...this.#logins].some(came)) return false;
    this.#audit.record({ type: "token_revoked", tokenId: id });
    this.#expel(came);
    return true;
  }

  /** Shuts an account, or opens it again, and closes the connections that came in by it; false when there is none. */
  disableAccount(name: string, disabled: boolean): boolean {
    return this.#changed(name, disabled ? "disabled" : "enabled", this.#accounts?.disable(name, disabled));
  }

  /** Takes an account away and closes the connections that came in by it; false when there is none. */
  removeAccount(name: string): boolean {
    return this.#changed(name, "removed", this.#accounts?.remove(name));
  }

  /** Gives an account another password and closes the connections that came in by it; false when there is none. */
  resetAccount(name: string, verifier: ScramVerifier): boolean {
    return this.#changed(name, "reset", this.#accounts?.reset(name, verifier));
  }

  /** Makes an account for somebody; false when there is one of this name. @throws {RangeError} When it cannot be one. */
  addAccount(name: string, verifier: ScramVerifier, operator: boolean): boolean {
    const created = new Date().toISOString().slice(0, 10);
    const made = this.#accounts?.add({ name, ...verifier, disabled: false, operator, created });
    return this.#changed(name, "added", made);
  }

  /** From now on this is the relay's password. Who came in by the old one stays. */
  changePassword(verifier: ScramVerifier): void {
    if (this.#desk.password === undefined) throw new RangeError("Cannot change the password: there is none");
    this.#desk.password = verifier;
  }

  /** Whether somebody knows the relay's password (no name), or that of an operator's account. */
  async checkAdmin(
    { name = "", password }: { name?: string; password: string },
    ip: string,
  ): Promise<AdminCheck> {
    const { throttle } = this.#desk;
    const door = name === "" ? this.#desk.ownDoor() : this.#desk.door(name);
    const now = this.#clock.now();
    const wait = throttle.wait(door.name, ip, now);
    if (wait > 0 || this.#gate.full) return { admitted: false, retryAfterMs: Math.max(wait, 1_000) };
    // Counted at once: of many that come together none may be tried before the others have failed.
    throttle.failed(door.name, ip, now);
    const right = await this.#gate.run(() => checkPassword(password, door.verifier));
    const operator = name === "" || this.#accounts?.get(door.name)?.operator === true;
    const who = door.known && name !== "" ? { name: door.name } : {};
    if (right === true && operator && door.stands()) {
      const then = this.#clock.now();
      throttle.forgive(door.name, ip, then);
      throttle.succeeded(door.name, ip, then);
      this.#audit.record({ type: "login", method: "admin", ip, ...who });
      return { admitted: true, name: door.name };
    }
    this.#audit.record({ type: "login_refused", method: "admin", reason: "wrong", ip, ...who });
    return { admitted: false, retryAfterMs: 0 };
  }

  #changed(name: string, reason: string, changed: boolean | undefined): boolean {
    if (changed === true) this.#audit.record({ type: "account_changed", name, reason });
    return changed === true;
  }

  #expel(which: (login: DeskLogin) => boolean): void {
    for (const login of [...this.#logins]) if (which(login)) login.expel(CloseCode.loggedOut);
  }
}
