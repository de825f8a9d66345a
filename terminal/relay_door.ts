/** At a relay's door: finds a login where the relay asks for one, and says what to do where there is none. @module */
import { ClientError } from "../client/errors.ts";
import type { Logins } from "../client/login.ts";
import { loginRefusal, methodsOf } from "./login_wording.ts";
import type { RelayLogins } from "./relay_logins.ts";

/** Who can be asked. */
export interface Asker {
  /** Asks; null when there is no answer. */
  ask(question: string, options: { secret: boolean }): Promise<string | null>;
  /** Says that an answer was wrong. */
  say(text: string): void;
}

/** How often a person is asked in a row. */
const MAX_ASKS = 3;
const ABOUT_LOGINS: ReadonlySet<string> = new Set([
  "auth_required",
  "auth_failed",
  "account_required",
  "insecure_token",
  "registration_closed",
]);

/** Lets nobody but those through who have logged in, if the relay wants that. */
export class RelayDoor {
  readonly #logins: RelayLogins;
  readonly #asker: Asker | null;

  /** A door for whoever has these logins; `asker` is null where nobody sits. */
  constructor(logins: RelayLogins, asker: Asker | null) {
    this.#logins = logins;
    this.#asker = asker;
  }

  /**
   * Goes through, once more after each login that is found.
   *
   * @param relay The relay.
   * @param enter Tries to come in with what is known by then.
   * @param options.tell Is told what the user should know.
   * @throws {ClientError} The relay's refusal, with what to do about it.
   */
  async through<T>(
    relay: string,
    enter: () => Promise<T>,
    { tell }: { tell: (code: string, message: string) => void },
  ): Promise<T> {
    for (let asked = 0;;) {
      try {
        return await enter();
      } catch (error) {
        if (!(error instanceof ClientError) || !ABOUT_LOGINS.has(error.code)) throw error;
        const { password, token, account } = this.#logins.of(relay).logins;
        // Who has come in by either is refused for good.
        if (error.code === "registration_closed" && (password ?? token) !== undefined) throw error;
        if (this.#useWord(relay, error, tell)) continue;
        const told = loginRefusal(error, {
          relay,
          place: this.#logins.place,
        });
        // What was given in advance and is wrong will not become right by asking for something else.
        const typed = error.code === "auth_failed" ? this.#logins.typedFor(relay) : undefined;
        const inAdvance = error.code === "auth_failed" && asked === 0 && typed === undefined;
        if (this.#asker === null || inAdvance) throw told;
        if (error.code === "insecure_token" || asked === MAX_ASKS) throw told;
        if (error.code === "auth_failed") this.#asker.say("That was not right, or is no longer valid.");
        const again = typed === undefined ? undefined : { kind: typed, name: account?.name ?? "" };
        if (!await this.#ask(relay, error, this.#asker, again)) throw told;
        asked++;
      }
    }
  }

  /** The last word of `connect` is the relay's password as well, where the relay asks for one. */
  #useWord(relay: string, error: ClientError, tell: (code: string, message: string) => void): boolean {
    if (error.code !== "auth_required" || !methodsOf(error).password) return false;
    const password = this.#logins.takeWord(relay);
    if (password === undefined) return false;
    this.#logins.learn(relay, { password });
    tell("shared_password", "The relay's operator knows this room's password, as it is the relay's as well");
    return true;
  }

  /** Asks for what this relay takes; false when the user gives up. */
  async #ask(
    relay: string,
    error: ClientError,
    asker: Asker,
    again: Again | undefined,
  ): Promise<boolean> {
    const answer = again === undefined ? await askLogin(error, asker) : await askAgain(again, asker);
    if (answer === null) return false;
    try {
      this.#logins.learn(relay, answer, { only: true });
    } catch (wrong) {
      if (!(wrong instanceof ClientError)) throw wrong;
      asker.say(wrong.message); // and the relay will ask again
    }
    return true;
  }
}

/** What was typed and is wrong. */
interface Again {
  kind: "password" | "account";
  /** The account's name. */
  name: string;
}

/** Asks once more for the password that was typed; null when there is no answer. */
async function askAgain({ kind, name }: Again, asker: Asker): Promise<Logins | null> {
  const question = kind === "account" ? `Password of the account ${name}: ` : "The relay's password: ";
  const password = await asker.ask(question, { secret: true });
  if (password === null || password === "") return null;
  return kind === "account" ? { account: { name, password } } : { password };
}

/** Asks a person for what a relay takes; null when there is no answer. */
async function askLogin(error: ClientError, asker: Asker): Promise<Logins | null> {
  const { password, token, account } = methodsOf(error);
  if (error.code === "registration_closed") {
    const answer = await asker.ask("To make accounts, this relay asks for its password first: ", {
      secret: true,
    });
    return answer === null || answer === "" ? null : { password: answer };
  }
  const only = error.code === "account_required";
  if (password && !only) {
    const instead = account ? " (Enter for an account instead)" : "";
    const answer = await asker.ask(`This relay asks for a password${instead}: `, { secret: true });
    if (answer === null || (answer === "" && !account)) return null;
    if (answer !== "") return { password: answer };
  } else if (token && !account && !only) {
    const answer = await asker.ask("This relay asks for an access token: ", { secret: true });
    return answer === null || answer.trim() === "" ? null : { token: answer };
  }
  if (!account && !only) return null;
  const question = password && !only
    ? "Name of the account: "
    : "This relay asks for an account. Its name (Enter to give up): ";
  const name = (await asker.ask(question, { secret: false }))?.trim() ?? "";
  if (name === "") return null;
  const secret = await asker.ask(`Password of the account ${name}: `, { secret: true });
  return secret === null || secret === "" ? null : { account: { name, password: secret } };
}
