/** The logins of one connection: by password, token or account, and new accounts. @module */
import { CryptoError } from "../crypto/errors.ts";
import { parseClientFirst } from "../crypto/scram_messages.ts";
import { ScramServer } from "../crypto/scram_server.ts";
import {
  decodeLoginStep,
  encodeLoginAnswer,
  type ErrorName,
  type LoginStep,
  WireError,
} from "../wire/mod.ts";
import type { Guest, Login, LoginResult } from "./access.ts";
import type { TokenUse } from "./access_tokens.ts";
import type { Desk, Door, Made } from "./desk.ts";
import { RELAY_SCRAM_HASH } from "./hashing.ts";
import { refusal } from "./refusal.ts";

/** Steps that a connection may take; an honest one needs two or three. */
const MAX_STEPS = 32;
/** How long a client may take over its answer, the hashing of its password included. */
const PENDING_MS = 60_000;
const NONCE_BYTES = 18;

type ScramMethod = "password" | "account";
type Registration = Extract<LoginStep, { method: "register" }>;

interface Pending {
  method: ScramMethod;
  server: ScramServer;
  door: Door;
  since: number;
}

/** A connection at the desk. */
export class DeskLogin implements Login {
  /** The token that it came in by. */
  token: TokenUse | undefined;
  /** The account that it came in by. */
  account: string | undefined;
  readonly #desk: Desk;
  readonly #guest: Guest;
  readonly #end: (code: number) => void;
  readonly #left: () => void;
  #invited = false;
  #steps = 0;
  #throttled = false;
  #pending: Pending | undefined;

  /** One that has not logged in; `end` closes its connection, `left` is called when that is gone. */
  constructor(desk: Desk, guest: Guest, { end, left }: { end: (code: number) => void; left: () => void }) {
    this.#desk = desk;
    this.#guest = guest;
    this.#end = end;
    this.#left = left;
  }

  get admitted(): boolean {
    const { required, accountOnly } = this.#desk;
    return !required || this.account !== undefined || (this.#invited && !accountOnly);
  }

  take(bytes: Uint8Array, now: number): LoginResult | Promise<LoginResult> {
    if (++this.#steps > MAX_STEPS) return { ...this.#refuse("rateLimited"), close: true };
    const step = decodeLoginStep(bytes);
    if (!this.#desk.offers(step.method)) return this.#refuse("methodUnknown");
    switch (step.method) {
      case "token":
        return this.#useToken(step.token, now);
      case "register":
        return this.#register(step, now);
      case "password":
      case "account":
        return asWire(() => step.message.startsWith("c=") ? this.#finish(step, now) : this.#begin(step, now));
    }
  }

  ended(): void {
    this.#pending = undefined;
    this.token?.ended();
    this.#left();
  }

  /** What it came in by is void. */
  expel(code: number): void {
    this.#invited = false;
    this.account = undefined;
    this.token?.ended();
    this.token = undefined;
    this.#end(code);
  }

  #useToken(token: string, now: number): LoginResult {
    const { throttle, tokens, audit } = this.#desk;
    const { ip } = this.#guest;
    const wait = throttle.wait(undefined, ip, now);
    if (wait > 0) return this.#wait(wait, "token");
    const use = tokens.use(token, ip);
    if (use === undefined) return this.#fail("token", undefined, now);
    this.token?.ended();
    this.token = use;
    this.#invited = true;
    audit.record({ type: "login", method: "token", name: use.name, tokenId: use.id, ip });
    return answer(true);
  }

  #begin({ method, message }: { method: ScramMethod; message: string }, now: number): LoginResult {
    this.#pending = undefined;
    const client = parseClientFirst(message);
    if (method === "password" && client.name !== "") {
      throw new WireError("malformed", "Cannot read a login: the relay's password goes without a name");
    }
    const door = method === "password" ? this.#desk.ownDoor() : this.#desk.door(client.name);
    const wait = this.#desk.throttle.wait(door.name, this.#guest.ip, now);
    if (wait > 0) return this.#wait(wait, method);
    const nonce = btoa(String.fromCharCode(...this.#desk.random(NONCE_BYTES)));
    const server = new ScramServer(client, { verifier: door.verifier, nonce, hash: RELAY_SCRAM_HASH });
    this.#pending = { method, server, door, since: now };
    return answer(false, server.first);
  }

  #finish({ method, message }: { method: ScramMethod; message: string }, now: number): LoginResult {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending?.method !== method || now - pending.since > PENDING_MS) return this.#refuse("authFailed");
    const { door, server } = pending;
    const { throttle, audit } = this.#desk;
    const { ip } = this.#guest;
    const wait = throttle.wait(door.name, ip, now); // others may have failed since
    if (wait > 0) return this.#wait(wait, method);
    const final = server.check(message);
    if (final === undefined || !door.stands()) return this.#fail(method, door, now);
    throttle.succeeded(door.name, ip, now);
    if (method === "password") this.#invited = true;
    else this.account = door.name;
    audit.record({ type: "login", method, ip, ...(door.name !== "" && { name: door.name }) });
    return answer(true, final);
  }

  #register(step: Registration, now: number): LoginResult | Promise<LoginResult> {
    const { throttle, registration } = this.#desk;
    const { ip } = this.#guest;
    if (registration === "closed" || (registration === "invited" && !this.#invited)) {
      return this.#refuse("registrationClosed");
    }
    const wait = Math.max(throttle.wait(undefined, ip, now), throttle.registerWait(ip, now));
    if (wait > 0) return this.#wait(wait, "register");
    const made = this.#desk.register(step);
    if ("refused" in made) {
      if (made.refused === "accountTaken") throttle.failed(undefined, ip, now); // or it would list the names
      return {
        refused: refusal(made.refused, made.sentence === undefined ? {} : { sentence: made.sentence }),
      };
    }
    throttle.registered(ip, now);
    if (made.saved === undefined) return this.#registered(made, now);
    return made.saved.then((saved) => saved ? this.#registered(made, now) : this.#unsaved(made));
  }

  #registered({ name, stands }: Made, now: number): LoginResult {
    if (!stands()) return this.#refuse("authFailed"); // an operator has taken it away meanwhile
    const { throttle, audit } = this.#desk;
    const { ip } = this.#guest;
    throttle.succeeded(name, ip, now);
    this.account = name;
    audit.record({ type: "account_registered", name, ip });
    return answer(true);
  }

  /** An account that a restart would lose is none. */
  #unsaved({ name, stands }: Made): LoginResult {
    if (stands()) this.#desk.withdraw(name);
    this.#desk.audit.record({
      type: "login_refused",
      method: "register",
      reason: "unsaved",
      ip: this.#guest.ip,
    });
    return this.#refuse("accountNotSaved");
  }

  #fail(method: string, door: Door | undefined, now: number): LoginResult {
    const { throttle, audit } = this.#desk;
    const { ip } = this.#guest;
    throttle.failed(door?.name, ip, now);
    // A name that is none may be a password, typed in the wrong place.
    const name = door?.known === true && door.name !== "" ? { name: door.name } : {};
    audit.record({ type: "login_refused", method, reason: "wrong", ip, ...name });
    return this.#refuse("authFailed");
  }

  #wait(retryAfterMs: number, method: string): LoginResult {
    if (!this.#throttled) {
      this.#throttled = true; // one line a connection
      this.#desk.audit.record({ type: "login_refused", method, reason: "throttled", ip: this.#guest.ip });
    }
    return this.#refuse("rateLimited", retryAfterMs);
  }

  #refuse(name: ErrorName, retryAfterMs = 0): { refused: ReturnType<typeof refusal> } {
    if (name !== "rateLimited") return { refused: refusal(name) };
    const sentence = "Too many logins have failed; wait a moment and try again.";
    return { refused: refusal(name, { retryAfterMs, sentence }) };
  }
}

function answer(done: boolean, message = ""): LoginResult {
  return { step: encodeLoginAnswer({ done, message }) };
}

/** What cannot be read as SCRAM is as malformed as what cannot be read as a frame. */
function asWire(run: () => LoginResult): LoginResult {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new WireError("malformed", "Cannot read a login: it is not SCRAM", { cause });
  }
}
