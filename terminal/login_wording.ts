/** What a refused login is called, and what to do about it. @module */
import { ClientError, type LoginMethod } from "../client/errors.ts";
import { asInstalled } from "../relay/program/own_name.ts";
import { relayPlace } from "./relay_url.ts";

/** Which ways of logging in a relay has. */
export interface Methods {
  /** The relay's password. */
  password: boolean;
  /** Access tokens. */
  token: boolean;
  /** Accounts. */
  account: boolean;
}

/** The ways that a refusal names; all of them when it names none. */
export function methodsOf(error: ClientError): Methods {
  const has = (name: LoginMethod): boolean => error.methods.length === 0 || error.methods.includes(name);
  return { password: has("password"), token: has("token"), account: has("account") };
}

/** What the wording of a refusal depends on. */
export interface RefusalContext {
  /** The relay that refused. */
  relay: string;
  /** Which relay the logins of the start are for. */
  place: string | null;
}

/** A refusal of a login in words that say what to do, with the same code and exit status 1. */
export function loginRefusal(error: ClientError, { relay, place }: RefusalContext): ClientError {
  const here = relayPlace(relay);
  const again = (message: string): ClientError => new ClientError(error.code, message, { cause: error });
  switch (error.code) {
    case "auth_required": {
      const elsewhere = place === null || place === here
        ? ""
        : `. What you have given is for ${place}; to use it here, name this relay with --relay`;
      return again(
        `Cannot come in: the relay at ${here} asks for a login; give ${waysIn(methodsOf(error))}${elsewhere}`,
      );
    }
    case "registration_closed":
      return again(
        `Cannot register: the relay at ${here} makes accounts only for those who show its password ` +
          "(--relay-password-file FILE or SOTTO_RELAY_PASSWORD) or a token (SOTTO_TOKEN), if for anybody; " +
          "or ask its operator for one",
      );
    case "account_required":
      return again(
        `Cannot come in: the relay at ${here} lets in only those who have an account; use --account NAME, or make ` +
          asInstalled("one with `client.ts register NAME`"),
      );
    case "insecure_token":
      return again(
        `Cannot send the token to ${here}: without TLS whoever sits in between could read and use it; ` +
          "use wss://, or --insecure-token if you trust the way there",
      );
    default:
      return error;
  }
}

function waysIn({ password, token, account }: Methods): string {
  const ways = [
    password ? "its password (--relay-password-file FILE or SOTTO_RELAY_PASSWORD)" : "",
    token ? "a token (SOTTO_TOKEN or --token TOKEN)" : "",
    account ? "an account (--account NAME)" : "",
  ].filter((way) => way !== "");
  const last = ways.pop() ?? "";
  return ways.length === 0 ? last : `${ways.join(", ")} or ${last}`;
}
